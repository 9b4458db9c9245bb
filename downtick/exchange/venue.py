"""One market as the exchange's doors see it: its state, its clock, and the instant now."""

from __future__ import annotations

from time import time_ns

from downtick.exchange.market import Book, MarketClock, MarketState


class Venue:
    """What routes, feeds and faults share.

    Args:
        market: its state; the publisher applies the events to it.
        clock: of the market.
    """

    def __init__(self, market: MarketState, clock: MarketClock) -> None:
        self.market = market
        self.clock = clock

    def now(self) -> int:
        """Return the wall clock in nanoseconds since 1970."""
        return time_ns()

    def book(self, product_id: str) -> Book:
        """Return a product's book as it stands; KeyError for an unknown product."""
        return self.market.book(product_id)
