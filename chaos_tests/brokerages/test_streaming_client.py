"""The streaming client alone, on real sockets, against a small scripted server: orders of calls, ends, leaks."""

from __future__ import annotations

import asyncio
import contextlib
import ssl
from pathlib import Path
from typing import Any

import pytest
import trustme

from bot_v2.features.brokerages.coinbase.streaming import (
    ClientClosed,
    ClientCrashed,
    CoinbaseStreamingClient,
    Message,
    State,
    StreamingSettings,
)
from bot_v2.features.brokerages.coinbase.streaming import client as client_module
from chaos_tests.brokerages.scripted import (
    BOTH,
    Scripted,
    eventually,
    fast,
    next_message,
    scripted_exchange,
)

pytestmark = [pytest.mark.integration, pytest.mark.brokerages]

FAST = StreamingSettings(time_scale=0.1)


async def test_subscribing_before_connecting_is_not_lost(exchange: Scripted) -> None:
    """A wish made before the first connection is made true by it."""
    client = fast(exchange)
    await client.subscribe(["BTC-USD"])
    async with client:
        assert client.state is State.LIVE
        assert exchange.subscribed(1) == BOTH
        assert (await next_message(client)).product_ids == ("BTC-USD",)


async def test_subscribing_after_connecting(exchange: Scripted) -> None:
    """Connecting alone already brings heartbeats, so that the exchange's first-message deadline is kept."""
    async with fast(exchange) as client:
        assert exchange.subscribed(1) == {"heartbeats": set()}
        await client.subscribe(["BTC-USD"])
        assert (await next_message(client)).product_ids == ("BTC-USD",)
        assert client.is_connected()


async def test_subscribing_while_down_is_not_lost(exchange: Scripted) -> None:
    """A wish made between two connections, and one taken back, hold on the next."""
    async with fast(exchange) as client:
        await client.subscribe(["BTC-USD", "SOL-USD"])
        await next_message(client)
        exchange.status = 503
        exchange.abort_all()
        await eventually(lambda: not client.is_connected())
        await client.subscribe(["ETH-USD"])
        await client.unsubscribe(["SOL-USD"])
        exchange.status = None
        await eventually(lambda: client.state is State.LIVE)
        assert exchange.subscribed(2) == BOTH | {"ticker": {"BTC-USD", "ETH-USD"}}


async def test_subscribing_from_many_tasks_at_once(exchange: Scripted) -> None:
    """Calls that come together end in one state of the exchange, in few messages."""
    async with fast(exchange) as client:
        names = [f"P{number}-USD" for number in range(50)]
        async with asyncio.TaskGroup() as group:
            for name in names:
                group.create_task(client.subscribe([name]))
        await eventually(lambda: client.state is State.LIVE)
        assert exchange.subscribed(1)["ticker"] == set(names)
        assert len(exchange.heard) < 10


async def test_connecting_twice_makes_one_connection(exchange: Scripted) -> None:
    """At once or one after the other."""
    client = fast(exchange)
    await asyncio.gather(client.connect(), client.connect())
    await client.connect()
    assert exchange.opened == 1
    await client.close()


async def test_closing_while_connecting_ends_both(exchange: Scripted) -> None:
    """Whoever waits for the connection hears that the client was closed."""
    exchange.acknowledges = False
    client = fast(exchange)
    waiting = asyncio.create_task(client.connect())
    await eventually(lambda: exchange.opened)
    await client.close()
    with pytest.raises(ClientClosed):
        await waiting
    assert client.state is State.CLOSED


async def test_closing_before_anything_else(exchange: Scripted) -> None:
    """A closed client stays closed, and says so."""
    client = fast(exchange)
    await client.close()
    await client.close()
    for call in (client.connect(), client.subscribe(["BTC-USD"]), client.unsubscribe(["BTC-USD"])):
        with pytest.raises(ClientClosed):
            await call
    assert [item async for item in client.messages()] == []


async def test_closing_from_several_tasks(exchange: Scripted) -> None:
    """Each of them returns when the connection is closed."""
    client = fast(exchange)
    await client.connect()
    await asyncio.gather(client.close(), client.close(), client.close())
    assert not client.is_connected()
    await eventually(lambda: not exchange.connections)


@pytest.mark.parametrize("delay", [0.0, 0.001, 0.005, 0.02, 0.05, 0.1, 0.15])
async def test_closing_at_any_moment_leaves_nothing(exchange: Scripted, delay: float) -> None:
    """No task and no socket, wherever the client stood: opening, subscribing, live, lost, waiting."""
    client = fast(exchange)
    await client.subscribe(["BTC-USD"])
    waiting = asyncio.create_task(client.connect())
    await asyncio.sleep(delay)
    exchange.abort_all()
    await asyncio.sleep(delay)
    await client.close()
    await asyncio.wait({waiting})
    assert waiting.exception() is None or isinstance(waiting.exception(), ClientClosed)


async def test_closing_while_a_timer_fires_is_not_swallowed(exchange: Scripted) -> None:
    """A cancellation that meets an expiring timeout of the client's own still ends it."""
    for _ in range(20):
        client = fast(exchange, pulse=0.002)
        await client.connect()
        async with asyncio.timeout(2.0):
            await client.close()


