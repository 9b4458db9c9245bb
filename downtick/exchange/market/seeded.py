"""A market made from a seed: trades and order books that agree with each other, without end."""

from __future__ import annotations

import heapq
from collections.abc import Iterator, Sequence
from operator import attrgetter

from downtick.errors import InputError
from downtick.exchange.market.events import MarketEvent
from downtick.exchange.market.opening import Opening
from downtick.exchange.market.walk import Walk


class SeededMarket:
    """Random walks, one per product. The same seed gives the same events, whatever other products there are.

    Attributes:
        openings: the state of each product at second 0, in the order asked for.
    """

    def __init__(self, seed: int, products: Sequence[str], rate: float) -> None:
        """Make the market.

        Args:
            seed: everything is drawn from it.
            products: product ids.
            rate: mean number of happenings a nominal second and product; a trade and the book change that it
                causes are two events, but one happening.

        Raises:
            InputError: no product, one twice, one not of the form ``BASE-QUOTE``, or a rate that is not positive.
        """
        if not products or len(set(products)) != len(products):
            raise InputError(f"products {list(products)}: expected at least one, and each once")
        if not 0 < rate < float("inf"):
            raise InputError(f"tick rate {rate}: expected a positive number of events a second")
        self._seed = seed
        self._products = tuple(products)
        self._rate = rate
        self._fresh = self._walks()  # a walk runs once: these serve the first call of `events`
        self.openings: tuple[Opening, ...] = tuple(walk.opening for walk in self._fresh)

    def events(self) -> Iterator[MarketEvent]:
        """Return the events of all products in the order of their time, from the start. Endless."""
        walks, self._fresh = self._fresh or self._walks(), []
        return heapq.merge(*(walk.events(self._rate) for walk in walks), key=attrgetter("at"))

    def _walks(self) -> list[Walk]:
        return [Walk(self._seed, product_id) for product_id in self._products]
