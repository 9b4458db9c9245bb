from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from downtick.exchange.market import Book, BookChange, Level, Quote, Trade
from downtick.exchange.pro.order_flow import OrderFlow
from tests.exchange.pro.floor import Floor, messages

D = Decimal
NOW = "2026-09-30T02:37:15.057778Z"


class Follower:
    """A client's book of orders, kept as Coinbase describes it (docs: Exchange WebSocket, full channel)."""

    def __init__(self, book: dict[str, Any]) -> None:
        self.sequence = book["sequence"]
        self.orders = {
            order_id: (side, D(price), D(size))
            for side, name in (("buy", "bids"), ("sell", "asks"))
            for price, size, order_id in book[name]
        }

    def follow(self, message: dict[str, Any]) -> None:
        """Take one message; each must be the next one."""
        assert message["sequence"] == self.sequence + 1
        self.sequence += 1
        match message["type"]:
            case "open":
                assert message["order_id"] not in self.orders
                self.orders[message["order_id"]] = (
                    message["side"],
                    D(message["price"]),
                    D(message["remaining_size"]),
                )
            case "done":
                self.orders.pop(message["order_id"], None)
            case "match":
                side, price, size = self.orders[message["maker_order_id"]]
                assert (side, price) == (message["side"], D(message["price"]))
                left = size - D(message["size"])
                assert left >= 0
                self.orders[message["maker_order_id"]] = side, price, left
            case "change" if "new_size" in message and message["order_id"] in self.orders:
                side, price, _ = self.orders[message["order_id"]]
                new = D(message.get("new_price", price)), D(message["new_size"])
                self.orders[message["order_id"]] = side, *new

    def book(self) -> dict[str, dict[Decimal, Decimal]]:
        """Return the quantity at each price of either side."""
        sides: dict[str, dict[Decimal, Decimal]] = {"buy": {}, "sell": {}}
        for side, price, size in self.orders.values():
            assert size > 0
            sides[side][price] = sides[side].get(price, D(0)) + size
        return sides


def _book(floor: Floor) -> dict[str, dict[Decimal, Decimal]]:
    bids, asks = floor.state.book("BTC-USD").depth()
    return {"buy": dict(bids), "sell": dict(asks)}


def test_who_follows_the_messages_has_the_markets_book() -> None:
    """From the book of level 3 on, without a hole in the sequence."""
    floor = Floor("full")
    floor.play(200)
    client = Follower(floor.ask("GET /products/BTC-USD/book?level=3"))
    assert client.book() == _book(floor)
    seen = set()
    for _ in range(40):
        bodies = floor.play(50)
        while isinstance(floor.last, Trade):  # the book tells of it with the next event
            bodies += floor.play(1)
        for message in messages(bodies, "full"):
            if message["product_id"] == "BTC-USD":
                client.follow(message)
                seen.add(message["type"])
        assert client.book() == _book(floor)
    assert seen == {"received", "open", "done", "match", "change"}


@pytest.mark.parametrize("size", ["0.002", "0.5"])
def test_who_trades_is_followed_too_and_the_markets_book_stays(size: str) -> None:
    """The market does not feel the user's orders; his resting ones stand in the client's book beside it."""
    floor = Floor("full")
    client = Follower(floor.ask("GET /products/BTC-USD/book?level=3"))
    before = _book(floor)
    floor.place(type="market", price=None, size=size)
    for message in floor.told("full"):
        client.follow(message)
    assert client.book() == before
    floor.place(price="9999.99")
    for message in floor.told("full"):
        client.follow(message)
    assert client.book()["buy"].pop(D("9999.99")) == D("0.001")
    assert Follower(floor.ask("GET /products/BTC-USD/book?level=3")).orders == client.orders


