"""A client of the Exchange dialect: it signs with key, secret and passphrase."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import websockets
from aiohttp import ClientSession
from yarl import URL

from chaos_tests.exchange.stub import Stub, url
from downtick.exchange.auth.keys import process_keys
from downtick.exchange.auth.sign import exchange_headers, exchange_subscription
from downtick.exchange.config import Address


@asynccontextmanager
async def following(
    stub: Stub,
    *channels: Any,
    products: tuple[str, ...] = ("BTC-USD",),
    signed: bool = True,
    door: Address | None = None,
) -> AsyncIterator[websockets.ClientConnection]:
    """Connect to the dialect's WebSocket, and subscribe to channels of products, if any."""
    options: dict[str, Any] = {"compression": None, "proxy": None, "max_size": None}
    address = url(door or stub.endpoints.exchange_ws)
    async with websockets.connect(address, close_timeout=0.2, **options) as client:
        if channels:
            await subscribe(client, *channels, products=products, signed=signed)
        yield client


async def subscribe(
    client: websockets.ClientConnection,
    *channels: Any,
    products: tuple[str, ...] = ("BTC-USD",),
    signed: bool = True,
    **more: Any,
) -> None:
    """Send one subscription."""
    message = {"type": "subscribe", "product_ids": products, "channels": channels}
    credentials = exchange_subscription(process_keys().exchange) if signed else {}
    await client.send(json.dumps({**message, **credentials, **more}))


async def ask(
    stub: Stub, line: str, body: Any = None, *, signed: bool = True, door: Address | None = None
) -> tuple[int, Any]:
    """Send a request such as ``GET /orders?limit=1``, and return its status and what it says."""
    method, _, target = line.partition(" ")
    sent = b"" if body is None else json.dumps(body).encode()
    headers = {"Content-Type": "application/json"}
    if signed:
        headers |= exchange_headers(process_keys().exchange, method, target, sent)
    address = URL(url(door or stub.endpoints.exchange_rest, "http", target), encoded=True)
    async with (
        ClientSession() as client,
        client.request(method, address, data=sent, headers=headers) as answer,
    ):
        return answer.status, json.loads(await answer.read())


async def place(stub: Stub, **more: str) -> str:
    """Place an order to buy far below the market, or as told, and return its id."""
    terms = {"side": "buy", "product_id": "BTC-USD", "price": "1000", "size": "0.001"}
    status, order = await ask(stub, "POST /orders", {**terms, **more})
    assert status == 200, order
    return str(order["id"])
