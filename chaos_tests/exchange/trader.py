"""The exchange's one user on real sockets: subscribes with a JWT and trades over REST."""

from __future__ import annotations

import itertools
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import websockets
from aiohttp import ClientSession

from chaos_tests.exchange.stub import Stub, read, url
from downtick.exchange.auth.keys import JwtKey, process_keys
from downtick.exchange.auth.sign import bearer, token
from downtick.exchange.config import Address

BASE = "/api/v3/brokerage"
_numbers = itertools.count(1)


def key() -> JwtKey:
    """Return the key that every exchange of this process knows."""
    return process_keys().es256


@asynccontextmanager
async def listening(
    stub: Stub, *channels: str, products: tuple[str, ...] = (), door: Address | None = None
) -> AsyncIterator[websockets.ClientConnection]:
    """Connect to the user's door, or another, and subscribe to channels with a good token each."""
    address = door or stub.endpoints.user_ws
    async with websockets.connect(
        url(address), compression=None, proxy=None, close_timeout=0.2
    ) as client:
        for channel in channels:
            await log_in(client, channel, *products, jwt=token(key()))
        yield client


async def log_in(
    client: websockets.ClientConnection, channel: str, *products: str, **more: Any
) -> None:
    """Send one subscription, with a token or whatever else."""
    message = {"type": "subscribe", "product_ids": products, "channel": channel}
    await client.send(json.dumps(message | more))


async def place(stub: Stub, name: str, product_id: str = "BTC-USD", **more: str) -> str:
    """Place an order to buy far below the market (or as told) over REST, and return its id."""
    terms = {"base_size": "0.001", "limit_price": "1000"} | more
    body = {
        "client_order_id": name,
        "product_id": product_id,
        "side": "BUY",
        "order_configuration": {"limit_limit_gtc": terms},
    }
    answer = await post(stub, "/orders", body)
    assert answer["success"], answer
    order_id: str = answer["success_response"]["order_id"]
    return order_id


async def cancel(stub: Stub, *order_ids: str) -> None:
    """Cancel orders over REST."""
    answer = await post(stub, "/orders/batch_cancel", {"order_ids": order_ids})
    assert all(result["success"] for result in answer["results"]), answer


async def post(stub: Stub, path: str, body: dict[str, Any]) -> dict[str, Any]:
    """Send one request with a good token, and return what its answer says."""
    headers = bearer(key(), "POST", BASE + path)
    target = url(stub.endpoints.rest, "http", BASE + path)
    async with (
        ClientSession() as client,
        client.post(target, json=body, headers=headers) as answer,
    ):
        assert answer.status == 200, await answer.text()
        found: dict[str, Any] = await answer.json()
        return found


async def ask(stub: Stub, method: str, path: str, body: Any = None) -> tuple[int, Any]:
    """Send one request with a good token, and return its status and what it says; None if that is not JSON."""
    headers = bearer(key(), method, BASE + path.partition("?")[0])
    target = url(stub.endpoints.rest, "http", BASE + path)
    async with (
        ClientSession() as client,
        client.request(method, target, json=body, headers=headers) as answer,
    ):
        if answer.content_type != "application/json":
            return answer.status, None
        return answer.status, await answer.json()


async def updates(client: websockets.ClientConnection, count: int) -> list[dict[str, Any]]:
    """Return the orders of the next so many updates."""
    orders: list[dict[str, Any]] = []
    while len(orders) < count:
        frame = await read(client)
        if frame["channel"] == "user":
            orders += [o for e in frame["events"] if e["type"] == "update" for o in e["orders"]]
    return orders
