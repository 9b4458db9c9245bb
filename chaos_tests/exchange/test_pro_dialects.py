"""A client that speaks the wrong dialect: Coinbase's answer to the client, plain words to the journal."""

from __future__ import annotations

import json

import pytest
from aiohttp import ClientSession

from chaos_tests.exchange.pro_client import ask, following
from chaos_tests.exchange.stub import connected, get, read, running, url
from chaos_tests.exchange.trader import BASE
from downtick.exchange.auth.keys import process_keys
from downtick.exchange.auth.sign import bearer

pytestmark = pytest.mark.integration


async def test_advanced_trade_on_the_feed_of_the_exchange_dialect() -> None:
    """`channel` is not `channels`."""
    async with running() as stub, following(stub) as client:
        message = {"type": "subscribe", "channel": "ticker", "product_ids": ["BTC-USD"]}
        await client.send(json.dumps(message))
        error = await read(client)
        event = await stub.until("frame_received", type="refused")
    assert error == {
        "type": "error",
        "message": "Failed to subscribe",
        "reason": "No channels provided",
    }
    assert event["reason"] == (
        "the Advanced Trade dialect (`channel`): the Exchange dialect takes `channels`"
    )


async def test_the_exchange_dialect_on_the_feed_of_advanced_trade() -> None:
    """`channels` is not `channel`."""
    async with running() as stub, connected(stub) as client:
        message = {"type": "subscribe", "channels": ["ticker"], "product_ids": ["BTC-USD"]}
        await client.send(json.dumps(message))
        error = await read(client)
        event = await stub.until("frame_received", type="refused")
    assert error == {"type": "error", "message": "failure to subscribe"}
    assert event["reason"] == (
        "the Exchange dialect (`channels`): Advanced Trade takes one `channel`"
    )


async def test_a_path_of_advanced_trade_at_the_door_of_the_exchange_dialect() -> None:
    """There is no such route."""
    async with running() as stub:
        answer = await ask(stub, f"GET {BASE}/accounts", signed=False)
        event = await stub.until("wrong_dialect")
    assert answer == (404, {"message": "Route not found"})
    assert event["reason"] == "a path of Advanced Trade: this door speaks the Exchange dialect"


async def test_a_path_of_the_exchange_dialect_at_the_door_of_advanced_trade() -> None:
    """Nor is there one here."""
    async with running() as stub:
        status, _, body = await get(stub, "/products/BTC-USD/ticker")
        event = await stub.until("wrong_dialect")
    assert (status, json.loads(body)["error"]) == (404, "unknown")
    assert event["reason"] == "a path of the Exchange dialect: this door speaks Advanced Trade"


async def test_a_token_at_the_door_of_the_exchange_dialect() -> None:
    """It signs nothing there."""
    async with running(check_auth=True) as stub, ClientSession() as client:
        headers = bearer(process_keys().es256, "GET", "/accounts")
        path = url(stub.endpoints.exchange_rest, "http", "/accounts")
        async with client.get(path, headers=headers) as answer:
            told = answer.status, await answer.json()
        event = await stub.until("auth_refused")
    assert told == (401, {"message": "CB-ACCESS-KEY header is required"})
    assert event["reason"] == ("a token as on Advanced Trade: this dialect takes CB-ACCESS headers")
