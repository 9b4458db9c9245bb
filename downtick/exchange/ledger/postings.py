"""Double entry: every movement of money as amounts posted to books, which sum to zero in each currency."""

from __future__ import annotations

from decimal import Decimal
from typing import Literal

from downtick.exchange.ledger.margin import Moved
from downtick.exchange.ledger.model import Order
from downtick.exchange.market import Product

Book = Literal["available", "hold", "fees", "market", "outside"]
"""The user's two; the exchange's fees; everybody else in the market; and where deposits come from."""


Posting = tuple[Book, str, Decimal]
"""Book, currency, and what the book gains; below zero if it loses."""

Postings = tuple[Posting, ...]


def credited(currency: str, amount: Decimal) -> Postings:
    """Money from outside."""
    return (("outside", currency, -amount), ("available", currency, amount))


def held(currency: str, amount: Decimal) -> Postings:
    """More is held for an order; less, if below zero."""
    return ("available", currency, -amount), ("hold", currency, amount)


def exchanged(
    order: Order, product: Product, size: Decimal, value: Decimal, fee: Decimal, released: Decimal
) -> Postings:
    """A spot match.

    Args:
        order: that was matched.
        product: of the order.
        size: in the base currency.
        value: in the quote currency.
        fee: likewise.
        released: what is no longer held for the order, which pays.
    """
    base, quote = product.base_currency, product.quote_currency
    if order.ticket.side == "BUY":
        return (
            ("hold", quote, -released),
            ("market", quote, value),
            ("fees", quote, fee),
            ("available", quote, released - value - fee),
            ("market", base, -size),
            ("available", base, size),
        )
    return (
        ("hold", base, -released),
        ("market", base, size),
        ("available", base, released - size),
        ("market", quote, -value),
        ("fees", quote, fee),
        ("available", quote, value - fee),
    )


def returned(product: Product, side: str, size: Decimal, value: Decimal, fee: Decimal) -> Postings:
    """A spot match that is taken back."""
    sign = 1 if side == "BUY" else -1
    base, quote = product.base_currency, product.quote_currency
    return (
        ("available", base, -sign * size),
        ("market", base, sign * size),
        ("available", quote, sign * value + fee),
        ("market", quote, -sign * value),
        ("fees", quote, -fee),
    )


def settled(
    currency: str, moved: Moved, fee: Decimal, released: Decimal, borne: Decimal
) -> Postings:
    """A match of a future, or one taken back: margin, realised profit and fee.

    Args:
        currency: of settlement.
        moved: what the match made of the position.
        fee: paid; below zero if it is given back.
        released: what is no longer held for the order.
        borne: of a loss that is more than the user has: the exchange's insurance pays it.
    """
    gain = moved.profit + borne
    return (
        ("hold", currency, moved.margin - released),
        ("market", currency, -gain),
        ("fees", currency, fee),
        ("available", currency, released - moved.margin + gain - fee),
    )
