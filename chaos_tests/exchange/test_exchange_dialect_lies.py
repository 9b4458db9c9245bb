"""The same lies in the Exchange dialect: its own words, the same ledger."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID

import pytest
import websockets
from aiohttp import ClientSession

from chaos_tests.exchange.stub import Stub, read, read_until, running, url

pytestmark = pytest.mark.integration


def oid(number: int) -> str:
    """Return a client's id of an order."""
    return str(UUID(int=number, version=4))


async def ask(stub: Stub, method: str, path: str, body: Any = None) -> tuple[int, Any]:
    """Send one request, and return its status and what it says; None if that is not JSON."""
    target = url(stub.endpoints.exchange_rest, "http", path)
    async with ClientSession() as client, client.request(method, target, json=body) as answer:
        if answer.content_type != "application/json":
            return answer.status, None
        return answer.status, await answer.json()


async def order(stub: Stub, number: int, **more: str) -> tuple[int, Any]:
    """Place an order to buy that rests."""
    terms = {"side": "buy", "product_id": "BTC-USD", "price": "1000", "size": "0.001"}
    return await ask(stub, "POST", "/orders", {**terms, "client_oid": oid(number), **more})


async def placed(stub: Stub, number: int, **more: str) -> str:
    """Place an order, and return its id."""
    status, answer = await order(stub, number, **more)
    assert status == 200, answer
    return str(answer["id"])


async def over(stub: Stub, handle: int) -> int:
    """Stop a fault, and return its hits, which are as many as were journalled."""
    await stub.exchange.stop_fault(handle)
    off = await stub.until("fault_off", handle=handle)
    assert off["hits"] == len(stub.history.select("fault_hit", handle=handle))
    return int(off["hits"])


def truth(stub: Stub) -> list[str]:
    """Return the status of an order after each entry of the ledger that touched one."""
    stub.journal.flush()
    return [e["status"] for e in stub.history.select("ledger") if "order_id" in e.data]


@asynccontextmanager
async def listening(stub: Stub) -> AsyncIterator[websockets.ClientConnection]:
    """Subscribe to the user's own messages."""
    address = url(stub.endpoints.exchange_ws)
    async with websockets.connect(
        address, compression=None, proxy=None, close_timeout=0.2
    ) as client:
        message = {"type": "subscribe", "product_ids": ["BTC-USD"], "channels": ["user"]}
        await client.send(json.dumps(message))
        await read_until(client, type="subscriptions")
        yield client


@pytest.mark.parametrize(
    ("fault", "attributes", "refusal"),
    [
        ("cancel_only", {}, (400, "Cancel only mode")),
        ("trading_disabled", {}, (400, "Trading pair not available")),
        ("order_entry_disabled", {}, (400, "Cancel only mode")),
        ("product_vanished", {"product_id": "BTC-USD"}, None),
        ("duplicate_but_absent", {"status": 503}, (503, "Service Unavailable")),
        ("buffered_orders", {"status": 503}, (503, "Service Unavailable")),
    ],
)
async def test_an_order_is_not_taken(
    fault: str, attributes: dict[str, Any], refusal: tuple[int, str] | None
) -> None:
    """Refused in this dialect's words; cancels work; the ledger has not heard of it."""
    async with running(check_auth=False) as stub:
        old = await placed(stub, 1)
        handle = await stub.exchange.start_fault(fault, attributes, {})
        status, answer = await order(stub, 2)
        if refusal is not None:
            assert (status, answer["message"]) == refusal
        assert 400 <= status < 600
        assert await ask(stub, "DELETE", f"/orders/{old}") == (200, old)
        assert truth(stub) == ["OPEN", "CANCELLED"]
        assert await over(stub, handle) == 1
        await placed(stub, 2)


async def test_an_error_is_answered_to_an_order_that_was_applied() -> None:
    """It is found by the client's id, filled."""
    async with running(check_auth=False) as stub:
        handle = await stub.exchange.start_fault("error_although_applied", {}, {"once": True})
        assert (await order(stub, 1))[0] == 500
        status, found = await ask(stub, "GET", f"/orders/client:{oid(1)}")
        assert (status, found["status"], found["done_reason"]) == (200, "done", "filled")
        assert truth(stub) == ["OPEN", "FILLED"]
        assert await over(stub, handle) == 1


async def test_an_order_is_not_found_for_a_while() -> None:
    """Neither by its id nor among the open ones."""
    async with running(check_auth=False) as stub:
        handle = await stub.exchange.start_fault("order_not_found", {"seconds": 60.0}, {})
        order_id = await placed(stub, 1)
        assert (await ask(stub, "GET", f"/orders/{order_id}"))[0] == 404
        assert await ask(stub, "GET", "/orders") == (200, [])
        assert await over(stub, handle) == 2
        assert (await ask(stub, "GET", f"/orders/{order_id}"))[0] == 200


async def test_a_cancelled_order_is_filled_all_the_same() -> None:
    """The feed says canceled, then there is a match and the order is filled."""
    async with running(check_auth=False) as stub, listening(stub) as feed:
        order_id = await placed(stub, 1)
        handle = await stub.exchange.start_fault("fill_after_cancel", {"after": 0.3}, {})
        assert await ask(stub, "DELETE", f"/orders/{order_id}") == (200, order_id)
        assert await ask(stub, "GET", "/orders") == (200, [])
        said = [await read(feed) for _ in range(5)]
        assert [message["type"] for message in said] == [
            "received",
            "open",
            "done",
            "match",
            "done",
        ]
        assert [said[2]["reason"], said[4]["reason"]] == ["canceled", "filled"]
        assert truth(stub) == ["OPEN", "CANCEL_QUEUED", "FILLED"]
        assert await over(stub, handle) == 1


async def test_a_replica_is_behind() -> None:
    """An order that was placed is not among the open ones."""
    async with running(check_auth=False) as stub:
        handle = await stub.exchange.start_fault("stale_replica", {"behind": 60.0}, {})
        await placed(stub, 1)
        assert await ask(stub, "GET", "/orders") == (200, [])
        assert await over(stub, handle) == 1
        assert len((await ask(stub, "GET", "/orders"))[1]) == 1


async def test_the_feed_does_not_tell_of_an_end() -> None:
    """What follows is told."""
    async with running(check_auth=False) as stub, listening(stub) as feed:
        attributes = {"status": "CANCELLED"}
        handle = await stub.exchange.start_fault("status_never_sent", attributes, {})
        order_id = await placed(stub, 1)
        await ask(stub, "DELETE", f"/orders/{order_id}")
        await placed(stub, 2)
        said = [await read(feed) for _ in range(4)]
        assert [message["type"] for message in said] == ["received", "open", "received", "open"]
        assert await over(stub, handle) == 1
