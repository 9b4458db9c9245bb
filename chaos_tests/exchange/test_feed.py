from __future__ import annotations

import asyncio
import json
import socket

import pytest
import websockets

from chaos_tests.exchange.stub import (
    DEADLINE,
    connected,
    read,
    read_until,
    running,
    subscribe,
    url,
)
from chaos_tests.exchange.wire import WireClient

pytestmark = pytest.mark.integration


async def test_a_subscription_gets_its_snapshot_then_its_acknowledgement_then_updates() -> None:
    """Frames of a connection are numbered from 0, snapshot first."""
    async with running() as stub, connected(stub, "ticker") as client:
        frames = [await read(client) for _ in range(4)]
    assert [frame["sequence_num"] for frame in frames] == [0, 1, 2, 3]
    assert [frame["channel"] for frame in frames] == ["ticker", "subscriptions", "ticker", "ticker"]
    assert [event["type"] for frame in frames[::2] for event in frame["events"]] == [
        "snapshot",
        "update",
    ]


@pytest.mark.parametrize(
    ("channel", "named"),
    [
        ("ticker", "ticker"),
        ("ticker_batch", "ticker_batch"),
        ("level2", "l2_data"),
        ("market_trades", "market_trades"),
        ("candles", "candles"),
        ("status", "status"),
    ],
)
async def test_every_data_channel_has_a_snapshot_and_updates(channel: str, named: str) -> None:
    """A client that subscribes to a channel sees its state and then its changes."""
    async with running(time_scale=0.02) as stub, connected(stub, channel) as client:
        first, ack, *_ = [await read(client) for _ in range(2)]
        update = await read(client)
    assert (first["channel"], first["events"][0]["type"]) == (named, "snapshot")
    assert ack["events"] == [{"subscriptions": {channel: ["BTC-USD"]}}]
    assert (update["channel"], update["events"][0]["type"]) == (named, "update")


async def test_heartbeats_are_acknowledged_and_then_beat_with_a_whole_number() -> None:
    """The counter is the process's and goes up by one a beat."""
    async with running() as stub, connected(stub, "heartbeats") as client:
        ack, *beats = [await read(client) for _ in range(4)]
    assert ack["events"] == [{"subscriptions": {"heartbeats": ["heartbeats"]}}]
    counters = [beat["events"][0]["heartbeat_counter"] for beat in beats]
    assert counters == [counters[0], counters[0] + 1, counters[0] + 2]


async def test_two_connections_number_their_frames_for_themselves() -> None:
    """One market, one sequence per connection."""
    async with (
        running() as stub,
        connected(stub, "ticker") as early,
        connected(stub, "ticker") as late,
    ):
        for client in (early, late):
            assert [(await read(client))["sequence_num"] for _ in range(5)] == [0, 1, 2, 3, 4]


async def test_the_market_goes_on_while_a_client_is_away() -> None:
    """A client that comes back sees later trades, not those that it missed."""
    async with running() as stub:
        async with connected(stub, "market_trades") as client:
            frames = await read_until(client, channel="market_trades", sequence_num=2)
            seen = frames[-1]["events"][0]["trades"][0]["trade_id"]
        async with connected(stub, "market_trades") as watcher:
            await read_until(watcher, sequence_num=4)
        async with connected(stub, "market_trades") as client:
            snapshot = await read(client)
            update = (await read_until(client, sequence_num=2))[-1]
    newest = snapshot["events"][0]["trades"][0]["trade_id"]
    assert int(newest) > int(seen) + 1
    assert int(update["events"][0]["trades"][-1]["trade_id"]) == int(newest) + 1


async def test_trade_ids_of_the_journal_are_those_on_the_wire() -> None:
    """The journal tells which trades a frame carried."""
    async with running() as stub, connected(stub, "market_trades") as client:
        frame = (await read_until(client, sequence_num=2))[-1]
        event = await stub.until("frame_sent", seq=2)
    ids = [int(trade["trade_id"]) for trade in frame["events"][0]["trades"]]
    assert event["trade_ids"] == [min(ids), max(ids)]


