"""The streaming client alone, on real sockets, against a small scripted server: why connections end, or do not."""

from __future__ import annotations

import asyncio
import contextlib
import json
import time
from collections.abc import AsyncIterator

import pytest

from bot_v2.features.brokerages.coinbase.streaming import (
    ClientClosed,
    CoinbaseStreamingClient,
    Gap,
    Message,
    State,
    StreamingSettings,
)
from chaos_tests.brokerages.scripted import BOTH, Scripted, eventually, fast, next_message

pytestmark = [pytest.mark.integration, pytest.mark.brokerages]


@pytest.mark.parametrize("code", [1000, 1001, 1006, 1011, 1012])
async def test_every_close_is_a_loss(exchange: Scripted, code: int) -> None:
    """Whatever the code, the client comes back, tells of the gap, and subscribes to everything again."""
    async with fast(exchange) as client:
        await client.subscribe(["BTC-USD"], ["ticker", "level2"])
        await next_message(client)
        exchange.abort_all() if code == 1006 else await exchange.close_all(code)
        await eventually(lambda: exchange.opened == 2 and client.state is State.LIVE)
        assert exchange.subscribed(2) == BOTH | {"level2": {"BTC-USD"}}
        gaps = [item async for item in _until_connection(client, 2) if isinstance(item, Gap)]
        assert [gap.reason for gap in gaps] == ["lost"]
        assert client.stats.losses == {"dropped" if code == 1006 else "closed": 1}
        assert client.stats.resubscribes == 3


async def test_a_missing_acknowledgement_leads_to_a_new_connection(exchange: Scripted) -> None:
    """Heartbeats that are not acknowledged are as good as none."""
    exchange.acknowledges = False
    client = fast(exchange, ack_timeout=1.0)
    waiting = asyncio.create_task(client.connect())
    await eventually(lambda: exchange.opened == 2)
    exchange.acknowledges = True
    await waiting
    assert client.stats.losses["unacknowledged"] >= 1
    await client.close()


async def test_an_error_to_a_subscription_leads_to_a_new_connection(exchange: Scripted) -> None:
    """And to as many more as it takes, with growing waits."""
    exchange.complaint = "failure to subscribe"
    client = fast(exchange)
    waiting = asyncio.create_task(client.connect())
    await eventually(lambda: exchange.opened == 3)
    exchange.complaint = None
    await waiting
    assert client.stats.errors >= 2
    assert client.stats.losses["refused"] >= 2
    await client.close()


async def test_silence_behind_answered_pings_is_noticed(exchange: Scripted) -> None:
    """A server that answers pings and nothing else is left."""
    async with fast(exchange, ping_interval=0.5) as client:
        await client.subscribe(["BTC-USD"])
        await next_message(client)
        exchange.ticks = exchange.beats = False
        await eventually(lambda: not client.is_connected(), within=1.5)
        assert client.stats.losses == {"silence": 1}


async def test_a_quiet_market_with_heartbeats_is_left_alone(exchange: Scripted) -> None:
    """Heartbeats without data, for far longer than a silence may last."""
    exchange.ticks = False
    async with fast(exchange) as client:
        await client.subscribe(["BTC-USD"])
        await eventually(lambda: client.stats.heartbeats > 16)
        assert exchange.opened == 1
        assert client.state is State.LIVE


async def test_a_handshake_that_hangs_is_given_up() -> None:
    """A port that accepts and says nothing costs one open timeout, not for ever."""
    accepted = 0

    async def mute(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal accepted
        accepted += 1
        with contextlib.suppress(ConnectionError):
            await reader.read()
            writer.close()
            await writer.wait_closed()

    server = await asyncio.start_server(mute, "127.0.0.1", 0)
    url = f"ws://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    client = CoinbaseStreamingClient(url, StreamingSettings(time_scale=0.1, open_timeout=1.0))
    waiting = asyncio.create_task(client.connect())
    await eventually(lambda: accepted == 3)
    await client.close()
    await asyncio.wait({waiting})
    assert isinstance(waiting.exception(), ClientClosed)
    assert client.stats.losses["open_timeout"] >= 2
    server.close()
    await server.wait_closed()


async def test_a_snapshot_of_twelve_mebibytes_arrives(exchange: Scripted) -> None:
    """And the connection lives on, although parsing it takes us a while."""
    exchange.snapshot_bytes = 12 * 2**20
    async with fast(exchange) as client:
        await client.subscribe(["BTC-USD"], ["level2"])
        message = await next_message(client, within=40.0)
        assert len(message.events[0]["updates"]) > 200_000
        await eventually(lambda: client.state is State.LIVE)
        assert exchange.opened == 1


async def test_a_blocked_interpreter_does_not_make_the_peer_dead(exchange: Scripted) -> None:
    """Somebody else's code held the event loop for longer than a silence may last."""
    async with fast(exchange) as client:
        await client.subscribe(["BTC-USD"])
        await next_message(client)
        settings = StreamingSettings(time_scale=0.1).real()
        over = time.monotonic() + 2 * max(settings.silence_timeout, settings.heartbeat_timeout)
        while time.monotonic() < over:
            json.dumps(list(range(1000)))
        beats = client.stats.heartbeats
        await eventually(lambda: client.stats.heartbeats > beats + 3)
        assert exchange.opened == 1
        assert client.state is State.LIVE


async def test_a_consumer_that_never_consumes_costs_bounded_memory(exchange: Scripted) -> None:
    """Old prices go, the newest is there."""
    async with fast(exchange, queue_limit=10) as client:
        await client.subscribe(["BTC-USD"])
        await eventually(lambda: client.stats.messages > 25)
        assert client.stats.conflated >= 15
        first = await next_message(client)
        assert int(first.events[0]["tickers"][0]["price"]) >= 15


async def _until_connection(
    client: CoinbaseStreamingClient, number: int
) -> AsyncIterator[Message | Gap]:
    async for item in client.messages():
        yield item
        if isinstance(item, Message) and item.connection == number:
            return
