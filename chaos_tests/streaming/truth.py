"""What the prices really were, by the exchange's market made again from its seed; and when it told them."""

from __future__ import annotations

import bisect
import itertools
from collections.abc import Sequence
from decimal import Decimal
from typing import Final

from downtick.exchange.config import ExchangeConfig
from downtick.exchange.market import MarketState, SeededMarket
from downtick.history import History

LATE: Final = 0.1
"""Real seconds by which the exchange may be late with an event: it opens its doors before its market runs."""

_WRITING: Final = 0.02  # real seconds between the time in a frame and its place in the journal


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


class Told:
    """When the exchange told a product's price: in tickers, and in answers about its book.

    The time in a frame was read a moment before the frame's place in the journal; that in an answer after the
    request and before the answer.
    """

    def __init__(self, history: History, product: str) -> None:
        """Read a history to its end."""
        answered = {event["id"]: event.at for event in history.select("answer")}
        spans = [
            (event.at, answered.get(event["id"], event.at))
            for event in history.select("request")
            if event["path"].endswith("/product_book") and product in event["query"]
        ]
        spans += [
            (event.at - _WRITING, event.at)
            for event in history.select("frame_sent", channel="ticker")
            if product in event["products"]
        ]
        spans.sort()
        self._starts = [start for start, _ in spans]
        self._ends = [*itertools.accumulate((end for _, end in spans), max)]  # the latest so far

    def at(self, instant: float, tolerance: float) -> bool:
        """Return whether it did so at a monotonic instant, give or take some seconds."""
        before = bisect.bisect_right(self._starts, instant + tolerance)
        return before > 0 and instant <= self._ends[before - 1] + tolerance


def _mark(state: MarketState, product: str) -> Decimal:
    bid, ask = state.book(product).best_bid, state.book(product).best_ask
    assert bid is not None
    assert ask is not None
    return (bid.price + ask.price) / 2
