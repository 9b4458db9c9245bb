"""An exchange on real sockets with everything that it journals, and clients to talk to it."""

from __future__ import annotations

import asyncio
import json
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import trustme
import websockets
from aiohttp import ClientSession

from downtick.exchange.config import Address, Endpoints, ExchangeConfig
from downtick.exchange.exchange import Exchange
from downtick.exchange.journal import Journal
from downtick.history import Event, History, matching

DEADLINE = 10.0


@dataclass
class Stub:
    """A running exchange."""

    exchange: Exchange
    endpoints: Endpoints
    history: History
    journal: Journal

    async def until(self, kind: str, *, count: int = 1, **data: Any) -> Event:
        """Wait for the ``count``-th such event and return it."""
        wanted = matching(kind, **data)
        async with asyncio.timeout(DEADLINE):
            while True:
                self.journal.flush()
                found = [event for event in self.history if wanted(event)]
                if len(found) >= count:
                    return found[count - 1]
                await asyncio.sleep(0.001)

    def frames(self, **data: Any) -> list[Event]:
        """Return the frames sent so far."""
        self.journal.flush()
        return self.history.select("frame_sent", **data)


@asynccontextmanager
async def running(**config: Any) -> AsyncIterator[Stub]:
    """Run an exchange; its ``time_scale`` is 0.1 unless told otherwise, and nobody must hurry to subscribe."""
    history = History()
    journal = Journal(history.extend)
    exchange = Exchange(
        ExchangeConfig(**{"time_scale": 0.1, "first_subscribe": 600.0, **config}), journal
    )
    try:
        yield Stub(exchange, await exchange.start(), history, journal)
    finally:
        await exchange.stop()


def url(address: Address, scheme: str = "ws", path: str = "") -> str:
    """Return the URL of a door."""
    return f"{scheme}://{address[0]}:{address[1]}{path}"


@asynccontextmanager
async def connected(
    stub: Stub, *channels: str, products: tuple[str, ...] = ("BTC-USD",), **options: Any
) -> AsyncIterator[websockets.ClientConnection]:
    """Connect with `websockets` and subscribe to channels of a product."""
    # A client that stopped reading with its queue full waits for a close frame that it will not read.
    defaults = {"compression": None, "proxy": None, "max_size": None, "close_timeout": 0.2}
    options = {**defaults, **options}
    async with websockets.connect(url(stub.endpoints.market_ws), **options) as client:
        for channel in channels:
            await subscribe(client, channel, *products)
        yield client


async def subscribe(client: websockets.ClientConnection, channel: str, *products: str) -> None:
    """Send one subscription."""
    message = {"type": "subscribe", "product_ids": products, "channel": channel}
    await client.send(json.dumps(message))


async def read(client: websockets.ClientConnection) -> dict[str, Any]:
    """Return the next frame."""
    async with asyncio.timeout(DEADLINE):
        frame: dict[str, Any] = json.loads(await client.recv())
        return frame


async def read_until(client: websockets.ClientConnection, **wanted: Any) -> list[dict[str, Any]]:
    """Return the frames up to the first one that has these members."""
    frames = []
    while True:
        frames.append(await read(client))
        if all(frames[-1].get(key) == value for key, value in wanted.items()):
            return frames


async def get(stub: Stub, path: str, **options: Any) -> tuple[int, str, bytes]:
    """Return status, content type and body of a REST answer."""
    async with (
        ClientSession() as client,
        client.get(url(stub.endpoints.rest, "http", path), **options) as answer,
    ):
        return answer.status, answer.content_type, await answer.read()


def tls_pair(folder: Any) -> tuple[dict[str, Any], ssl.SSLContext]:
    """Return an exchange's TLS configuration, and a client's that trusts it."""
    authority = trustme.CA()
    issued = authority.issue_cert("127.0.0.1")
    certificate, key = folder / "chain.pem", folder / "key.pem"
    key.write_bytes(issued.private_key_pem.bytes())
    certificate.write_bytes(b"".join(blob.bytes() for blob in issued.cert_chain_pems))
    context = ssl.create_default_context()
    authority.configure_trust(context)
    return {"certificate": certificate, "private_key": key}, context
