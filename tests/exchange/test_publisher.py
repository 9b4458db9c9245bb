from __future__ import annotations

import json
from itertools import islice
from typing import Any

from downtick.exchange.frames import Body
from downtick.exchange.market import MarketClock, MarketState, SeededMarket, Trade
from downtick.exchange.publisher import Publisher

PRODUCTS = ("BTC-USD", "ETH-USD")
CLOCK = MarketClock(1_700_000_000_000_000_000)


class Market:
    """A seeded market, and a publisher that thinks somebody listens to these channels."""

    def __init__(self, *listening: str) -> None:
        self._seeded = SeededMarket(3, PRODUCTS, rate=10.0)
        self._state = MarketState(self._seeded.openings, CLOCK.origin)
        self.publisher = Publisher(self._state, CLOCK, lambda topic, _: topic in listening)

    def play(self, count: int) -> tuple[int, list[Body]]:
        """Return how many of the next events are trades, and what they make."""
        events = list(islice(self._seeded.events(), count))
        bodies: list[Body] = []
        for event in events:
            self._state.apply(event)
            bodies += self.publisher.happened(event)
        return sum(isinstance(event, Trade) for event in events), bodies


def _market(*listening: str) -> tuple[Market, Publisher]:
    market = Market(*listening)
    return market, market.publisher


def _trades(bodies: list[Body]) -> list[int]:
    found: list[int] = []
    for body in bodies:
        events: Any = json.loads(b"{%b}" % body.events)["events"]
        found += [int(trade["trade_id"]) for event in events for trade in event["trades"]]
    return found


def test_a_trade_is_a_tick_and_a_change_is_an_update() -> None:
    """Each body once, whoever listens."""
    market, _ = _market("ticker", "level2")
    trades, bodies = market.play(300)
    assert [body.channel for body in bodies].count("ticker") == trades > 0
    assert [body.channel for body in bodies].count("l2_data") == 300 - trades


def test_nothing_is_encoded_that_nobody_listens_to() -> None:
    """The market goes on all the same."""
    market, publisher = _market()
    _, bodies = market.play(300)
    assert bodies == []
    assert [list(due()) for due in (publisher.trades_due, publisher.candles_due)] == [[], []]
    (snapshot,) = publisher.snapshots("market_trades", ("BTC-USD",))
    assert snapshot.trade_ids is not None


def test_each_trade_is_seen_exactly_once() -> None:
    """A snapshot and the updates after it meet without hole and without overlap."""
    market, publisher = _market("market_trades")
    market.play(300)
    snapshot = publisher.snapshots("market_trades", ("BTC-USD",))
    updates = [body for body in publisher.trades_due() if body.products == ("BTC-USD",)]
    ids = sorted(_trades([*snapshot, *updates]))
    assert ids == list(range(ids[0], ids[-1] + 1))
    assert len(updates) == 1
    assert not list(publisher.trades_due())


def test_batches_hold_what_changed() -> None:
    """Once a period, and nothing if nothing happened."""
    market, publisher = _market("ticker_batch", "candles")
    market.play(300)
    for due in (publisher.ticker_batch_due, publisher.candles_due):
        assert sorted(body.products[0] for body in due()) == list(PRODUCTS)
        assert list(due()) == []


def test_status_comes_whether_anything_changed_or_not() -> None:
    """It tells of every product."""
    _, publisher = _market("status")
    for _ in range(2):
        assert [body.products for body in publisher.status_due()] == [("BTC-USD",), ("ETH-USD",)]


def test_a_heartbeat_counts_on_and_tells_the_time() -> None:
    """It counts from its process's start: not from 0."""
    _, publisher = _market()
    beats = [body for now in (CLOCK.start, CLOCK.start + 1) for body in publisher.heartbeat(now)]
    events = [json.loads(b"{%b}" % body.events)["events"][0] for body in beats]
    first = events[0]["heartbeat_counter"]
    assert [event["heartbeat_counter"] for event in events] == [first, first + 1]
    assert first > 1000
    assert events[0]["current_time"].startswith("2023-11-14 22:13:20 +0000 UTC")


def test_every_channel_has_a_snapshot_of_all_products() -> None:
    """One frame or several, together they tell of each product."""
    _, publisher = _market()
    for channel in ("ticker", "ticker_batch", "level2", "market_trades", "candles", "status"):
        bodies = publisher.snapshots(channel, PRODUCTS)
        assert {name for body in bodies for name in body.products} == set(PRODUCTS), channel
        assert {body.type for body in bodies} == {"snapshot"}


def test_the_candles_snapshot_reaches_back_before_the_start() -> None:
    """350 candles of five minutes without a gap, though the market has only begun; an update holds the last one."""
    market, publisher = _market("candles")
    (snapshot,) = publisher.snapshots("candles", ("BTC-USD",))
    (event,) = json.loads(b"{%b}" % snapshot.events)["events"]
    starts = [int(candle["start"]) for candle in event["candles"]]
    assert starts == [starts[0] - 300 * number for number in range(350)]
    market.play(300)
    for body in publisher.candles_due():
        (event,) = json.loads(b"{%b}" % body.events)["events"]
        assert [int(candle["start"]) for candle in event["candles"]] == [starts[0]]
