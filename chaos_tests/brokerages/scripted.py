"""A very small Coinbase for the tests of the streaming client alone: it does what a test tells it."""

from __future__ import annotations

import asyncio
import contextlib
import json
import ssl
from collections.abc import AsyncIterator, Callable
from typing import Any

from websockets.asyncio.server import ServerConnection, serve
from websockets.exceptions import ConnectionClosed
from websockets.http11 import Request, Response

from bot_v2.features.brokerages.coinbase.streaming import (
    CoinbaseStreamingClient,
    Message,
    StreamingSettings,
)

BOTH = {"heartbeats": set(), "ticker": {"BTC-USD"}}
"""What a connection has subscribed to when a ticker was asked for."""


class Scripted:
    """Acknowledges, ticks and beats, unless told otherwise.

    Attributes:
        url: where it listens.
        opened: connections opened so far.
        heard: what was sent to it: number of the connection, verb, channel, products.
        acknowledges: whether subscriptions are answered.
        ticks: whether data flows.
        beats: whether heartbeats flow.
        status: answered instead of the upgrade, if not None.
        complaint: sent as an error instead of an acknowledgement, if not None.
        snapshot_bytes: least size of a level2 snapshot.
    """

    def __init__(self) -> None:
        self.url = ""
        self.opened = 0
        self.heard: list[tuple[int, str, str, tuple[str, ...]]] = []
        self.acknowledges = True
        self.ticks = True
        self.beats = True
        self.status: int | None = None
        self.complaint: str | None = None
        self.snapshot_bytes = 0
        self.connections: set[ServerConnection] = set()

    async def close_all(self, code: int = 1001) -> None:
        """End every connection with a close code."""
        for connection in tuple(self.connections):
            await connection.close(code)

    def abort_all(self) -> None:
        """End every connection without a word."""
        for connection in tuple(self.connections):
            connection.transport.abort()

    def subscribed(self, connection: int) -> dict[str, set[str]]:
        """Return what a connection has subscribed to by now."""
        active: dict[str, set[str]] = {}
        for number, verb, channel, products in self.heard:
            if number == connection:
                held = active.setdefault(channel, set())
                held.update(products) if verb == "subscribe" else held.difference_update(products)
        return {
            channel: held for channel, held in active.items() if held or channel == "heartbeats"
        }

    def answer(self, connection: ServerConnection, request: Request) -> Response | None:
        """Refuse the upgrade if told to."""
        return None if self.status is None else connection.respond(self.status, "no\n")

    async def talk(self, connection: ServerConnection) -> None:
        """Serve one connection."""
        self.opened += 1
        self.connections.add(connection)
        session = _Session(self, connection, self.opened)
        feed = asyncio.create_task(session.feed())
        try:
            await session.listen()
        finally:
            self.connections.discard(connection)
            feed.cancel()
            await asyncio.wait({feed})


class _Session:
    def __init__(self, script: Scripted, connection: ServerConnection, number: int) -> None:
        self.script = script
        self.connection = connection
        self.number = number
        self.sequence = 0

    async def send(self, channel: str, event: dict[str, Any]) -> None:
        frame = {
            "channel": channel,
            "timestamp": "",
            "sequence_num": self.sequence,
            "events": [event],
        }
        self.sequence += 1
        await self.connection.send(json.dumps(frame))

    async def snapshot(self, product: str) -> None:
        level = '{"side":"bid","price_level":"1","new_quantity":"1"}'
        levels = ",".join([level] * (1 + self.script.snapshot_bytes // len(level)))
        event = {"type": "snapshot", "product_id": product, "updates": []}
        frame = {"channel": "l2_data", "sequence_num": self.sequence, "events": [event]}
        self.sequence += 1
        await self.connection.send(json.dumps(frame).replace("[]", f"[{levels}]"))

    async def listen(self) -> None:
        with contextlib.suppress(ConnectionClosed):
            async for text in self.connection:
                message = json.loads(text)
                products = tuple(message.get("product_ids", ()))
                self.script.heard.append(
                    (self.number, message["type"], message["channel"], products)
                )
                await self.answer(message["type"], message["channel"], products)

    async def answer(self, verb: str, channel: str, products: tuple[str, ...]) -> None:
        if self.script.complaint is not None:
            await self.connection.send(
                json.dumps({"type": "error", "message": self.script.complaint})
            )
            return
        if verb == "subscribe" and channel == "level2":
            for product in products:
                await self.snapshot(product)
        if self.script.acknowledges:
            active = self.script.subscribed(self.number)
            listed = {name: sorted(held) for name, held in active.items()}
            await self.send("subscriptions", {"subscriptions": listed})

    async def feed(self) -> None:
        with contextlib.suppress(ConnectionClosed):
            for beat in range(1_000_000):
                active = self.script.subscribed(self.number)
                if self.script.ticks:
                    for product in sorted(active.get("ticker", ())):
                        entry = {"type": "ticker", "product_id": product, "price": str(beat)}
                        await self.send("ticker", {"type": "update", "tickers": [entry]})
                if self.script.beats and beat % 5 == 0 and "heartbeats" in active:
                    await self.send("heartbeats", {"heartbeat_counter": beat})
                await asyncio.sleep(0.02)


@contextlib.asynccontextmanager
async def scripted_exchange(tls: ssl.SSLContext | None = None) -> AsyncIterator[Scripted]:
    """Run a scripted exchange on an ephemeral port of loopback."""
    script = Scripted()
    async with serve(
        script.talk, "127.0.0.1", 0, ssl=tls, process_request=script.answer, close_timeout=0.2
    ) as server:
        port = next(iter(server.sockets)).getsockname()[1]
        script.url = f"{'wss' if tls else 'ws'}://127.0.0.1:{port}"
        yield script


async def eventually(condition: Callable[[], Any], within: float = 20.0) -> None:
    """Wait until a condition holds."""
    async with asyncio.timeout(within):
        while not condition():  # noqa: ASYNC110 - conditions of two sides, one of them a plain object
            await asyncio.sleep(0.005)


async def next_message(client: CoinbaseStreamingClient, within: float = 20.0) -> Message:
    """Return the next message, gaps left out."""
    async with asyncio.timeout(within):
        async for item in client.messages():
            if isinstance(item, Message):
                return item
    raise AssertionError("the messages ended")


def fast(script: Scripted, **settings: Any) -> CoinbaseStreamingClient:
    """Return a client of the scripted exchange at a tenth of all durations."""
    return CoinbaseStreamingClient(
        script.url, StreamingSettings(time_scale=0.1, **settings), seed=1
    )