async def test_a_ping_is_answered_with_its_own_payload() -> None:
    """A client's keepalive works."""
    async with running() as stub, connected(stub, "heartbeats") as client:
        async with asyncio.timeout(DEADLINE):
            await (await client.ping(b"still there?"))
        assert await stub.until("frame_received", type="ping")


async def test_compression_is_agreed_on_and_readable() -> None:
    """permessage-deflate carries the same frames."""
    async with running() as stub, connected(stub, "level2", compression="deflate") as client:
        frames = [await read(client) for _ in range(20)]
        assert (await stub.until("upgraded"))["compression"] is True
    assert [frame["sequence_num"] for frame in frames] == list(range(20))


async def test_an_unsubscribe_without_products_ends_the_channel() -> None:
    """The acknowledgement lists what is left, and nothing of the channel follows it."""
    async with running() as stub, connected(stub, "ticker", "heartbeats") as client:
        await client.send(json.dumps({"type": "unsubscribe", "channel": "ticker"}))
        ack = {"subscriptions": {"heartbeats": ["heartbeats"]}}
        frames = await read_until(client, channel="subscriptions", events=[ack])
        assert len(frames) > 1
        assert [(await read(client))["channel"] for _ in range(3)] == ["heartbeats"] * 3


async def test_a_connection_that_subscribes_to_nothing_is_closed() -> None:
    """The first-subscribe rule holds, in scaled time."""
    async with running(first_subscribe=2.0) as stub, connected(stub) as client:
        async with asyncio.timeout(DEADLINE):
            await client.wait_closed()
        closed = await stub.until("closed")
    assert (closed["by"], closed["how"], closed["reason"]) == (
        "exchange",
        "close_frame",
        "no subscription",
    )
    upgraded = stub.history.first("upgraded")
    assert upgraded is not None
    assert 0.2 <= closed.at - upgraded.at < 1.0


async def test_an_idle_connection_is_closed() -> None:
    """A subscription on which nothing happens is closed, with a reason."""
    async with (
        running(idle_close=2.0, tick_rate=0.0001) as stub,
        connected(stub, "ticker") as client,
    ):
        async with asyncio.timeout(DEADLINE):
            await client.wait_closed()
        assert (await stub.until("closed"))["reason"] == "idle"


async def test_heartbeats_keep_an_idle_connection_open() -> None:
    """A quiet market is no reason to close where heartbeats go."""
    async with (
        running(idle_close=8.0, tick_rate=0.0001) as stub,
        connected(stub, "ticker", "heartbeats") as client,
    ):
        await stub.until("frame_sent", channel="heartbeats", count=12)
        assert not stub.history.select("closed")
        assert client.close_code is None


async def test_a_reader_that_does_not_read_is_cut_off() -> None:
    """The queue is bounded, and the close says why."""
    async with running(queue_limit=20) as stub:
        await stub.exchange.start_fault(
            "huge_snapshot", {}, {}
        )  # fills every buffer between the two
        sock = socket.create_connection(stub.endpoints.market_ws)
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        sock.sendall(
            b"GET / HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n"
        )
        text = b'{"type":"subscribe","channel":"level2"}'
        masked = b"\x81" + bytes((0x80 | len(text),)) + b"\0\0\0\0" + text
        sock.sendall(masked)
        closed = await stub.until("closed")
        sock.close()
    assert (closed["by"], closed["how"], closed["reason"]) == (
        "exchange",
        "close_frame",
        "ErrSlowConsume",
    )


