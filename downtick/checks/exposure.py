"""How much a bot could come to own of a product: its position, and what its open orders may add, at every instant."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from downtick.checks.run import Fill, Order, Run

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
    changes = [change for order in run.orders.values() for change in _changes(order, run.last)]
    position: dict[str, tuple[Decimal, Decimal, Decimal]] = {}
    for at, number, product, moved, bought, sold in sorted(changes):
        owned, buying, selling = position.get(product, (_ZERO, _ZERO, _ZERO))
        owned, buying, selling = owned + moved, buying + bought, selling + sold
        position[product] = owned, buying, selling
        yield Exposure(at, number, product, max(owned + buying, selling - owned, _ZERO))


Change = tuple[float, int, str, Decimal, Decimal, Decimal]
"""When, number of the event, product; and by how much position, open buys and open sells grow."""


def _changes(order: Order, last: float) -> Iterator[Change]:
    """Yield what an order did to position and open orders."""
    buys, product = order.intent.side == "BUY", order.intent.product
    size, matched, number = order.size or _ZERO, _ZERO, order.number
    yield order.applied, number, product, _ZERO, *_sided(buys, size)
    steps: list[tuple[float, int, Fill | Decimal]] = [(f.at, f.number, f) for f in order.fills]
    steps += [(at, number, size) for number, at, size in order.edits]
    for at, number, step in sorted(steps, key=lambda each: each[:2]):
        if isinstance(step, Decimal):
            yield at, number, product, _ZERO, *_sided(buys, step - size)
            size = step
            continue
        taken = min(size - matched, step.size)
        matched += taken
        moved = step.size if buys else -step.size
        yield at, number, product, moved, *_sided(buys, -taken)
    if size > matched and order.ended <= last:
        yield order.ended, number, product, _ZERO, *_sided(buys, matched - size)


def _sided(buys: bool, size: Decimal) -> tuple[Decimal, Decimal]:
    return (size, _ZERO) if buys else (_ZERO, size)


def usual(run: Run) -> dict[str, Decimal]:
    """Return the most of each product before the first fault, where it had stopped to grow: in the latter half nothing came to it."""
    before = [each for each in exposures(run) if each.at < run.first_fault]
    most: dict[str, Decimal] = {}
    settled: dict[str, float] = {}
    for each in before:
        if each.size > most.get(each.product, _ZERO):
            most[each.product], settled[each.product] = each.size, each.at
    middle = (before[0].at + run.first_fault) / 2 if before else 0.0
    return {product: size for product, size in most.items() if settled[product] <= middle}
