"""What an open order keeps from being spent."""

from __future__ import annotations

from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from typing import Final

from downtick.exchange.ledger.fees import needed
from downtick.exchange.ledger.margin import leverage_of
from downtick.exchange.ledger.model import Order, Ticket
from downtick.exchange.market import Product

# A bracket whose stop price is reached becomes a limit order so far beyond it (docs: Create Order).
_BRACKET_REACH: Final = Decimal("0.05")
_ALL: Final = Decimal(1)

BRACKETS: Final = frozenset(("trigger_bracket_gtc", "trigger_bracket_gtd"))


def bracket_limit(ticket: Ticket, product: Product) -> Decimal:
    """Return the limit price of a bracket whose stop price was reached, on the product's grid."""
    assert ticket.stop_price is not None
    sign, rounding = (1, ROUND_FLOOR) if ticket.side == "BUY" else (-1, ROUND_CEILING)
    price = ticket.stop_price * (1 + sign * _BRACKET_REACH)
    return (price / product.quote_increment).to_integral_value(rounding) * product.quote_increment


def limit_of(order: Order, product: Product) -> Decimal | None:
    """Return the worst price at which an order may be matched now; None for any."""
    if order.triggered and order.ticket.configuration in BRACKETS:
        return bracket_limit(order.ticket, product)
    return order.ticket.limit_price


def hold_currency(ticket: Ticket, product: Product) -> str:
    """Return the currency that an order needs."""
    if ticket.side == "SELL" and product.product_type == "SPOT":
        return product.base_currency
    return product.quote_currency


def need(ticket: Ticket, product: Product, size: Decimal, fee_rate: Decimal) -> Decimal:
    """Return what so much of an order may cost at most: the value of a spot order, the margin of a future's.

    Args:
        ticket: with a limit price.
        product: of the ticket.
        size: that is not matched yet.
        fee_rate: of a taker.
    """
    if product.product_type == "SPOT" and ticket.side == "SELL":
        return size
    assert ticket.limit_price is not None
    price = ticket.limit_price
    if ticket.configuration in BRACKETS and ticket.side == "BUY":
        price = max(price, bracket_limit(ticket, product))
    value = price * size * product.contract_size
    return needed(value * (share(ticket, product) + fee_rate))


def share(ticket: Ticket, product: Product) -> Decimal:
    """Return the share of its value that an order must bring: all of it, or its margin."""
    if product.product_type == "SPOT":
        return _ALL
    return 1 / leverage_of(product, ticket.leverage)
