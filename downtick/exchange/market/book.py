"""An order book: two sorted sides, each a price and the quantity that rests there."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Iterable, Iterator
from decimal import Decimal
from itertools import islice
from typing import Generic, TypeVar

from downtick.exchange.market.events import Level, Quote

Number = TypeVar("Number", int, Decimal)


class Side(Generic[Number]):
    """One side of a book; iterates from the best price to the worst.

    Args:
        highest_first: whether the highest price is the best (bids).
    """

    def __init__(self, *, highest_first: bool) -> None:
        self._highest_first = highest_first
        self._prices: list[Number] = []  # ascending, whichever side
        self._quantities: dict[Number, Number] = {}

    def __len__(self) -> int:
        return len(self._prices)

    def __contains__(self, price: Number) -> bool:
        return price in self._quantities

    def __getitem__(self, price: Number) -> Number:
        return self._quantities[price]

    def __iter__(self) -> Iterator[tuple[Number, Number]]:
        ordered = reversed(self._prices) if self._highest_first else iter(self._prices)
        return ((price, self._quantities[price]) for price in ordered)

    @property
    def best(self) -> Number:
        """The best price. Raises IndexError if the side is empty."""
        return self._prices[-1 if self._highest_first else 0]

    @property
    def worst(self) -> Number:
        """The worst price. Raises IndexError if the side is empty."""
        return self._prices[0 if self._highest_first else -1]

    def put(self, price: Number, quantity: Number) -> None:
        """Set the quantity at a price. Zero removes the price, also one that is not there."""
        if quantity:
            if price not in self._quantities:
                insort(self._prices, price)
            self._quantities[price] = quantity
        elif self._quantities.pop(price, None) is not None:
            del self._prices[bisect_left(self._prices, price)]


class Book:
    """One product's order book.

    Attributes:
        product_id: such as ``BTC-USD``.
        bids: highest price first.
        asks: lowest price first.
    """

    def __init__(
        self, product_id: str, bids: Iterable[Quote] = (), asks: Iterable[Quote] = ()
    ) -> None:
        self.product_id = product_id
        self.bids: Side[Decimal] = Side(highest_first=True)
        self.asks: Side[Decimal] = Side(highest_first=False)
        for price, quantity in bids:
            self.bids.put(price, quantity)
        for price, quantity in asks:
            self.asks.put(price, quantity)

    @property
    def best_bid(self) -> Quote | None:
        """The highest bid, or None if there is none."""
        return Quote(self.bids.best, self.bids[self.bids.best]) if self.bids else None

    @property
    def best_ask(self) -> Quote | None:
        """The lowest ask, or None if there is none."""
        return Quote(self.asks.best, self.asks[self.asks.best]) if self.asks else None

    @property
    def crossed(self) -> bool:
        """Whether somebody bids as much as somebody asks: no real book is."""
        return bool(self.bids and self.asks and self.bids.best >= self.asks.best)

    def depth(self, levels: int | None = None) -> tuple[tuple[Quote, ...], tuple[Quote, ...]]:
        """Return bids and asks, best first, at most so many of each (all if None)."""
        return (
            tuple(Quote(*level) for level in islice(self.bids, levels)),
            tuple(Quote(*level) for level in islice(self.asks, levels)),
        )

    def apply(self, changes: Iterable[Level]) -> None:
        """Put each changed price in its new state."""
        for side, price, quantity in changes:
            (self.bids if side == "bid" else self.asks).put(price, quantity)