async def test_messages_end_when_closed(exchange: Scripted) -> None:
    """A consumer that waits goes on to its end."""
    exchange.ticks = False
    client = fast(exchange)
    await client.connect()
    consumer = asyncio.create_task(_collect(client))
    for _ in range(5):
        await asyncio.sleep(0)
    await client.close()
    async with asyncio.timeout(1.0):
        assert await consumer == []


async def test_a_cancelled_consumer_loses_nothing(exchange: Scripted) -> None:
    """Consumers that are cancelled again and again see all messages, in order, together."""
    seen: list[int] = []
    async with fast(exchange) as client:
        await client.subscribe(["BTC-USD"])
        while len(seen) < 40:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(0.013):
                    async for item in client.messages():
                        assert isinstance(item, Message)
                        seen.append(int(item.events[0]["tickers"][0]["price"]))
    assert seen == list(range(seen[0], seen[0] + len(seen)))


async def test_a_cancelled_connect_goes_on_in_the_background(exchange: Scripted) -> None:
    """Only the waiting ends."""
    exchange.status = 503
    client = fast(exchange)
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.1):
            await client.connect()
    exchange.status = None
    await eventually(lambda: client.state is State.LIVE)
    await client.close()


async def test_a_cancelled_entry_leaves_nothing(exchange: Scripted) -> None:
    """`async with` that never got in closes what it began."""
    exchange.status = 503
    client = fast(exchange)
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.1), client:
            pass
    assert client.state is State.CLOSED


async def test_a_mistake_of_our_own_surfaces(
    exchange: Scripted, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An unexpected exception in the background reaches whoever waits, and does not retry for ever."""

    async def broken(*_: object) -> None:
        raise RuntimeError("a mistake")

    client = fast(exchange)
    await client.connect()
    monkeypatch.setattr(client_module, "open_wire", broken)
    exchange.abort_all()
    with pytest.raises(ClientCrashed, match="a mistake"):
        await _collect(client)
    with pytest.raises(ClientCrashed):
        await client.connect()
    await client.close()


async def test_states_are_told_and_a_failing_listener_harms_nobody(exchange: Scripted) -> None:
    """The listener hears each change; its exceptions are logged."""
    states: list[State] = []

    def listen(state: State) -> None:
        states.append(state)
        raise RuntimeError("a mistake of the listener's")

    client = CoinbaseStreamingClient(exchange.url, FAST, on_state=listen)
    async with client:
        exchange.abort_all()
        await eventually(lambda: states.count(State.LIVE) == 2)
    assert states == [
        *(State.CONNECTING, State.SUBSCRIBING, State.LIVE, State.WAITING),
        *(State.CONNECTING, State.SUBSCRIBING, State.LIVE, State.CLOSED),
    ]


async def test_tls_is_checked_against_the_given_authority(tmp_path: Path) -> None:
    """The right CA file connects; without it the certificate is refused, again and again."""
    authority = trustme.CA()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    ca_file = tmp_path / "ca.pem"
    authority.cert_pem.write_to_path(ca_file)
    async with scripted_exchange(context) as exchange:
        async with CoinbaseStreamingClient(exchange.url, FAST, ca_file=ca_file) as client:
            await client.subscribe(["BTC-USD"])
            await next_message(client)
        stranger = CoinbaseStreamingClient(exchange.url, FAST)
        waiting = asyncio.create_task(stranger.connect())
        await eventually(lambda: stranger.stats.losses.get("tls", 0) >= 2)
        await stranger.close()
        await asyncio.wait({waiting})
        assert exchange.opened == 1


async def test_proxies_of_the_environment_are_ignored(
    exchange: Scripted, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A price feed takes no detour that nobody asked for."""
    for name in ("http_proxy", "HTTP_PROXY", "https_proxy", "all_proxy", "ws_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    async with fast(exchange) as client:
        assert client.is_connected()


@pytest.mark.parametrize(
    "arguments",
    [
        {"url": "http://127.0.0.1"},
        {"url": "nonsense"},
        {"url": "ws://127.0.0.1", "ca_file": "ca.pem"},
        {"url": "ws://127.0.0.1", "ssl_context": ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)},
    ],
)
def test_half_given_input_is_refused(arguments: dict[str, Any]) -> None:
    """Before anything is connected."""
    with pytest.raises(ValueError, match=r"ws|127"):
        CoinbaseStreamingClient(**arguments)


async def test_a_text_is_no_list_and_channels_have_names(exchange: Scripted) -> None:
    """The usual slips are told, not sent."""
    client = fast(exchange)
    with pytest.raises(ValueError, match="list"):
        await client.subscribe("BTC-USD")
    with pytest.raises(ValueError, match="list"):
        await client.subscribe(["BTC-USD"], "ticker")
    with pytest.raises(ValueError, match="level2"):
        await client.subscribe(["BTC-USD"], ["l2_data"])
    await client.close()


async def _collect(client: CoinbaseStreamingClient) -> list[Message]:
    return [item async for item in client.messages() if isinstance(item, Message)]
