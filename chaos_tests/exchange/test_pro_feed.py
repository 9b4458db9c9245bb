"""The Exchange dialect's WebSocket on real sockets."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest
import websockets

from chaos_tests.exchange.pro_client import following, place, subscribe
from chaos_tests.exchange.stub import DEADLINE, connected, read, read_until, running

pytestmark = pytest.mark.integration


@pytest.mark.parametrize(
    ("channel", "first", "then"),
    [
        ("ticker", "ticker", "ticker"),
        ("ticker_batch", "ticker", "ticker"),
        ("matches", "last_match", "match"),
        ("level2", "snapshot", "l2update"),
        ("level2_batch", "snapshot", "l2update"),
        ("status", "status", "status"),
        ("heartbeat", "heartbeat", "heartbeat"),
        ("full", "received", "open"),
    ],
)
async def test_every_channel_is_acknowledged_shown_and_kept_up(
    channel: str, first: str, then: str
) -> None:
    """In this order."""
    async with (
        running(time_scale=0.02, check_auth=True) as stub,
        following(stub, channel) as client,
    ):
        ack = await read(client)
        seen = [(await read_until(client, type=kind))[-1]["type"] for kind in (first, then)]
    assert ack["type"] == "subscriptions"
    names = {"level2_batch": "level2_50"}
    products = [] if channel == "status" else ["BTC-USD"]
    assert ack["channels"] == [
        {"name": names.get(channel, channel), "product_ids": products, "account_ids": None}
    ]
    assert seen == [first, then]


async def test_two_connections_see_the_same_numbers() -> None:
    """A sequence is the product's, not the connection's."""
    async with (
        running() as stub,
        following(stub, "matches") as early,
        following(stub, "matches") as late,
    ):
        ones = [await read_until(early, type="match") for _ in range(5)]
        twos = [await read_until(late, type="match") for _ in range(5)]
    one, two = ({m[-1]["trade_id"]: m[-1]["sequence"] for m in ms} for ms in (ones, twos))
    both = set(one) & set(two)
    assert both
    assert all(one[trade] == two[trade] for trade in both)


async def test_the_same_market_is_behind_both_dialects() -> None:
    """A trade has one id and one price, however it is told."""
    async with (
        running() as stub,
        following(stub, "matches") as exchange,
        connected(stub, "market_trades") as advanced,
    ):
        match = (await read_until(exchange, type="match"))[-1]
        while True:
            frame = await read(advanced)
            trades = [t for event in frame["events"] for t in event.get("trades", ())]
            found = [t for t in trades if t["trade_id"] == str(match["trade_id"])]
            if found:
                break
    assert (found[0]["price"], found[0]["size"]) == (match["price"], match["size"])
    assert (found[0]["side"].lower(), found[0]["time"]) == (match["side"], match["time"])


async def test_the_journal_tells_the_like_channel_and_the_trade() -> None:
    """One vocabulary, whichever dialect."""
    async with running() as stub, following(stub, "matches") as client:
        match = (await read_until(client, type="match"))[-1]
        trade = [match["trade_id"], match["trade_id"]]
        event = await stub.until("frame_sent", type="match", trade_ids=trade)
        heard = await stub.until("frame_received")
    assert (event["channel"], event["products"]) == ("market_trades", ["BTC-USD"])
    assert event["size"] == len(json.dumps(match, separators=(",", ":")))
    assert (heard["type"], heard["channels"], heard["products"]) == (
        "subscribe",
        ["matches"],
        ["BTC-USD"],
    )


async def test_a_trigger_counts_the_like_frames() -> None:
    """The third tick is the third tick in either dialect."""
    async with running() as stub, following(stub, "ticker") as client:
        fired = asyncio.Event()

        async def callback() -> None:
            fired.set()

        await read_until(client, type="ticker")
        stub.exchange.when("exchange.ticks", 3, callback)
        async with asyncio.timeout(DEADLINE):
            await fired.wait()


async def test_the_users_orders_are_told_as_they_stand_in_the_ledger() -> None:
    """Received, open, done; and on full as well."""
    async with (
        running(check_auth=True) as stub,
        following(stub, "user") as user,
        following(stub, "full") as full,
    ):
        for client in (user, full):
            await read_until(client, type="subscriptions")
        order_id = await place(stub)
        told = [await read(user) for _ in range(2)]
        seen = (await read_until(full, order_id=order_id, type="open"))[-1]
        entry = await stub.until("ledger", order_id=order_id)
        sent = await stub.until("frame_sent", channel="user", type="received")
    assert [(message["type"], message["order_id"]) for message in told] == [
        ("received", order_id),
        ("open", order_id),
    ]
    assert seen == told[1]
    assert sent["entry"] == entry["entry"]


async def test_a_client_that_comes_back_is_not_told_what_it_missed() -> None:
    """It has to ask by REST."""
    async with running() as stub:
        async with following(stub, "user") as client:
            await read_until(client, type="subscriptions")
        await place(stub)
        async with following(stub, "user") as client:
            await read_until(client, type="subscriptions")
            later = await place(stub)
            assert (await read(client))["order_id"] == later


async def _errors(client: websockets.ClientConnection, count: int = 1) -> list[Any]:
    return [(await read_until(client, type="error"))[-1] for _ in range(count)]


async def test_level2_needs_a_signature_and_its_batches_need_none() -> None:
    """Coinbase's error for the one, the book for the other."""
    async with running(check_auth=True) as stub, following(stub) as client:
        await subscribe(client, "level2", "level2_batch", signed=False)
        (error,) = await _errors(client)
        ack = await read(client)
        assert (await read(client))["type"] == "snapshot"
    assert error["message"] == "Failed to subscribe"
    assert error["reason"].startswith("level2, level3, and full channels now require authentic")
    assert [channel["name"] for channel in ack["channels"]] == ["level2_50"]


