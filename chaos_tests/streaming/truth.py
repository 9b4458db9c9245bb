"""What the prices really were: the exchange's market, made again from its seed."""

from __future__ import annotations

import bisect
from collections.abc import Sequence
from decimal import Decimal
from typing import Final

from downtick.exchange.config import ExchangeConfig
from downtick.exchange.market import MarketState, SeededMarket
from downtick.history import History

LATE: Final = 0.1
"""Real seconds by which the exchange may be late with an event: it opens its doors before its market runs."""


class Truth:
    """The middle of the best quotes of each product at every instant, from the market's opening to an instant.

    The market is a function of its seed, and of when it opened, which the ledger's first entry tells. Its events
    are applied when they are due, or a little later if the machine was busy; never before.
    """

    def __init__(
        self, history: History, products: Sequence[str], seed: int, time_scale: float, until: float
    ) -> None:
        """Play the market up to an instant.

        Args:
            history: of the run.
            products: whose prices are wanted.
            seed: of the run.
            time_scale: of the run.
            until: seconds since 1970.
        """
        opened = history.first("ledger")
        assert opened is not None
        start = opened["wall"] / 1e9
        config = ExchangeConfig()
        market = SeededMarket(seed, config.products, config.tick_rate)
        state = MarketState(market.openings)
        self._times: dict[str, list[float]] = {product: [start] for product in products}
        self._marks = {product: [_mark(state, product)] for product in products}
        for event in market.events():
            at = start + event.at * time_scale
            if at > until:
                break
            state.apply(event)
            product = event.product_id
            if product in self._marks:
                self._times[product].append(at)
                self._marks[product].append(_mark(state, product))

    def was(self, product: str, mark: Decimal, since: float, until: float) -> bool:
        """Return whether a product's price was this one at some instant between two (seconds since 1970)."""
        times = self._times[product]
        first = max(0, bisect.bisect_right(times, since) - 1)
        last = bisect.bisect_right(times, until)
        return mark in self._marks[product][first:last]


def _mark(state: MarketState, product: str) -> Decimal:
    bid, ask = state.book(product).best_bid, state.book(product).best_ask
    assert bid is not None
    assert ask is not None
    return (bid.price + ask.price) / 2
