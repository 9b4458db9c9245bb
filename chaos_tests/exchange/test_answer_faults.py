"""REST answers that are lost, late, cut, dripping or refused, as a client on a socket meets them."""

from __future__ import annotations

import asyncio
import json
from errno import ECONNRESET
from time import monotonic
from typing import Any

import pytest
from aiohttp import ClientOSError, ClientSession, ServerDisconnectedError

from chaos_tests.exchange.stub import DEADLINE, Stub, get, running, url
from chaos_tests.exchange.trader import BASE

pytestmark = pytest.mark.integration


def _order(name: str, product: str = "BTC-USD") -> dict[str, Any]:
    terms = {"base_size": "0.001", "limit_price": "1000"}
    return {
        "client_order_id": name,
        "product_id": product,
        "side": "BUY",
        "order_configuration": {"limit_limit_gtc": terms},
    }


async def _place(stub: Stub, client: ClientSession, name: str, product: str = "BTC-USD") -> Any:
    """Place an order on a connection of its own, and return what is answered."""
    target = url(stub.endpoints.rest, "http", BASE + "/orders")
    async with client.post(target, json=_order(name, product)) as answer:
        assert answer.status == 200
        return await answer.json()


async def _placed(stub: Stub) -> list[str]:
    """Return the names of the orders that the exchange has, oldest first."""
    _, _, body = await get(stub, BASE + "/orders/historical/batch")
    return [order["client_order_id"] for order in json.loads(body)["orders"]][::-1]


@pytest.mark.parametrize(
    ("how", "error", "by"),
    [
        ("close", ServerDisconnectedError, "eof"),
        ("reset", ClientOSError, "abort"),
    ],
)
async def test_an_order_is_placed_and_its_answer_is_lost(
    how: str, error: type[Exception], by: str
) -> None:
    """Not a byte comes back, the connection ends as asked, and the order is in the ledger: once."""
    async with running(check_auth=False) as stub:
        attributes = {"how": how, "routes": ["POST /orders"]}
        handle = await stub.exchange.start_fault("lost_answer", attributes, {"nth": 2})
        async with ClientSession() as client:
            assert (await _place(stub, client, "first"))["success"]
            with pytest.raises(error) as lost:
                await _place(stub, client, "second")
            assert getattr(lost.value, "errno", None) == (ECONNRESET if how == "reset" else None)
            again = await _place(stub, client, "second")
            assert (await _place(stub, client, "third"))["success"]
        assert await _placed(stub) == ["first", "second", "third"]
        (accepted,) = [
            event
            for event in stub.history.select("ledger")
            if event.get("order_id") == again["order_id"] and event["change"] == "accepted"
        ]
        hit = await stub.until("fault_hit")
        assert accepted["request"] == hit["request"]
        answer = await stub.until("answer", id=hit["request"])
        assert (answer["size"], answer["fault"]) == (0, handle)
        closed = await stub.until("closed", conn=hit["conn"])
        assert (closed["by"], closed["how"], closed["fault"]) == ("fault", by, handle)
        assert len(stub.history.select("fault_hit")) == 1


async def test_an_answer_may_be_lost_in_silence() -> None:
    """The connection stays open, and the client has to give up; the order is in the ledger."""
    async with running(check_auth=False) as stub:
        await stub.exchange.start_fault("lost_answer", {"how": "silence"}, {"method": "POST"})
        async with ClientSession() as client:
            placing = asyncio.ensure_future(_place(stub, client, "only"))
            await stub.until("fault_hit")
            assert await _placed(stub) == ["only"]
            assert not stub.history.select("closed", conn=1)
            assert not placing.done()
            placing.cancel()
            await asyncio.gather(placing, return_exceptions=True)
        closed = await stub.until("closed", conn=1)
        assert closed["by"] == "bot"


async def test_a_late_answer_is_late_and_the_order_is_not() -> None:
    """The order stands in the ledger long before the answer arrives."""
    async with running(check_auth=False) as stub:
        await stub.exchange.start_fault(
            "late_answer", {"delay": 0.4, "routes": ["POST /orders"]}, {"product": "ETH-USD"}
        )
        async with ClientSession() as client:
            await _place(stub, client, "btc")
            start = monotonic()
            placing = asyncio.ensure_future(_place(stub, client, "eth", "ETH-USD"))
            await stub.until("fault_hit")
            assert await _placed(stub) == ["btc", "eth"]
            assert (await placing)["success"]
            late = monotonic() - start
        assert late >= 0.4
        assert len(stub.history.select("fault_hit")) == 1


