from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest

from downtick.exchange import frames
from downtick.exchange.frames import Body
from downtick.exchange.market import BookChange, Candle, Level, Trade
from tests.exchange.faults.desk import FakeFeed
from tests.exchange.faults.trader import Trader

D = Decimal
BTC = "BTC-USD"


def _told(body: Body) -> dict[str, Any]:
    """Return what a frame says."""
    told: dict[str, Any] = json.loads(b"{%b}" % body.events)
    return told


def _trade(desk: Trader, price: Decimal, number: int = 7, product: str = BTC) -> Trade:
    trade = Trade(1.0, product, number, price, D("0.5"), "BUY")
    desk.venue.market.apply(trade)
    return trade


async def test_the_last_price_stands_still_while_trades_go_on() -> None:
    """On every route of the market: the old price, quotes around it, new trade ids and times."""
    desk = Trader()
    before = (await desk.ask("GET", f"products/{BTC}"))["price"]
    handle = desk.start("wrong_data", what="old_prices_fresh_times")
    _trade(desk, D(before) + 500)
    ticker = await desk.ask("GET", f"products/{BTC}/ticker", query={"limit": "1"})
    (trade,) = ticker["trades"]
    assert (trade["price"], trade["trade_id"], trade["size"]) == (before, "7", "0.5")
    assert (await desk.ask("GET", f"products/{BTC}"))["price"] == before
    book = await desk.ask("GET", "product_book", query={"product_id": BTC})
    assert book["last"] == before
    true = desk.venue.book(BTC).best_bid
    assert true is not None
    assert D(book["pricebook"]["bids"][0]["price"]) == true.price - 500
    assert desk.hits(handle) == 3
    assert desk.venue.market.ticker(BTC).price == D(before) + 500


def test_a_stale_ticker_says_one_price_while_trades_go_on() -> None:
    """The ticker's frames alone, if its channel is named; the trades are true."""
    desk = Trader(FakeFeed(1))
    old = desk.venue.market.ticker(BTC).price
    desk.start("wrong_data", what="old_prices_fresh_times", channels=["ticker"])
    trade = _trade(desk, old + 300)
    ticker = frames.ticker_update(desk.venue.market.ticker(BTC))
    trades = frames.trades_update([trade], desk.venue.clock)
    (told,) = desk.sent(ticker, _told(ticker))["events"][0]["tickers"]
    true = _told(ticker)["events"][0]["tickers"][0]
    assert D(told["price"]) == old
    assert D(told["best_bid"]) == D(true["best_bid"]) - 300
    assert desk.sent(trades, _told(trades)) == _told(trades)


def test_one_product_is_stale_and_the_others_are_not() -> None:
    """In one frame about both; their books are left alone."""
    feed = FakeFeed(1)
    desk = Trader(feed)
    names = (BTC, "ETH-USD")
    old = {name: desk.venue.market.ticker(name).price for name in names}
    desk.start("wrong_data", {"product": BTC}, what="old_prices_fresh_times")
    for name in names:
        _trade(desk, old[name] + 1, product=name)
    snapshot = frames.ticker_snapshot([desk.venue.market.ticker(name) for name in names])
    told = desk.sent(snapshot, _told(snapshot))["events"][0]["tickers"]
    assert [D(ticker["price"]) for ticker in told] == [old[BTC], old["ETH-USD"] + 1]
    assert feed.done == []


def test_until_the_market_moves_nothing_is_a_lie() -> None:
    """And no hit."""
    desk = Trader(FakeFeed(1))
    handle = desk.start("wrong_data", what="old_prices_fresh_times")
    ticker = frames.ticker_update(desk.venue.market.ticker(BTC))
    assert desk.sent(ticker, _told(ticker)) == _told(ticker)
    assert desk.hits(handle) == 0


def _prices(told: Any) -> list[str]:
    """Return every figure that stands where a price stands, found without the faults' own eyes."""
    if isinstance(told, list):
        return [price for item in told for price in _prices(item)]
    if not isinstance(told, dict):
        return []
    keys = {"price", "best_bid", "best_ask", "last", "mid_market", "open", "high", "low", "close"}
    own = [v for k, v in told.items() if k in keys and isinstance(v, str) and v]
    return own + [price for item in told.values() for price in _prices(item)]


@pytest.mark.parametrize(
    "path",
    [
        "products",
        f"products/{BTC}",
        f"market/products/{BTC}/ticker",
        f"product_book?product_id={BTC}",
        "best_bid_ask",
    ],
)
async def test_every_price_is_ten_times_what_it_is(path: str) -> None:
    """On every route of the market, and nothing else is changed."""
    desk = Trader()
    path, _, query = path.partition("?")
    asked = dict([query.split("=")]) if query else None
    true = (await desk.ask("GET", path, query=asked)).data
    desk.start("wrong_data", what="price_off_by_ten")
    told = (await desk.ask("GET", path, query=asked)).data
    assert [D(price) for price in _prices(told)] == [D(price) * 10 for price in _prices(true)]
    assert _prices(true)
    assert str(told).count("size") == str(true).count("size")