def test_the_book_of_orders_is_whole_between_a_trade_and_its_change() -> None:
    """A client that asks in that moment follows the messages like any other."""
    floor = Floor("full")
    floor.ask("GET /products/BTC-USD/book?level=3")
    for _ in range(20):
        floor.play(1)
        while not (isinstance(floor.last, Trade) and floor.last.product_id == "BTC-USD"):
            floor.play(1)
        client = Follower(floor.ask("GET /products/BTC-USD/book?level=3"))
        bodies = floor.play(1)
        while isinstance(floor.last, Trade) or floor.last.product_id != "BTC-USD":
            bodies += floor.play(1)
        for message in messages(bodies, "full"):
            if message["product_id"] == "BTC-USD":
                client.follow(message)
        assert client.book() == _book(floor)


def _flow() -> OrderFlow:
    book = Book("BTC-USD", [Quote(D("10.00"), D("2.0"))], [Quote(D("11.00"), D("3.0"))])
    return OrderFlow(book, seed=1)


def _types(flow: OrderFlow, event: Trade | BookChange) -> list[str]:
    return [message["type"] for message in flow.happened(event, NOW)]


def _change(side: Any, price: str, size: str) -> BookChange:
    return BookChange(1.0, "BTC-USD", (Level(side, D(price), D(size)),))


@pytest.mark.parametrize(
    ("change", "types"),
    [
        (_change("bid", "9.00", "1.0"), ["received", "open"]),
        (_change("bid", "10.00", "5.0"), ["done", "received", "open"]),
        (_change("bid", "10.00", "1.0"), ["change"]),
        (_change("bid", "10.00", "0"), ["done"]),
        (_change("bid", "10.00", "2.0"), []),
        (_change("bid", "9.00", "0"), []),
    ],
)
def test_a_change_of_the_book_is_told_as_orders(change: BookChange, types: list[str]) -> None:
    """One order rests at each price; one order can only shrink."""
    assert _types(_flow(), change) == types


def test_a_trade_is_told_before_what_it_leaves_of_the_book() -> None:
    """The change that follows it is no news then."""
    flow = _flow()
    maker = flow.order_at("sell", D("11.00"))
    part = Trade(1.0, "BTC-USD", 7, D("11.00"), D("1.0"), "SELL")
    told = list(flow.happened(part, NOW))
    assert [message["type"] for message in told] == ["received", "match", "done"]
    assert maker is not None
    assert told[1] == {
        "type": "match",
        "trade_id": 7,
        "maker_order_id": maker[0],
        "taker_order_id": told[0]["order_id"],
        "side": "sell",
        "size": "1",
        "price": "11",
        "product_id": "BTC-USD",
        "sequence": told[0]["sequence"] + 1,
        "time": NOW,
    }
    assert (told[0]["side"], told[0]["order_type"]) == ("buy", "market")
    assert _types(flow, _change("offer", "11.00", "2.0")) == []
    rest = Trade(1.0, "BTC-USD", 8, D("11.00"), D("2.0"), "SELL")
    done = [m for m in flow.happened(rest, NOW) if m["type"] == "done"]
    assert done[0]["order_id"] == maker[0]
    assert {message["reason"] for message in done} == {"filled"}
    assert _types(flow, _change("offer", "11.00", "0")) == []


def test_a_trade_with_an_order_that_is_not_in_the_book_is_told_all_the_same() -> None:
    """On a tape the book may tell of a trade before the trade does."""
    flow = _flow()
    trade = Trade(1.0, "BTC-USD", 7, D("12.00"), D("1.0"), "SELL")
    assert _types(flow, trade) == ["received", "match", "done"]


def test_the_same_seed_gives_the_same_orders() -> None:
    """And other products have other ones."""
    one, two = _flow(), _flow()
    assert one.order_at("buy", D("10.00")) == two.order_at("buy", D("10.00"))
    assert one.sequence == two.sequence
    other = OrderFlow(Book("ETH-USD", [Quote(D("10.00"), D("2.0"))]), seed=1)
    assert other.sequence != one.sequence
