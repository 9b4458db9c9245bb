"""Positions in futures and perpetuals: what a match makes of one, what it needs as margin, what it earns."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import NamedTuple

from downtick.exchange.ledger.fees import paid, value_of
from downtick.exchange.ledger.model import ZERO, Fill, Position
from downtick.exchange.market import Product


class Moved(NamedTuple):
    """What a match made of a position.

    Attributes:
        position: after it; None if it is closed.
        profit: realised by it, below zero for a loss; fees left out.
        margin: by how much the position's margin grew; below zero if it shrank.
    """

    position: Position | None
    profit: Decimal
    margin: Decimal


def leverage_of(product: Product, asked: Decimal | None) -> Decimal:
    """Return the leverage of an order: what was asked, or the most that the product allows."""
    return asked or product.max_leverage


def moved(
    position: Position | None, product: Product, size: Decimal, price: Decimal, leverage: Decimal
) -> Moved:
    """Return what a match makes of a position.

    Args:
        position: before it; None if there is none.
        product: of the position.
        size: matched, below zero if sold.
        price: at which it matched.
        leverage: of the order.
    """
    if position is None:
        return _opened(product, size, price, leverage)
    if (position.size > 0) == (size > 0):
        return _grown(position, product, size, price, leverage)
    closed = min(abs(size), abs(position.size))
    sign = 1 if position.size > 0 else -1
    profit = paid((price - position.entry_price) * closed * sign * product.contract_size)
    if abs(size) < abs(position.size):
        margin = paid(position.margin * (1 - closed / abs(position.size)))
        shrunk = Position(
            position.product_id,
            position.size + size,
            position.entry_price,
            margin,
            position.leverage,
        )
        return Moved(shrunk, profit, margin - position.margin)
    if abs(size) == abs(position.size):
        return Moved(None, profit, -position.margin)
    turned = _opened(product, size + position.size, price, leverage)
    return Moved(turned.position, profit, turned.margin - position.margin)


def folded(product: Product, fills: Iterable[tuple[Fill, Decimal]]) -> Moved:
    """Return position, realised profit and margin after fills, each with its order's leverage; voided ones left out."""
    position, profit = None, ZERO
    for fill, leverage in fills:
        if fill.voided:
            continue
        size = fill.size if fill.side == "BUY" else -fill.size
        step = moved(position, product, size, fill.price, leverage)
        position, profit = step.position, profit + step.profit
    return Moved(position, profit, position.margin if position else ZERO)


def _opened(product: Product, size: Decimal, price: Decimal, leverage: Decimal) -> Moved:
    margin = paid(value_of(product, price, abs(size)) / leverage)
    return Moved(Position(product.product_id, size, price, margin, leverage), ZERO, margin)


def _grown(
    position: Position, product: Product, size: Decimal, price: Decimal, leverage: Decimal
) -> Moved:
    total = position.size + size
    entry = (position.entry_price * position.size + price * size) / total
    more = paid(value_of(product, price, abs(size)) / leverage)
    grown = Position(position.product_id, total, entry, position.margin + more, position.leverage)
    return Moved(grown, ZERO, more)