def test_candles_are_off_by_ten_too() -> None:
    """All four prices, and not the volume."""
    desk = Trader(FakeFeed(1))
    candle = Candle(0, D(2), D(5), D(3), D(4), D(7))
    body = frames.candles_update(BTC, [candle], desk.venue.clock)
    true = _told(body)["events"][0]["candles"][0]
    desk.start("wrong_data", what="price_off_by_ten")
    told = desk.sent(body, _told(body))["events"][0]["candles"][0]
    prices = ("open", "high", "low", "close")
    assert {key: D(told[key]) for key in prices} == {key: D(true[key]) * 10 for key in prices}
    assert {key: told[key] for key in true if key not in prices} == {
        key: true[key] for key in true if key not in prices
    }


async def test_one_product_is_off_and_the_others_are_not() -> None:
    """In one and the same answer."""
    desk = Trader()
    true = {p["product_id"]: p["price"] for p in (await desk.ask("GET", "products"))["products"]}
    desk.start("wrong_data", {"product": "ETH-USD"}, what="price_off_by_ten")
    told = {p["product_id"]: p["price"] for p in (await desk.ask("GET", "products"))["products"]}
    assert told[BTC] == true[BTC]
    assert D(told["ETH-USD"]) == D(true["ETH-USD"]) * 10


async def test_orders_and_fills_keep_their_prices() -> None:
    """The ledger is not the market."""
    desk = Trader()
    await desk.place("a", "0.1", price="100000")
    true = (await desk.ask("GET", "orders/historical/fills")).data
    assert true["fills"]
    handle = desk.start("wrong_data", what="price_off_by_ten")
    assert (await desk.ask("GET", "orders/historical/fills")).data == true
    assert desk.hits(handle) == 0


def test_a_book_that_is_off_by_ten_is_shown_at_once_and_put_right() -> None:
    """Who follows level2 gets the wrong book when the lie begins, and the true one when it ends."""
    feed, other = FakeFeed(1), FakeFeed(2)
    desk = Trader(feed, other)
    handle = desk.start("wrong_data", what="price_off_by_ten")
    assert feed.done == other.done == [("show", "level2")]
    snapshot = frames.l2_snapshot(BTC, *desk.venue.book(BTC).depth(2))
    told = desk.sent(snapshot, _told(snapshot))["events"][0]["updates"]
    true = _told(snapshot)["events"][0]["updates"]
    assert [D(level["price_level"]) for level in told] == [
        D(level["price_level"]) * 10 for level in true
    ]
    desk.book.stop(handle)
    assert feed.done == [("show", "level2"), ("show", "level2")]
    assert other.done == [("show", "level2")]


def _quotes(answer: Any) -> tuple[Decimal, Decimal]:
    return D(answer["best_bid"]), D(answer["best_ask"])


async def test_somebody_bids_more_than_somebody_asks() -> None:
    """In answers; the market's own book is not crossed."""
    desk = Trader()
    handle = desk.start("wrong_data", what="crossed_book")
    bid, ask = _quotes(await desk.ask("GET", f"products/{BTC}/ticker"))
    assert ask < bid < ask * D("1.02")
    book = (await desk.ask("GET", "product_book", query={"product_id": BTC}))["pricebook"]
    bids = [D(level["price"]) for level in book["bids"]]
    assert bids[0] > D(book["asks"][0]["price"]) > bids[1]
    assert bids == sorted(bids, reverse=True)
    assert not desk.venue.book(BTC).crossed
    assert desk.hits(handle) == 2


def test_a_followed_book_is_crossed_and_put_right() -> None:
    """One and the same bid in each frame, at its place in a snapshot; the true book is shown at the end."""
    feed = FakeFeed(1)
    desk = Trader(feed)
    handle = desk.start("wrong_data", what="crossed_book")
    assert feed.done == [("show", "level2")]
    snapshot = frames.l2_snapshot(BTC, *desk.venue.book(BTC).depth())
    quote = desk.venue.book(BTC).best_bid
    assert quote is not None
    change = BookChange(0.0, BTC, (Level("bid", quote.price, D(1)),))
    update = frames.l2_update(change, desk.venue.clock)
    wrong = [desk.sent(body, _told(body))["events"][0]["updates"] for body in (snapshot, update)]
    offers = [D(level["price_level"]) for level in wrong[0] if level["side"] == "offer"]
    assert D(wrong[0][0]["price_level"]) > min(offers)
    bids = [D(level["price_level"]) for level in wrong[0] if level["side"] == "bid"]
    assert bids == sorted(bids, reverse=True)
    assert wrong[1][0]["price_level"] == wrong[0][0]["price_level"]
    assert wrong[1][1:] == _told(update)["events"][0]["updates"]
    desk.book.stop(handle)
    assert feed.done == [("show", "level2"), ("show", "level2")]


def test_books_of_the_exchange_dialect_are_crossed_too() -> None:
    """Levels are lists there."""
    desk = Trader(FakeFeed(1))
    desk.start("wrong_data", what="crossed_book")
    ask = desk.venue.book(BTC).best_ask
    assert ask is not None
    l2 = Body("l2_data", "update", (BTC,), b"")
    update = {"type": "l2update", "product_id": BTC, "changes": [["sell", "1", "2"]]}
    (true, (side, price, _)) = desk.sent(l2, update)["changes"]
    assert true == ["sell", "1", "2"]
    assert (side, D(price) > ask.price) == ("buy", True)
    book = {"product_id": BTC, "bids": [["1", "1"]], "asks": [["2", "1"]]}
    assert D(desk.sent(l2, book)["bids"][0][0]) > ask.price
