"""Data that is not true, and a protocol that drifts, as a client on a socket meets them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
import websockets
from aiohttp import ClientSession

from chaos_tests.exchange.stub import (
    Stub,
    connected,
    get,
    read,
    read_until,
    running,
    subscribe,
    url,
)
from chaos_tests.exchange.trader import BASE, listening, place

pytestmark = pytest.mark.integration

D = Decimal
BTC = "BTC-USD"


async def _asked(stub: Stub, path: str) -> Any:
    """Return a good answer."""
    status, _, body = await get(stub, BASE + path)
    assert status == 200
    return json.loads(body)


async def _frames(
    client: websockets.ClientConnection, channel: str, count: int
) -> list[dict[str, Any]]:
    """Return the next frames of a channel."""
    found: list[dict[str, Any]] = []
    while len(found) < count:
        frame = await read(client)
        if frame["channel"] == channel:
            found.append(frame)
    return found


class _Book:
    """A book as a client keeps it from ``l2_data``: a snapshot replaces what was there."""

    def __init__(self) -> None:
        self.sides: dict[str, dict[Decimal, Decimal]] = {"bid": {}, "offer": {}}

    def take(self, frame: dict[str, Any]) -> None:
        for event in frame["events"]:
            if event["type"] == "snapshot":
                self.sides = {"bid": {}, "offer": {}}
            for level in event["updates"]:
                price, quantity = D(level["price_level"]), D(level["new_quantity"])
                side = self.sides[level["side"]]
                if quantity:
                    side[price] = quantity
                else:
                    side.pop(price, None)

    @property
    def crossed(self) -> bool:
        return max(self.sides["bid"]) >= min(self.sides["offer"])


async def test_balances_are_zero_on_the_wire_and_the_order_still_holds_its_money() -> None:
    """Status 200, every balance zero, twice; afterwards the truth, unchanged."""
    async with running(check_auth=False) as stub:
        true = await _asked(stub, "/accounts")
        await stub.exchange.start_fault("wrong_data", {"what": "zero_balances"}, {"times": 2})
        for _ in range(2):
            told = (await _asked(stub, "/accounts"))["accounts"]
            assert {account["available_balance"]["value"] for account in told} == {"0"}
        await place(stub, "a")
        after = await _asked(stub, "/accounts")
        assert after != true
        held = {a["currency"]: D(a["hold"]["value"]) for a in after["accounts"]}
        assert held["USD"] > 0
        assert len(stub.history.select("fault_hit")) == 2


async def test_no_open_order_by_rest_nor_in_the_users_snapshot() -> None:
    """While the order can be looked up, and is told again as soon as the lie is over."""
    async with running(check_auth=False) as stub:
        order_id = await place(stub, "a")
        lie = {"what": "empty_orders"}
        handle = await stub.exchange.start_fault("wrong_data", lie, {})
        listed = await _asked(stub, "/orders/historical/batch?order_status=OPEN")
        assert listed["orders"] == []
        async with listening(stub, "user") as client:
            (snapshot,) = await _frames(client, "user", 1)
        assert snapshot["events"][0]["orders"] == []
        looked_up = await _asked(stub, f"/orders/historical/{order_id}")
        assert looked_up["order"]["status"] == "OPEN"
        await stub.exchange.stop_fault(handle)
        listed = await _asked(stub, "/orders/historical/batch?order_status=OPEN")
        assert [order["order_id"] for order in listed["orders"]] == [order_id]
        assert (await stub.until("fault_off"))["hits"] == 2


async def test_a_stale_ticker_stands_still_while_trades_go_on() -> None:
    """One price in every ticker, another one in nearly every trade, and no gap in the sequence."""
    async with running(check_auth=False, tick_rate=100.0) as stub:
        async with connected(stub, "ticker", "market_trades") as client:
            await read_until(client, sequence_num=5)
            lie = {"what": "old_prices_fresh_times", "channels": ["ticker"]}
            handle = await stub.exchange.start_fault("wrong_data", lie, {})
            await stub.until("fault_hit", count=100)
            frames = await read_until(client, sequence_num=await _next_sequence(stub))
            await stub.exchange.stop_fault(handle)
            off = await stub.until("fault_off")
        numbers = [frame["sequence_num"] for frame in frames]
        assert numbers == list(range(numbers[0], numbers[-1] + 1))
        wrong = {event["seq"] for event in stub.history.select("fault_hit")}
        stale = {
            event["tickers"][0]["price"]
            for frame in frames
            if frame["sequence_num"] in wrong
            for event in frame["events"]
        }
        traded = {trade["price"] for frame in frames for trade in _trades(frame)}
        assert len(stale) == 1
        assert len(traded) > 1
        assert off["hits"] == len(wrong)


async def _next_sequence(stub: Stub) -> int:
    return int(stub.frames()[-1]["seq"])


def _trades(frame: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for event in frame["events"]:
        yield from event.get("trades", ())


async def test_rest_and_ticker_keep_the_same_old_price() -> None:
    """Whoever checks one by the other finds them agreed."""
    async with (
        running(check_auth=False, tick_rate=100.0) as stub,
        connected(stub, "ticker") as client,
    ):
        await stub.exchange.start_fault("wrong_data", {"what": "old_prices_fresh_times"}, {})
        await stub.until("fault_hit", count=20)
        told = (await _asked(stub, f"/market/products/{BTC}"))["price"]
        ticker = await _asked(stub, f"/market/products/{BTC}/ticker?limit=5")
        assert {trade["price"] for trade in ticker["trades"]} == {told}
        last = (await _frames(client, "ticker", 25))[-1]
        assert last["events"][0]["tickers"][0]["price"] == told


async def test_fresh_prices_say_that_they_are_old() -> None:
    """By the age asked for, on the wire of both doors."""
    async with (
        running(check_auth=False) as stub,
        connected(stub, "ticker", "market_trades") as client,
    ):
        await read_until(client, sequence_num=5)
        lie = {"what": "fresh_prices_old_times", "age": 3600.0}
        await stub.exchange.start_fault("wrong_data", lie, {})
        await stub.until("fault_hit", channel="market_trades")
        frames = await read_until(client, sequence_num=await _next_sequence(stub))
        book = await _asked(stub, f"/market/product_book?product_id={BTC}&limit=1")
        long_ago = datetime.now(UTC) - timedelta(minutes=59)
        assert datetime.fromisoformat(book["pricebook"]["time"]) < long_ago
        hit = {event["seq"] for event in stub.history.select("fault_hit", conn=1)}
        for frame in frames:
            old = datetime.fromisoformat(frame["timestamp"]) < long_ago
            assert old is (frame["sequence_num"] in hit)
        times = [t["time"] for f in frames if f["sequence_num"] in hit for t in _trades(f)]
        assert times
        assert all(datetime.fromisoformat(time) < long_ago for time in times)


@pytest.mark.parametrize("what", ["crossed_book", "price_off_by_ten"])
async def test_a_followed_book_is_wrong_and_then_right(what: str) -> None:
    """A client that keeps a book by the rules has a wrong one, and the true one when the lie is over."""
    async with running(check_auth=False) as stub, connected(stub, "level2") as client:
        book = _Book()
        book.take((await _frames(client, "l2_data", 1))[0])
        assert not book.crossed
        best = max(book.sides["bid"])
        handle = await stub.exchange.start_fault("wrong_data", {"what": what}, {})
        await stub.until("fault_hit", count=5)
        last = (await stub.until("fault_hit", count=5))["seq"]
        for frame in await read_until(client, sequence_num=last):
            if frame["channel"] == "l2_data":
                book.take(frame)
        if what == "crossed_book":
            assert book.crossed
        else:
            assert max(book.sides["bid"]) > best * 9
            assert min(book.sides["offer"]) > best * 9
            assert not book.crossed
        await stub.exchange.stop_fault(handle)
        shown = await stub.until("frame_sent", type="snapshot", count=3)
        for frame in await read_until(client, sequence_num=shown["seq"]):
            book.take(frame)
        assert not book.crossed
        assert best * D("0.99") < max(book.sides["bid"]) < best * D("1.01")


async def test_one_product_is_off_and_the_other_is_not() -> None:
    """On one connection that follows both."""
    both = (BTC, "ETH-USD")
    async with (
        running(check_auth=False) as stub,
        connected(stub, "ticker", products=both) as client,
    ):
        await read_until(client, sequence_num=3)
        true = {
            p["product_id"]: D(p["price"]) for p in (await _asked(stub, "/products"))["products"]
        }
        lie = {"what": "price_off_by_ten", "where": "feed"}
        await stub.exchange.start_fault("wrong_data", lie, {"product": "ETH-USD"})
        await stub.until("fault_hit", count=5)
        frames = await read_until(client, sequence_num=await _next_sequence(stub))
        hit = {event["seq"] for event in stub.history.select("fault_hit")}
        for frame in frames:
            ticker = frame["events"][0]["tickers"][0]
            off = frame["sequence_num"] in hit
            assert off is (D(ticker["price"]) > true[ticker["product_id"]] * 9)
            assert not off or ticker["product_id"] == "ETH-USD"


async def test_a_field_turns_null_on_the_wire() -> None:
    """In frames and answers; the frames that went before it have it."""
    async with running(check_auth=False) as stub, connected(stub, "ticker") as client:
        await read_until(client, sequence_num=5)
        await stub.exchange.start_fault("field_drift", {"field": "best_bid"}, {})
        await stub.until("fault_hit", count=5)
        frames = await read_until(client, sequence_num=await _next_sequence(stub))
        hit = {event["seq"] for event in stub.history.select("fault_hit")}
        for frame in frames:
            drifted = frame["events"][0]["tickers"][0]["best_bid"] is None
            assert drifted is (frame["sequence_num"] in hit)
        assert (await _asked(stub, f"/market/products/{BTC}/ticker"))["best_bid"] is None


async def test_a_sequence_that_stands_still() -> None:
    """What a client verifies turns constant: OKX's checksum, here the number of the frame."""
    async with running(check_auth=False) as stub, connected(stub, "ticker") as client:
        await read_until(client, sequence_num=5)
        drift = {"field": "sequence_num", "becomes": "constant", "value": "0"}
        await stub.exchange.start_fault("field_drift", drift, {"times": 10})
        numbers = [(await read(client))["sequence_num"] for _ in range(30)]
        assert numbers.count(0) == 10
        rest = [number for number in numbers if number]
        assert rest == sorted(rest)
        assert len(stub.history.select("fault_hit")) == 10