@pytest.mark.parametrize(
    "message",
    [
        "nonsense",
        "[]",
        "{}",
        '{"type":"subscribe","channels":["ticker"],"product_ids":["BTC-USD"]}',
        '{"type":"subscribe","channel":"ticker","product_ids":["DOGE-EUR"]}',
        '{"type":"subscribe","channel":"ticker","product_ids":"BTC-USD"}',
        '{"type":"dance","channel":"ticker"}',
        '{"type":"subscribe","channel":"user"}',
        '{"type":"subscribe","channel":"heartbeat"}',
        b"\x00\x01binary",
    ],
)
async def test_what_is_not_understood_gets_an_error_without_envelope(message: str | bytes) -> None:
    """The connection lives on and its sequence has no hole."""
    async with running() as stub, connected(stub) as client:
        await client.send(message)
        error = await read(client)
        await subscribe(client, "ticker", "BTC-USD")
        assert (await read(client))["sequence_num"] == 0
    assert set(error) == {"type", "message"}
    assert error["type"] == "error"


async def test_the_user_door_serves_heartbeats_only() -> None:
    """Market data on the user endpoint needs the other endpoint."""
    async with (
        running() as stub,
        websockets.connect(url(stub.endpoints.user_ws), proxy=None) as client,
    ):
        await subscribe(client, "ticker", "BTC-USD")
        assert (await read(client))["type"] == "error"
        await subscribe(client, "heartbeats")
        assert (await read(client))["channel"] == "subscriptions"


async def test_too_many_messages_are_refused_where_the_limit_is_on() -> None:
    """Eight messages a nominal second pass, the ninth does not."""
    async with running(time_scale=1.0, message_limit=8) as stub, connected(stub) as client:
        for _ in range(9):
            await subscribe(client, "heartbeats")
        frames = await read_until(client, type="error")
    assert len([frame for frame in frames if frame.get("channel") == "subscriptions"]) == 8


async def test_too_many_handshakes_get_429_where_the_limit_is_on() -> None:
    """The ninth connection of a second is refused with an HTTP status."""
    async with running(time_scale=1.0, connection_limit=2) as stub:
        async with connected(stub), connected(stub):
            with pytest.raises(websockets.InvalidStatus) as refused:
                async with connected(stub):
                    pass
        assert refused.value.response.status_code == 429
        assert (await stub.until("refused"))["status"] == 429


async def test_how_a_client_leaves_is_journalled() -> None:
    """A close frame with its code, a plain end of the stream and a reset are told apart."""
    async with running() as stub:
        async with connected(stub, "ticker") as client:
            await client.close(4000, "enough")
        assert (await stub.until("closed", conn=1)).data == {
            "conn": 1,
            "by": "bot",
            "how": "close_frame",
            "code": 4000,
            "reason": "enough",
        }
        async with connected(stub) as client:
            client.transport.close()
        assert (await stub.until("closed", conn=2))["how"] == "eof"
        async with connected(stub) as client:
            raw = client.transport.get_extra_info("socket")
            raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
            client.transport.abort()
        assert (await stub.until("closed", conn=3))["how"] == "reset"


@pytest.mark.parametrize(
    ("garbage", "code"),
    [
        (b"\xff\xff\xff\xff", 1002),  # reserved bits, reserved opcode
        (b"\x81\xff\x00\x00\x00\x00\x7f\xff\xff\xff\0\0\0\0", 1009),  # 2 GiB announced
        (b"\x81\x82\0\0\0\0\xc3\x28", 1007),  # not UTF-8
        (b"\x88\x81\0\0\0\0x", 1002),  # a close frame of one byte
        (b"GET / HTTP/1.1\r\n\r\n", 1002),
    ],
)
async def test_what_is_not_websocket_ends_that_connection_only(garbage: bytes, code: int) -> None:
    """Its end is in the journal, nothing failed, and the other client's feed flows on."""
    async with running() as stub, connected(stub, "ticker") as other:
        client = WireClient(None)
        await client.connect(*stub.endpoints.market_ws)
        client.say(b'{"type":"subscribe","channel":"ticker"}')
        client.send_raw(garbage)
        closed = await stub.until("closed", conn=2)
        assert (closed["by"], closed["how"], closed["code"]) == ("exchange", "close_frame", code)
        client.close()
        last = stub.frames(conn=1)[-1]["seq"]
        await read_until(other, sequence_num=last + 5)
        for kind in ("handler_failed", "exchange_failed"):
            assert not stub.history.select(kind)
