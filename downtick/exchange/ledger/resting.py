"""Open orders by price: which of them the market has reached."""

from __future__ import annotations

from bisect import bisect_left, insort
from decimal import Decimal

_Rung = tuple[Decimal, int, str]  # distance (the price, or its negative), turn, order id


class Ladder:
    """Orders that wait for a price, in the order in which the market reaches them; of one price, the oldest first.

    Args:
        falling: whether they wait for the market to fall to their price, and not to rise to it.
    """

    def __init__(self, *, falling: bool) -> None:
        self._falling = falling
        self._rungs: list[_Rung] = []
        self._by_id: dict[str, _Rung] = {}

    def __len__(self) -> int:
        return len(self._rungs)

    def add(self, order_id: str, price: Decimal, turn: int) -> None:
        """Put an order on the ladder."""
        rung = (-price if self._falling else price, turn, order_id)
        insort(self._rungs, rung)
        self._by_id[order_id] = rung

    def drop(self, order_id: str) -> None:
        """Take an order off the ladder, if it is there."""
        rung = self._by_id.pop(order_id, None)
        if rung is not None:
            del self._rungs[bisect_left(self._rungs, rung)]

    def reached(self, price: Decimal, *, through: bool = False) -> list[str]:
        """Return the orders that a price reaches.

        Args:
            price: where the market is.
            through: whether it must have gone beyond the order's price.
        """
        key = -price if self._falling else price
        found = []
        for distance, _, order_id in self._rungs:
            if distance > key or (through and distance == key):
                break
            found.append(order_id)
        return found


class Resting:
    """One product's open orders.

    Attributes:
        buys: limit orders that wait for the market to fall.
        sells: limit orders that wait for it to rise.
        stops_down: stop prices that are reached from above.
        stops_up: stop prices that are reached from below.
    """

    def __init__(self) -> None:
        self.buys = Ladder(falling=True)
        self.sells = Ladder(falling=False)
        self.stops_down = Ladder(falling=True)
        self.stops_up = Ladder(falling=False)
        self._open: set[str] = set()

    def add(self, ladder: Ladder, order_id: str, price: Decimal, turn: int) -> None:
        """Put an order on one of the ladders."""
        ladder.add(order_id, price, turn)
        self._open.add(order_id)

    def drop(self, order_id: str) -> None:
        """Take an order off all ladders, if it is there."""
        if order_id in self._open:
            self._open.remove(order_id)
            for ladder in (self.buys, self.sells, self.stops_down, self.stops_up):
                ladder.drop(order_id)
