"""The Exchange dialect's REST API on real sockets."""

from __future__ import annotations

import asyncio
import json

import pytest
from aiohttp import ClientSession

from chaos_tests.exchange.pro_client import ask, place
from chaos_tests.exchange.stub import get, running, url
from chaos_tests.exchange.trader import BASE
from downtick.exchange.auth.keys import process_keys
from downtick.exchange.auth.sign import bearer

pytestmark = pytest.mark.integration

OID = "d50ec984-77a8-460a-b958-66f114b0de9b"


async def test_a_bot_trades_with_key_passphrase_and_signature() -> None:
    """It places, looks up by either name, cancels, buys, and reads its fills."""
    async with running(check_auth=True) as stub:
        order_id = await place(stub, client_oid=OID)
        assert (await ask(stub, f"GET /orders/client:{OID}"))[1]["id"] == order_id
        status, listed = await ask(stub, "GET /orders?status=open&status=active&product_id=BTC-USD")
        assert (status, [order["id"] for order in listed]) == (200, [order_id])
        assert await ask(stub, f"DELETE /orders/client:{OID}?product_id=BTC-USD") == (200, order_id)
        assert await ask(stub, f"GET /orders/{order_id}") == (404, {"message": "NotFound"})
        bought = await place(stub, type="market")
        status, fills = await ask(stub, f"GET /fills?order_id={bought}")
        assert (status, {fill["order_id"] for fill in fills}) == (200, {bought})
        _, accounts = await ask(stub, "GET /accounts")
        held = {account["currency"]: float(account["balance"]) for account in accounts}
        assert held["BTC"] == pytest.approx(2.001)


async def test_one_ledger_stands_behind_both_dialects() -> None:
    """An order placed in one is open in the other, and cancelled there it is over here."""
    async with running(check_auth=False) as stub:
        order_id = await place(stub)
        status, _, body = await get(stub, f"{BASE}/orders/historical/{order_id}")
        assert (status, json.loads(body)["order"]["status"]) == (200, "OPEN")
        async with ClientSession() as client:
            cancel = url(stub.endpoints.rest, "http", f"{BASE}/orders/batch_cancel")
            async with client.post(cancel, json={"order_ids": [order_id]}) as answer:
                assert (await answer.json())["results"][0]["success"]
        assert await ask(stub, f"GET /orders/{order_id}") == (404, {"message": "NotFound"})


async def test_the_signature_is_of_every_letter_as_it_was_sent() -> None:
    """Escapes in the query are signed as they are."""
    async with running(check_auth=True) as stub:
        status, _ = await ask(stub, "GET /fills?product_id=BTC%2DUSD&start_date=2026-09-30T00%3A00")
        assert status == 400  # let in; but that is no date
        status, told = await ask(stub, "GET /orders", signed=False)
        assert (status, told) == (401, {"message": "CB-ACCESS-KEY header is required"})
        refused = await stub.until("auth_refused")
    assert refused["reason"] == "no key"


async def test_pages_are_in_the_headers() -> None:
    """As clients read them."""
    async with running() as stub, ClientSession() as client:
        path = url(stub.endpoints.exchange_rest, "http", "/products/BTC-USD/trades?limit=2")
        async with client.get(path) as answer:
            trades = await answer.json()
            assert answer.headers["CB-BEFORE"] == str(trades[0]["trade_id"])
            assert answer.headers["CB-AFTER"] == str(trades[1]["trade_id"])


async def test_the_journal_tells_whose_doing_an_entry_is() -> None:
    """The request's number stands in the ledger's entry."""
    async with running() as stub:
        order_id = await place(stub)
        request = await stub.until("request", method="POST")
        entry = await stub.until("ledger", order_id=order_id)
    assert entry["request"] == request["id"]


async def test_requests_of_both_dialects_are_counted_together() -> None:
    """Each has a number of its own."""
    async with running() as stub:
        await ask(stub, "GET /time")
        await get(stub, f"{BASE}/time")
        await stub.until("answer", count=2)
        numbers = [event["id"] for event in stub.history.select("request")]
    assert numbers == [1, 2]


async def test_too_many_requests_get_coinbases_answer() -> None:
    """If the exchange counts them."""
    async with running(rest_limits=True, time_scale=1.0) as stub:
        answers = await asyncio.gather(*(ask(stub, "GET /time", signed=False) for _ in range(30)))
    refused = [told for status, told in answers if status == 429]
    assert 1 <= len(refused) <= 15
    assert refused[0] == {"message": "Public rate limit exceeded"}


async def test_with_the_exchange_dialect_all_three_doors_speak_it() -> None:
    """A rig's links lead there; a token of Advanced Trade opens nothing."""
    async with running(dialect="exchange", check_auth=True) as stub:
        ends = stub.endpoints
        assert (ends.exchange_rest, ends.exchange_ws) == (ends.rest, ends.market_ws)
        assert (await ask(stub, "GET /accounts", door=ends.rest))[0] == 200
        headers = bearer(process_keys().es256, "GET", f"{BASE}/accounts")
        status, _, body = await get(stub, f"{BASE}/accounts", headers=headers)
        assert (status, json.loads(body)) == (404, {"message": "Route not found"})
        event = await stub.until("wrong_dialect")
    assert "Advanced Trade" in event["reason"]
