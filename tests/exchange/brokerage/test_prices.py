"""Prices have Coinbase's shapes and limits."""

from __future__ import annotations

from decimal import Decimal
from itertools import pairwise

import pytest

from downtick.exchange.market import GRANULARITIES
from tests.exchange.brokerage.site import SECONDS, START, Site, strings

SITE = Site(products=("BTC-USD", "ETH-USD"), events=4000)
MARKET = SITE.venue.market


def candles(minutes: int, more: str = "") -> str:
    """Return a request for minute candles since the start."""
    end = SECONDS // 60 * 60 + minutes * 60
    span = f"start={end - minutes * 60}&end={end}"
    return f"GET /market/products/BTC-USD/candles?granularity=ONE_MINUTE&{span}{more}"


def test_server_time() -> None:
    """The server's time is three strings."""
    assert SITE.ask("GET /time") == {
        "iso": "2026-09-30T02:37:15Z",
        "epochSeconds": str(START // 10**9),
        "epochMillis": "1790735835057",
    }


def test_ticker_tells_the_newest_trades() -> None:
    """Trades are newest first, as many as asked for, with the best quotes beside them."""
    told = SITE.ask("GET /products/BTC-USD/ticker?limit=3")
    ids = [trade["trade_id"] for trade in told["trades"]]
    assert ids == [str(trade.trade_id) for trade in MARKET.trades("BTC-USD", 3)]
    assert list(told["trades"][0]) == (
        ["trade_id", "product_id", "price", "size", "time", "side", "bid", "ask", "exchange"]
    )
    best_bid, best_ask = MARKET.book("BTC-USD").best_bid, MARKET.book("BTC-USD").best_ask
    assert best_bid is not None
    assert best_ask is not None
    assert Decimal(told["best_bid"]) == best_bid.price
    assert Decimal(told["best_ask"]) == best_ask.price
    assert strings(told)


def test_ticker_is_capped_and_cut_to_its_span() -> None:
    """At most 100 trades are given, and only those between start and end."""
    assert len(SITE.ask("GET /products/BTC-USD/ticker?limit=700")["trades"]) == 100
    line = f"GET /products/BTC-USD/ticker?start={SECONDS + 10}&end={SECONDS + 20}"
    trades = SITE.ask(line)["trades"]
    assert trades
    assert {trade["time"][:18] for trade in trades} <= {"2026-09-30T02:37:2", "2026-09-30T02:37:3"}


@pytest.mark.parametrize(("limit", "levels"), [("2", 2), ("5000", None), ("", None)])
def test_product_book(limit: str, levels: int | None) -> None:
    """The book is best first, as deep as asked for, with its middle and spread."""
    told = SITE.ask(f"GET /market/product_book?product_id=ETH-USD&limit={limit}")
    bids, asks = MARKET.book("ETH-USD").depth(levels)
    book = told["pricebook"]
    assert [Decimal(quote["price"]) for quote in book["bids"]] == [q.price for q in bids]
    assert [Decimal(quote["size"]) for quote in book["asks"]] == [q.quantity for q in asks]
    assert book["time"] == "2026-09-30T02:37:15.057778Z"
    assert Decimal(told["spread_absolute"]) == asks[0].price - bids[0].price
    assert bids[0].price < Decimal(told["mid_market"]) < asks[0].price
    assert Decimal(told["spread_bps"]) > 0
    assert strings(told)


def test_book_with_an_empty_side() -> None:
    """Where a side is empty there is no middle and no spread."""
    site = Site()
    book = site.venue.market.book("BTC-USD")
    for price, _ in book.depth()[0]:
        book.bids.put(price, price * 0)
    told = site.ask("GET /product_book?product_id=BTC-USD")
    assert told["pricebook"]["bids"] == []
    assert (told["mid_market"], told["spread_bps"], told["spread_absolute"]) == ("", "", "")


def test_best_bid_ask_of_some_products() -> None:
    """Each product that is named gets its best quotes, in the order of the names."""
    told = SITE.ask("GET /best_bid_ask?product_ids=ETH-USD&product_ids=BTC-USD")["pricebooks"]
    assert [book["product_id"] for book in told] == ["ETH-USD", "BTC-USD"]
    best = MARKET.book("ETH-USD").best_bid
    assert best is not None
    assert told[0]["bids"] == [{"price": str(best.price), "size": f"{best.quantity.normalize():f}"}]
    assert len(told[0]["asks"]) == 1


def test_best_bid_ask_of_all_products() -> None:
    """Without names all products are told."""
    told = SITE.ask("GET /best_bid_ask")["pricebooks"]
    assert [book["product_id"] for book in told] == ["BTC-USD", "ETH-USD"]


def test_candles_newest_first() -> None:
    """Candles are those of the state inside the span, newest first."""
    told = SITE.ask(candles(30))["candles"]
    starts = [int(candle["start"]) for candle in told]
    assert len(starts) > 5
    assert starts == sorted(starts, reverse=True)
    assert list(told[0]) == ["start", "low", "high", "open", "close", "volume"]
    assert strings(told)
    assert SITE.ask(candles(30, "&limit=2"))["candles"] == told[:2]


@pytest.mark.parametrize(("granularity", "seconds"), GRANULARITIES.items())
def test_candles_from_before_the_start(granularity: str, seconds: int) -> None:
    """A client gets the 300 candles that it asks for when it starts, whatever their length."""
    end = SECONDS // seconds * seconds
    span = f"start={end - 299 * seconds}&end={end}"
    line = f"GET /market/products/BTC-USD/candles?granularity={granularity}&{span}"
    told = Site(products=["BTC-USD"]).ask(line)["candles"]
    assert [int(candle["start"]) for candle in told] == [end - n * seconds for n in range(300)]
    assert strings(told)


def test_candles_at_another_time_scale() -> None:
    """At a time scale of 0.1 minute candles start every six seconds of the wall clock."""
    site = Site(products=["BTC-USD", "ETH-USD"], events=4000, time_scale=0.1)
    starts = [int(candle["start"]) for candle in site.ask(candles(5))["candles"]]
    assert {before - after for before, after in pairwise(starts)} == {6}


def test_too_many_candles() -> None:
    """350 candles are given, 351 are too many."""
    SITE.ask(candles(350))
    refused = SITE.ask(candles(351), status=400)
    assert refused["error"] == "INVALID_ARGUMENT"
    assert "less than 350" in refused["message"]


@pytest.mark.parametrize(
    ("line", "status", "message"),
    [
        ("products/NO-PE/ticker", 404, "Product NO-PE not supported"),
        ("products/NO-PE/candles", 404, "Product NO-PE not supported"),
        ("product_book", 400, "ProductID is invalid"),
        ("best_bid_ask?product_ids=BTC-USD&product_ids=NO", 400, "ProductID is invalid"),
        ("products/BTC-USD/ticker?limit=%C2%B2", 400, "limit argument is invalid"),
        ("products/BTC-USD/ticker?start=now", 400, "start and end argument is invalid"),
        ("product_book?product_id=BTC-USD&limit=1e3", 400, "limit argument is invalid"),
        (
            "products/BTC-USD/candles?granularity=ONE_YEAR",
            400,
            "granularity argument is invalid",
        ),
        (
            "products/BTC-USD/candles?granularity=ONE_DAY",
            400,
            "start and end argument is invalid",
        ),
        (
            "products/BTC-USD/candles?granularity=ONE_DAY&start=2&end=1",
            400,
            "start and end argument is invalid",
        ),
    ],
)
def test_what_cannot_be_answered(line: str, status: int, message: str) -> None:
    """A bad request gets Coinbase's status and words."""
    told = SITE.ask(f"GET /{line}", status=status)
    assert (told["message"], told["error_details"]) == (message, message)
