"""How much a bot could come to own of a product: its position, and what its open orders may add, at every instant."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from downtick.checks.run import Run

_ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Exposure:
    """The worst that one instant may lead to.

    Attributes:
        at: the instant.
        number: of the event that led to it.
        product: of which.
        size: units of the product, long or short, whichever is more.
    """

    at: float
    number: int
    product: str
    size: Decimal


def exposures(run: Run) -> Iterator[Exposure]:
    """Yield the exposure after each change of the ledger, in order.

    A position counts from zero at the beginning of the run. An order whose size is in the quote currency counts as
    what of it was matched.
    """
    changes: list[tuple[float, int, str, Decimal, Decimal, Decimal]] = []
    for order in run.orders.values():
        buys = order.intent.side == "BUY"
        product, left = order.intent.product, order.size or _ZERO
        changes.append((order.applied, order.number, product, _ZERO, *_sided(buys, left)))
        for fill in order.fills:
            taken = min(left, fill.size)
            left -= taken
            moved = fill.size if buys else -fill.size
            changes.append((fill.at, fill.number, product, moved, *_sided(buys, -taken)))
        if left and order.ended <= run.last:
            number = max([order.number, *(fill.number for fill in order.fills)])
            changes.append((order.ended, number, product, _ZERO, *_sided(buys, -left)))
    position: dict[str, tuple[Decimal, Decimal, Decimal]] = {}
    for at, number, product, moved, bought, sold in sorted(changes, key=lambda c: c[:2]):
        owned, buying, selling = position.get(product, (_ZERO, _ZERO, _ZERO))
        owned, buying, selling = owned + moved, buying + bought, selling + sold
        position[product] = owned, buying, selling
        yield Exposure(at, number, product, max(owned + buying, selling - owned, _ZERO))


def _sided(buys: bool, size: Decimal) -> tuple[Decimal, Decimal]:
    return (size, _ZERO) if buys else (_ZERO, size)


def usual(run: Run) -> dict[str, Decimal]:
    """Return the most of each product before the first fault."""
    most: dict[str, Decimal] = {}
    for each in exposures(run):
        if each.at < run.first_fault:
            most[each.product] = max(each.size, most.get(each.product, _ZERO))
    return most
