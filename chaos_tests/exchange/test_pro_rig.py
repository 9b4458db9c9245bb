"""A rig whose exchange speaks the Exchange dialect: its links lead there, and its profiles mean the same."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest
import websockets
from aiohttp import ClientSession

from downtick.exchange.auth.sign import exchange_headers, exchange_subscription
from downtick.rig import Rig

pytestmark = pytest.mark.integration

EXCHANGE = {"dialect": "exchange"}


async def _subscribe(rig: Rig, client: websockets.ClientConnection, *channels: str) -> None:
    credentials = exchange_subscription(rig.keys.exchange)
    message = {"type": "subscribe", "product_ids": ["BTC-USD"], "channels": channels}
    await client.send(json.dumps({**message, **credentials}))


async def _next(client: websockets.ClientConnection, type_: str) -> dict[str, Any]:
    async with asyncio.timeout(10):
        while True:
            message: dict[str, Any] = json.loads(await client.recv())
            if message["type"] == type_:
                return message


async def _collect(client: websockets.ClientConnection, ticks: list[dict[str, Any]]) -> None:
    while True:
        ticks.append(await _next(client, "ticker"))


@pytest.mark.toxics("streaming/market-feed-reset", exchange=EXCHANGE)
async def test_the_third_tick_is_the_third_tick(rig: Rig) -> None:
    """The link is reset behind it, and the client that comes back is shown a book."""
    ticks: list[dict[str, Any]] = []
    async with websockets.connect(rig.endpoints.market_ws, proxy=None) as client:
        await _subscribe(rig, client, "ticker")
        with pytest.raises(websockets.ConnectionClosedError) as lost:
            await _collect(client, ticks)
    assert len(ticks) == 3
    assert isinstance(lost.value.__cause__, ConnectionResetError)
    await rig.until("step_done", within=50)
    async with websockets.connect(rig.endpoints.market_ws, proxy=None) as client:
        await _subscribe(rig, client, "level2")
        assert await _next(client, "snapshot")
        assert await _next(client, "l2update")


@pytest.mark.toxics(exchange=EXCHANGE)
async def test_a_bot_trades_through_the_links(rig: Rig) -> None:
    """REST on one, its orders' messages on another; the history has the ledger's entries."""
    rest = rig.endpoints.rest
    body = json.dumps({"side": "buy", "product_id": "BTC-USD", "price": "1000", "size": "0.001"})
    headers = exchange_headers(rig.keys.exchange, "POST", "/orders", body.encode())
    async with websockets.connect(rig.endpoints.user_ws, proxy=None) as client:
        await _subscribe(rig, client, "user")
        await _next(client, "subscriptions")
        async with (
            ClientSession() as session,
            session.post(f"{rest}/orders", data=body, headers=headers) as answer,
        ):
            order = await answer.json()
        assert answer.status == 200
        received = await _next(client, "received")
    assert received["order_id"] == order["id"]
    entry = await rig.until("ledger", within=50, order_id=order["id"])
    assert entry["status"] == "OPEN"