async def test_an_order_has_a_status_that_nobody_knows() -> None:
    """By REST and by the user's feed; the ledger knows better."""
    async with running(check_auth=False) as stub, listening(stub, "user") as client:
        await _frames(client, "user", 1)
        await stub.exchange.start_fault("new_enum_value", {"value": "HALTED_BY_VENUE"}, {})
        order_id = await place(stub, "a")
        looked_up = await _asked(stub, f"/orders/historical/{order_id}")
        assert looked_up["order"]["status"] == "HALTED_BY_VENUE"
        (frame,) = await _frames(client, "user", 1)
        assert frame["events"][0]["orders"][0]["status"] == "HALTED_BY_VENUE"
        assert stub.history.select("ledger", order_id=order_id)[-1]["status"] == "OPEN"


async def test_an_event_of_a_new_type_is_in_the_midst_of_the_feed() -> None:
    """Once, in a frame that holds what it would hold anyway; the sequence has no gap."""
    async with running(check_auth=False) as stub, connected(stub, "ticker") as client:
        await read_until(client, sequence_num=5)
        await stub.exchange.start_fault("new_event_type", {"type": "indicative"}, {"once": True})
        frames = [await read(client) for _ in range(20)]
        assert [frame["sequence_num"] for frame in frames] == list(range(6, 26))
        (strange,) = [f for f in frames if f["events"][0]["type"] == "indicative"]
        assert strange["events"][1]["tickers"]
        assert strange["sequence_num"] == (await stub.until("fault_hit"))["seq"]