async def test_a_body_drips_at_its_pace() -> None:
    """In many pieces, whole in the end; no two of them are far apart."""
    async with running(check_auth=False) as stub:
        _, _, whole = await get(stub, BASE + "/market/product_book?product_id=BTC-USD&limit=2")
        pace = len(whole) / 0.5
        await stub.exchange.start_fault("dripping_answer", {"pace": pace}, {"once": True})
        target = BASE + "/market/product_book?product_id=BTC-USD&limit=2"
        pieces, times = [], [monotonic()]
        async with (
            ClientSession() as client,
            client.get(url(stub.endpoints.rest, "http", target)) as answer,
        ):
            async for piece in answer.content.iter_any():
                pieces.append(piece)
                times.append(monotonic())
        assert json.loads(b"".join(pieces))["pricebook"]
        assert len(pieces) >= 3
        assert times[-1] - times[0] >= 0.4
        assert (await get(stub, target))[0] == 200
        assert len(stub.history.select("fault_hit")) == 1


@pytest.mark.parametrize("seed", [1, 2])
async def test_a_share_of_requests_is_the_same_in_every_run(seed: int) -> None:
    """Whoever asks: the seed draws, and the journal counts what the client saw."""
    runs = []
    for _ in range(2):
        async with running(check_auth=False, seed=seed) as stub:
            handle = await stub.exchange.start_fault(
                "http_error", {"status": 503, "share": 0.4}, {}
            )
            statuses = [(await get(stub, BASE + "/time"))[0] for _ in range(25)]
            await stub.exchange.stop_fault(handle)
            off = await stub.until("fault_off")
        assert set(statuses) == {200, 503}
        assert off["hits"] == statuses.count(503)
        runs.append(statuses)
    assert runs[0] == runs[1]


@pytest.mark.parametrize(
    ("name", "attributes", "status", "header", "body"),
    [
        ("http_error", {"status": 425, "retry_after": 1}, 425, "Retry-After", b"Too Early"),
        ("rate_limited", {}, 429, "x-ratelimit-remaining", b"rate_limit_exceeded"),
        ("rate_limited", {"body": "html", "retry_after": 2}, 429, "Retry-After", b"<html>"),
        ("auth_failure", {}, 401, "Content-Type", b"Unauthorized\n"),
        ("auth_failure", {"how": "scopes"}, 403, "Content-Type", b"Missing required scopes"),
    ],
)
async def test_a_request_is_refused_and_nothing_is_done(
    name: str, attributes: dict[str, Any], status: int, header: str, body: bytes
) -> None:
    """Twice, with the answer that real clients have met; the ledger knows of no order until the third."""
    async with running(check_auth=False) as stub, ClientSession() as client:
        await stub.exchange.start_fault(name, attributes, {"times": 2, "route": "POST /orders"})
        target = url(stub.endpoints.rest, "http", BASE + "/orders")
        for _ in range(2):
            async with client.post(target, json=_order("a")) as answer:
                assert answer.status == status
                assert header in answer.headers
                assert body in await answer.read()
        assert await _placed(stub) == []
        assert (await _place(stub, client, "a"))["success"]
        assert len(stub.history.select("fault_hit")) == 2


async def test_a_late_answer_may_be_lost_too() -> None:
    """Both faults have it: first the wait, then the reset, and one hit for each."""
    async with running(check_auth=False) as stub, ClientSession() as client:
        late = await stub.exchange.start_fault("late_answer", {"delay": 0.3}, {"method": "POST"})
        lost = await stub.exchange.start_fault("lost_answer", {"how": "reset"}, {"method": "POST"})
        start = monotonic()
        with pytest.raises(ClientOSError):
            async with asyncio.timeout(DEADLINE):
                await _place(stub, client, "a")
        assert monotonic() - start >= 0.3
        assert await _placed(stub) == ["a"]
        assert {event["handle"] for event in stub.history.select("fault_hit")} == {late, lost}