async def test_a_bad_signature_is_told_in_coinbases_words_and_plainly_in_the_journal() -> None:
    """No part of it stands there."""
    async with running(check_auth=True) as stub, following(stub) as client:
        await subscribe(client, "user", signature="AAAA")
        (error,) = await _errors(client)
        event = await stub.until("frame_received", type="refused")
    assert error == {
        "type": "error",
        "message": "Authentication Failed",
        "reason": '{"message":"invalid signature"}',
    }
    assert "GET /users/self/verify" in event["reason"]


async def test_who_does_not_subscribe_is_closed() -> None:
    """A refused subscription is none; the first-subscribe rule holds in scaled time."""
    async with running(first_subscribe=2.0) as stub, following(stub) as client:
        await subscribe(client, "tick")
        async with asyncio.timeout(DEADLINE):
            await client.wait_closed()
        closed = await stub.until("closed")
    assert (closed["by"], closed["reason"]) == ("exchange", "no subscription")


async def test_an_unsubscribed_channel_falls_silent() -> None:
    """The acknowledgement lists what is left."""
    async with running() as stub, following(stub, "ticker", "heartbeat") as client:
        await read_until(client, type="heartbeat")
        await client.send(json.dumps({"type": "unsubscribe", "channels": ["ticker"]}))
        ack = (await read_until(client, type="subscriptions"))[-1]
        assert [channel["name"] for channel in ack["channels"]] == ["heartbeat"]
        assert {(await read(client))["type"] for _ in range(5)} == {"heartbeat"}


async def test_a_ping_is_answered_and_a_binary_message_is_malformed() -> None:
    """The connection stays."""
    async with running() as stub, following(stub, "heartbeat") as client:
        async with asyncio.timeout(DEADLINE):
            await (await client.ping(b"there?"))
        await client.send(b"\x00\x01")
        assert (await _errors(client))[0] == {"type": "error", "message": "Malformed JSON"}
        assert (await read_until(client, type="heartbeat"))[-1]
