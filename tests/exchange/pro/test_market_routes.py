from __future__ import annotations

from decimal import Decimal
from itertools import pairwise
from typing import Any

import pytest

from tests.exchange.brokerage.site import FUTURE, SECONDS, START
from tests.exchange.pro.floor import Floor

D = Decimal


def _floor() -> Floor:
    floor = Floor()
    floor.play(500)
    return floor


def test_the_time_is_told_in_two_ways() -> None:
    """Text and a number, of milliseconds."""
    told = Floor().ask("GET /time")
    assert told == {"iso": "2026-09-30T02:37:15.057Z", "epoch": round(START / 1e9, 3)}


def test_products_are_those_that_are_owned() -> None:
    """Alone or in a list; futures are not found."""
    floor = Floor()
    listed = floor.ask("GET /products")
    assert [product["id"] for product in listed] == ["BTC-USD", "ETH-USD"]
    assert floor.ask("GET /products/BTC-USD") == listed[0]
    assert (listed[0]["base_increment"], listed[0]["quote_increment"]) == ("0.00000001", "0.01")
    for name in ("X-Y", FUTURE, "btc-usd"):
        assert floor.refused(f"GET /products/{name}", status=404) == "NotFound"


def test_currencies() -> None:
    """Of the products, each once."""
    floor = Floor()
    listed = floor.ask("GET /currencies")
    assert [currency["id"] for currency in listed] == ["BTC", "USD", "ETH"]
    assert [currency["details"]["type"] for currency in listed] == ["crypto", "fiat", "crypto"]
    assert floor.ask("GET /currencies/ETH") == listed[2]
    assert floor.refused("GET /currencies/XYZ", status=404) == "NotFound"


@pytest.mark.parametrize(("query", "levels"), [("", 1), ("?level=1", 1), ("?level=2", None)])
def test_a_book_of_quotes(query: str, levels: int | None) -> None:
    """The best ones, or all: price, size and number of orders."""
    floor = _floor()
    told = floor.ask(f"GET /products/BTC-USD/book{query}")
    bids, asks = floor.state.book("BTC-USD").depth(levels)
    for name, quotes in (("bids", bids), ("asks", asks)):
        assert [(D(p), D(q), n) for p, q, n in told[name]] == [(p, q, 1) for p, q in quotes]
    assert told["sequence"] == floor.publisher.flow("BTC-USD").sequence
    assert (told["auction_mode"], told["auction"]) == (False, None)


def test_a_book_of_orders_is_sorted() -> None:
    """The user's own stand in it where they belong."""
    floor = _floor()
    best = floor.state.book("BTC-USD").best_bid
    assert best is not None
    mine = floor.place(price=str(best.price - D("0.01")))["id"]
    waiting = floor.place(side="sell", stop="loss", stop_price="60000", price="59000")["id"]
    told = floor.ask("GET /products/BTC-USD/book?level=3")
    bids, asks = ([D(price) for price, _, _ in told[name]] for name in ("bids", "asks"))
    assert bids == sorted(bids, reverse=True)
    assert asks == sorted(asks)
    assert [order_id for _, _, order_id in told["bids"]].index(mine) in {1, 2}
    assert waiting not in {order_id for _, _, order_id in told["asks"] + told["bids"]}


def test_a_level_that_there_is_not_is_declined() -> None:
    """There are three."""
    assert _floor().refused("GET /products/BTC-USD/book?level=4") == "Invalid level"


def test_the_ticker_is_the_last_trade_with_the_best_quotes() -> None:
    """And the day's volume."""
    floor = _floor()
    told = floor.ask("GET /products/BTC-USD/ticker")
    trade, best = floor.state.last_trade("BTC-USD"), floor.state.ticker("BTC-USD")
    assert trade is not None
    assert best.bid is not None
    assert best.ask is not None
    assert (told["trade_id"], D(told["price"]), D(told["size"])) == (
        trade.trade_id,
        trade.price,
        trade.size,
    )
    assert (D(told["bid"]), D(told["ask"])) == (best.bid.price, best.ask.price)


def test_stats_are_of_the_day_and_the_month() -> None:
    """The month's volume holds the day's."""
    floor = _floor()
    told = floor.ask("GET /products/BTC-USD/stats")
    assert D(told["low"]) <= D(told["last"]) <= D(told["high"])
    assert D(told["volume"]) < D(told["volume_30day"])


def test_trades_are_paged_by_their_ids() -> None:
    """Newest first, without overlap."""
    floor = _floor()
    all_ = floor.ask("GET /products/BTC-USD/trades")
    assert all(a["trade_id"] == b["trade_id"] + 1 for a, b in pairwise(all_))
    first = floor.answer("GET /products/BTC-USD/trades?limit=3")
    second = floor.ask(f"GET /products/BTC-USD/trades?limit=3&after={first.headers['CB-AFTER']}")
    assert second == all_[3:6]
    assert floor.ask(f"GET /products/BTC-USD/trades?before={first.headers['CB-BEFORE']}") == []
    assert set(all_[0]) == {"trade_id", "side", "size", "price", "time"}


@pytest.mark.parametrize("query", ["limit=x", "after=-1", "before=1.5", "limit=" + "9" * 30])
def test_a_cursor_that_is_no_number_is_declined(query: str) -> None:
    """The message names it."""
    floor = Floor()
    name = query.partition("=")[0]
    assert floor.refused(f"GET /products/BTC-USD/trades?{query}") == f"Invalid {name}"


def test_candles_are_numbers_newest_first() -> None:
    """Start, low, high, open, close, volume; three hundred if nothing else is asked for."""
    told = _floor().ask("GET /products/BTC-USD/candles?granularity=300")
    assert len(told) in {300, 301}
    starts = [candle[0] for candle in told]
    assert starts == [starts[0] - 300 * number for number in range(len(told))]
    for _, low, high, opened, closed, volume in told:
        assert low <= min(opened, closed) <= max(opened, closed) <= high
        assert volume > 0


@pytest.mark.parametrize(
    ("start", "end"),
    [
        (str(SECONDS - 3600), str(SECONDS)),
        ("2026-09-30T01:37:15Z", "2026-09-30T02:37:15.000Z"),
        ("2026-09-30T01:37:15", "2026-09-30T02:37:15+00:00"),
    ],
)
def test_candles_of_a_stretch(start: str, end: str) -> None:
    """In Unix seconds, or ISO 8601 with a zone or without."""
    query = f"granularity=300&start={start}&end={end.replace('+', '%2B')}"
    told = _floor().ask(f"GET /products/BTC-USD/candles?{query}")
    assert [candle[0] for candle in told] == [
        SECONDS // 300 * 300 - 300 * number for number in range(12)
    ]


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("granularity=7", "Unsupported granularity"),
        ("granularity=one", "Invalid granularity"),
        (f"start=0&end={SECONDS}", "granularity too small for the requested time range. Count of"),
        (f"start={SECONDS}&end=5", "start must be before end"),
        ("start=yesterday", "start must be a valid ISO8601 date"),
    ],
)
def test_candles_that_there_are_not_are_declined(query: str, words: str) -> None:
    """In Coinbase's words, where they are known."""
    told: Any = Floor().refused(f"GET /products/BTC-USD/candles?{query}")
    assert told.startswith(words)
