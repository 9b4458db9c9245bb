"""Frames have production's keys, order and formats, and an envelope is only spliced around them."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from decimal import Decimal
from itertools import islice
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from downtick.exchange import frames
from downtick.exchange.frames import Body
from downtick.exchange.market import (
    BookChange,
    Level,
    MarketClock,
    MarketState,
    Quote,
    SeededMarket,
    Trade,
)
from downtick.exchange.market.products import made_product
from downtick.exchange.messages import PRIVATE_CHANNELS
from downtick.exchange.times import rfc3339_nanos
from tests.exchange.production import recorded, shape

NOW = 1_790_735_835_057_778_606  # 2026-09-30T02:37:15.057778606Z
STAMP = "2026-09-30T02:37:15.057778606Z"
CLOCK = MarketClock(NOW)
MARKET = SeededMarket(5, ["BTC-USD", "ETH-USD"], rate=10.0)


def state() -> MarketState:
    """Return a market that has run for a while."""
    made = MarketState(MARKET.openings, CLOCK.origin)
    for event in islice(MARKET.events(), 200):
        made.apply(event)
    return made


def bodies() -> dict[tuple[str, str], Body]:
    """Return one body of every channel and type."""
    market = state()
    change = next(event for event in MARKET.events() if isinstance(event, BookChange))
    tickers = [market.ticker("BTC-USD")]
    trades = market.trades("BTC-USD", 5)
    candles = market.candles("BTC-USD", "FIVE_MINUTE", 0, 1e12, 350)
    made = [
        frames.ticker_snapshot(tickers),
        frames.ticker_update(tickers[0]),
        frames.ticker_batch(tickers, "snapshot"),
        frames.ticker_batch(tickers, "update"),
        frames.l2_snapshot("BTC-USD", *market.book("BTC-USD").depth()),
        frames.l2_update(change, CLOCK),
        frames.trades_snapshot(trades, CLOCK),
        frames.trades_update(trades, CLOCK),
        frames.candles_snapshot("BTC-USD", candles, CLOCK),
        frames.candles_update("BTC-USD", candles[:1], CLOCK),
        frames.status_snapshot(market.products),
        frames.status_update(market.products),
        frames.heartbeat(21697, NOW),
        frames.subscriptions({"ticker": ["BTC-USD"]}),
    ]
    return {(body.channel, body.type): body for body in made}


BODIES = bodies()


def envelope(channel: str, event: dict[str, Any]) -> dict[str, Any]:
    """Return a frame with an invented envelope."""
    return {"channel": channel, "timestamp": STAMP, "sequence_num": 3, "events": [event]}


TRADE = {
    "product_id": "AAA-BBB",
    "trade_id": "5",
    "price": "1.5",
    "size": "0.25",
    "time": "2026-01-01T00:00:00.000001Z",
    "side": "SELL",
}
BATCHED = {
    "type": "ticker",
    "product_id": "AAA-BBB",
    "price": "1.5",
    "volume_24_h": "10",
    "low_24_h": "1",
    "high_24_h": "2",
    "low_52_w": "0.5",
    "high_52_w": "4",
    "price_percent_chg_24_h": "-0.1",
}
TICKER = BATCHED | {
    "best_bid": "1.4",
    "best_ask": "1.6",
    "best_bid_quantity": "3",
    "best_ask_quantity": "4",
}
LEVEL = {"side": "bid", "event_time": "", "price_level": "1.4", "new_quantity": "3"}
CANDLE = {
    "start": "1700000100",
    "high": "2",
    "low": "1",
    "open": "1.5",
    "close": "1.25",
    "volume": "9",
    "product_id": "AAA-BBB",
}
PRODUCT = {
    "product_type": "SPOT",
    "id": "AAA-BBB",
    "base_currency": "AAA",
    "quote_currency": "BBB",
    "base_increment": "0.00000001",
    "quote_increment": "0.01",
    "display_name": "AAA/BBB",
    "status": "online",
    "status_message": "",
    "min_market_funds": "1",
}


def expected() -> Iterator[dict[str, Any]]:
    """Yield a frame of every channel and type, written by hand."""
    for kind in ("snapshot", "update"):
        yield envelope("ticker", {"type": kind, "tickers": [TICKER]})
        yield envelope("ticker_batch", {"type": kind, "tickers": [BATCHED]})
        yield envelope("market_trades", {"type": kind, "trades": [TRADE]})
        yield envelope("candles", {"type": kind, "candles": [CANDLE]})
        yield envelope("status", {"type": kind, "products": [PRODUCT]})
    for kind, time in (("snapshot", "1970-01-01T00:00:00Z"), ("update", TRADE["time"])):
        levels = [LEVEL | {"event_time": time}]
        yield envelope("l2_data", {"type": kind, "product_id": "AAA-BBB", "updates": levels})
    yield envelope("subscriptions", {"subscriptions": {"ticker": ["AAA-BBB"]}})
    time = "2026-09-30 02:37:15.057778606 +0000 UTC m=+21697.195984854"
    yield envelope("heartbeats", {"current_time": time, "heartbeat_counter": 21697})


def name(frame: dict[str, Any]) -> str:
    """Return what a case is called."""
    return f"{frame['channel']}-{frame['events'][0].get('type', 'none')}"


def public() -> Iterator[dict[str, Any]]:
    """Yield recorded frames of the channels that need no login."""
    return (frame for frame in recorded() if frame["channel"] not in PRIVATE_CHANNELS)


@pytest.mark.parametrize("theirs", [*expected(), *public()], ids=name)
def test_frames_have_productions_shape(theirs: dict[str, Any]) -> None:
    """Each frame has the keys, their order, the types and the string formats of production."""
    channel, kind = theirs["channel"], theirs["events"][0].get("type", "")
    if channel == "subscriptions":
        body = frames.subscriptions(theirs["events"][0]["subscriptions"])
    else:
        body = BODIES[channel, kind]
    ours = json.loads(frames.envelope(body, 7, STAMP, client_id=False))
    assert shape(ours) == shape(theirs)


@pytest.mark.parametrize("key", BODIES, ids="-".join)
def test_every_member_of_a_list_has_one_shape(key: tuple[str, str]) -> None:
    """All levels, trades, candles and products of a frame look alike."""
    (event,) = json.loads(b"{%b}" % BODIES[key].events)["events"]
    for members in (member for member in event.values() if isinstance(member, list)):
        assert {json.dumps(shape(member)) for member in members} == {json.dumps(shape(members[0]))}


@given(
    key=st.sampled_from(sorted(BODIES)),
    sequence_num=st.integers(0, 2**40),
    now=st.integers(0, 2**62),
    client_id=st.booleans(),
)
@settings(deadline=None)
def test_envelope_is_the_frame_as_a_whole(
    key: tuple[str, str], sequence_num: int, now: int, client_id: bool
) -> None:
    """Splicing gives the bytes that encoding the whole frame at once would give."""
    body, stamp = BODIES[key], rfc3339_nanos(now)
    whole = {
        "channel": body.channel,
        **({"client_id": ""} if client_id else {}),
        "timestamp": stamp,
        "sequence_num": sequence_num,
        "events": json.loads(b"{%b}" % body.events)["events"],
    }
    spliced = frames.envelope(body, sequence_num, stamp, client_id)
    assert spliced == json.dumps(whole, separators=(",", ":")).encode()


@pytest.mark.parametrize("encode", [frames.trades_snapshot, frames.trades_update])
def test_trades_are_written_newest_first(
    encode: Callable[[list[Trade], MarketClock], Body],
) -> None:
    """However trades are handed over, the newest comes first and the range of their ids is known."""
    trades = [e for e in islice(MARKET.events(), 300) if isinstance(e, Trade)]
    trades = [trade for trade in trades if trade.product_id == "BTC-USD"]
    body = encode(trades, CLOCK)
    (event,) = json.loads(b"{%b}" % body.events)["events"]
    ids = [int(trade["trade_id"]) for trade in event["trades"]]
    assert ids == sorted(ids, reverse=True)
    assert body.trade_ids == (ids[-1], ids[0])
    assert body.products == ("BTC-USD",)
    assert event["trades"] == [
        json.loads(b"{%b}" % encode([trade], CLOCK).events)["events"][0]["trades"][0]
        for trade in reversed(trades)
    ]


def test_no_trades_yet() -> None:
    """A snapshot without trades is an empty list, not an error."""
    body = frames.trades_snapshot([], CLOCK)
    assert body.events == b'"events":[{"type":"snapshot","trades":[]}]'
    assert body.trade_ids is None


def test_book_snapshot_is_sorted_and_complete() -> None:
    """All bids from the best, then all offers from the best; nothing else."""
    book = state().book("ETH-USD")
    body = frames.l2_snapshot("ETH-USD", *book.depth())
    levels = json.loads(b"{%b}" % body.events)["events"][0]["updates"]
    told = [
        (level["side"], Decimal(level["price_level"]), Decimal(level["new_quantity"]))
        for level in levels
    ]
    bids, asks = book.depth()
    assert told == [("bid", *quote) for quote in bids] + [("offer", *quote) for quote in asks]


def test_removed_level_has_quantity_zero() -> None:
    """A price that left the book is told as the string 0, at the instant of the change."""
    change = BookChange(1.5, "AAA-BBB", (Level("offer", Decimal("2.50"), Decimal("0.00")),))
    (level,) = json.loads(b"{%b}" % frames.l2_update(change, CLOCK).events)["events"][0]["updates"]
    assert level == {
        "side": "offer",
        "event_time": "2026-09-30T02:37:16.557778Z",
        "price_level": "2.5",
        "new_quantity": "0",
    }


def test_heartbeat_in_full() -> None:
    """A heartbeat tells time as Go prints it and counts in an integer."""
    assert frames.heartbeat(21697, NOW).events == (
        b'"events":[{"current_time":"2026-09-30 02:37:15.057778606 +0000 UTC m=+21697.057778606",'
        b'"heartbeat_counter":21697}]'
    )


def test_ticker_of_an_empty_side() -> None:
    """A book without bids gives empty strings, never a made-up price."""
    ticker = state().ticker("BTC-USD")
    ticker = type(ticker)(
        ticker.product_id, ticker.price, ticker.stats, None, Quote(Decimal(1), Decimal(2))
    )
    (event,) = json.loads(b"{%b}" % frames.ticker_update(ticker).events)["events"]
    assert event["tickers"][0]["best_bid"] == ""
    assert event["tickers"][0]["best_ask"] == "1"


def test_candle_starts_follow_the_time_scale() -> None:
    """At a time scale of 0.1 a five-minute candle starts on a multiple of 30 s of the wall clock."""
    clock = MarketClock(NOW, time_scale=0.1)
    market = MarketState(MARKET.openings, clock.origin)
    for event in islice(MARKET.events(), 2000):
        market.apply(event)
    candles = market.candles("BTC-USD", "FIVE_MINUTE", 0, 1e12, 350)
    body = frames.candles_snapshot("BTC-USD", candles, clock)
    starts = [int(c["start"]) for c in json.loads(b"{%b}" % body.events)["events"][0]["candles"]]
    assert {start % 30 for start in starts} == {0}
    assert starts == sorted(starts, reverse=True)
    assert starts[-1] <= NOW // 10**9 < starts[0] + 60


def test_status_tells_a_future_from_a_product_that_is_owned() -> None:
    """By its type."""
    found = [made_product(name)[0] for name in ("BTC-USD", "BTC-PERP-INTX")]
    (event,) = json.loads(b"{%b}" % frames.status_update(found).events)["events"]
    assert [product["product_type"] for product in event["products"]] == ["SPOT", "FUTURE"]