async def test_a_channel_is_gone_and_the_others_are_there() -> None:
    """An error for its subscription, in the words that Coinbase has for it; what is open flows on."""
    async with running(check_auth=False) as stub, connected(stub, "level2") as old:
        await _frames(old, "l2_data", 1)
        gone = {"listener": "market_ws", "channels": ["level2"]}
        handle = await stub.exchange.start_fault("channel_gone", gone, {})
        async with connected(stub) as new:
            await subscribe(new, "level2", BTC)
            assert await read(new) == {"type": "error", "message": "failure to subscribe"}
            await subscribe(new, "ticker", BTC)
            await _frames(new, "ticker", 2)
        await read_until(old, sequence_num=20)
        await stub.exchange.stop_fault(handle)
        async with connected(stub, "level2") as later:
            await _frames(later, "l2_data", 2)
        assert (await stub.until("fault_off"))["hits"] == 1
        refused = await stub.until("frame_received", type="refused")
        assert str(handle) in refused["reason"]


async def test_the_users_door_is_gone_for_good() -> None:
    """410 on its handshake, while prices stream and REST answers."""
    async with running(check_auth=False) as stub, connected(stub, "ticker") as prices:
        await stub.exchange.start_fault("channel_gone", {}, {})
        for _ in range(3):
            with pytest.raises(websockets.InvalidStatus) as refused:
                async with listening(stub, "user"):
                    pass
            assert refused.value.response.status_code == 410
        await read_until(prices, sequence_num=5)
        assert (await _asked(stub, "/accounts"))["accounts"]
        assert len(stub.history.select("fault_hit")) == 3


