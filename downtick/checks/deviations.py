"""How far orders were from the true book, and how far a bot's orders are from it of its own."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from downtick.checks.run import Request

_ONE = Decimal(1)


@dataclass(frozen=True)
class Priced:
    """An order with a price of its own, and the true book that it met.

    Attributes:
        order: the request for it.
        mid: between the best bid and the best ask.
        depth: how far its price is beyond the other side's best: above zero it trades at once, below it waits.
            In parts of that best price.
    """

    order: Request
    mid: Decimal
    depth: Decimal

    def __str__(self) -> str:
        """Say how far its price is from the true book."""
        side = "beyond" if self.depth > 0 else "short of"
        return f"{abs(self.depth) * 100:.3g} % {side} the best price that it could truly have met"

    @property
    def product(self) -> str:
        """Its product."""
        return self.order.intent.product if self.order.intent is not None else ""


def priced(orders: Iterable[Request]) -> list[Priced]:
    """Return those of the orders that name a price and met a book."""
    return [found for order in orders if (found := _priced(order)) is not None]


def usual_depths(before: Iterable[Priced]) -> dict[str, tuple[Decimal, Decimal]]:
    """Return how deep orders of each product are, at least and at most."""
    depths: dict[str, list[Decimal]] = {}
    for each in before:
        depths.setdefault(each.product, []).append(each.depth)
    return {product: (min(found), max(found)) for product, found in depths.items()}


def _priced(order: Request) -> Priced | None:
    if order.intent is None or order.book is None:
        return None
    try:
        price = Decimal(order.intent.price)
    except InvalidOperation:
        return None
    if not price.is_finite() or price <= 0:
        return None
    bid, ask = order.book
    depth = price / ask - _ONE if order.intent.side.upper() == "BUY" else bid / price - _ONE
    return Priced(order, (bid + ask) / 2, depth)