async def test_the_exchange_dialect_is_told_the_same_lies() -> None:
    """Its own members and messages: ticker and book by REST, matches on the feed, a channel that is gone."""
    async with running(check_auth=False) as stub:
        door = url(stub.endpoints.exchange_rest, "http")
        lie = {"what": "price_off_by_ten"}
        await stub.exchange.start_fault("wrong_data", lie, {"product": BTC})
        await stub.exchange.start_fault(
            "channel_gone", {"listener": "exchange_ws", "channels": ["ticker"]}, {}
        )
        true = stub.exchange._opened.venue.book(BTC).bids.best
        async with ClientSession() as client:
            async with client.get(f"{door}/products/{BTC}/ticker") as answer:
                ticker = await answer.json()
            async with client.get(f"{door}/products/{BTC}/book?level=2") as answer:
                book = await answer.json()
        for told in (ticker["bid"], ticker["price"], book["bids"][0][0], book["asks"][0][0]):
            assert true * 9 < D(told) < true * 11
        async with websockets.connect(url(stub.endpoints.exchange_ws), proxy=None) as feed:
            both = {"type": "subscribe", "product_ids": [BTC, "ETH-USD"]}
            await feed.send(json.dumps(both | {"channels": ["ticker"]}))
            assert (await read(feed))["message"] == "Failed to subscribe"
            await feed.send(json.dumps(both | {"channels": ["matches"]}))
            prices: dict[str, Decimal] = {}
            while len(prices) < 2:
                frame = await read(feed)
                if frame["type"] == "match":
                    prices[frame["product_id"]] = D(frame["price"])
        assert prices[BTC] > true * 9
        assert prices["ETH-USD"] < true
