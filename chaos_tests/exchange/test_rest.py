from __future__ import annotations

import asyncio
import json
from contextlib import suppress
from itertools import pairwise

import pytest
from aiohttp import ClientPayloadError, ClientSession

from chaos_tests.exchange.stub import get, running, url

pytestmark = pytest.mark.integration

BASE = "/api/v3/brokerage"


@pytest.mark.parametrize(
    ("path", "member"),
    [
        ("/time", "epochSeconds"),
        ("/products", "products"),
        ("/market/products", "products"),
        ("/products/BTC-USD", "product_id"),
        ("/market/products/ETH-USD", "product_id"),
        ("/market/products/BTC-USD/ticker?limit=3", "trades"),
        ("/products/BTC-USD/ticker", "best_bid"),
        ("/product_book?product_id=BTC-USD", "pricebook"),
        ("/market/product_book?product_id=BTC-USD&limit=5", "pricebook"),
        ("/market/products/BTC-USD/candles?granularity=ONE_MINUTE&start=1&end=2", "candles"),
        ("/products?product_ids=BTC-USD&product_ids=ETH-USD&unknown=1", "products"),
    ],
)
async def test_every_route_answers(path: str, member: str) -> None:
    """Both families of routes exist; what a route does not know in a query is passed over."""
    async with running(check_auth=False) as stub:
        status, content_type, body = await get(stub, BASE + path)
    assert (status, content_type) == (200, "application/json")
    assert member in json.loads(body)


@pytest.mark.parametrize(
    "path", ["/", "/api/v3/brokerage/nothing", "/api/v3/brokerage/accounts/1/2"]
)
async def test_an_unknown_path_gets_coinbases_body(path: str) -> None:
    """404, in JSON."""
    async with running(check_auth=False) as stub:
        status, _, body = await get(stub, path)
    assert status == 404
    assert json.loads(body) == {
        "error": "unknown",
        "error_details": "Not Found",
        "message": "Not Found",
    }


async def test_a_get_with_a_body_is_fine_and_the_connection_lives_on() -> None:
    """The SDK sends {} with every GET; keep-alive holds."""
    async with running(check_auth=False) as stub:
        async with ClientSession() as client:
            for _ in range(3):
                where = url(stub.endpoints.rest, "http", BASE + "/time")
                async with client.get(where, json={}) as answer:
                    assert answer.status == 200
        assert len(stub.history.select("accepted")) == 1
        requests, answers = stub.history.select("request"), stub.history.select("answer")
        assert [e["id"] for e in requests] == [e["id"] for e in answers] == [1, 2, 3]


@pytest.mark.parametrize(
    ("body", "kind"), [("json", "application/json"), ("text", "text/plain"), ("html", "text/html")]
)
async def test_an_http_error_strikes_its_routes_only(body: str, kind: str) -> None:
    """Status, body and Retry-After are as asked; other routes answer; the journal counts the hits."""
    async with running(check_auth=False) as stub:
        attributes = {"status": 503, "body": body, "routes": ["GET /products"], "retry_after": 7}
        handle = await stub.exchange.start_fault("http_error", attributes, {})
        async with ClientSession() as client:
            where = url(stub.endpoints.rest, "http", BASE + "/market/products")
            async with client.get(where) as answer:
                assert (answer.status, answer.content_type) == (503, kind)
                assert answer.headers["Retry-After"] == "7"
                assert await answer.read()
        assert (await get(stub, BASE + "/products/BTC-USD"))[0] == 200
        await stub.exchange.stop_fault(handle)
        assert (await get(stub, BASE + "/products"))[0] == 200
        off = await stub.until("fault_off")
        assert (off["hits"], off["matched"]) == (1, True)
        struck = await stub.until("answer", status=503)
        assert struck["fault"] == handle


async def test_a_selector_takes_the_second_request_only() -> None:
    """The count of ``nth`` is exact."""
    async with running(check_auth=False) as stub:
        await stub.exchange.start_fault("http_error", {"status": 500}, {"nth": 2})
        statuses = [(await get(stub, BASE + "/time"))[0] for _ in range(4)]
    assert statuses == [200, 500, 200, 200]
    assert stub.history.select("fault_off", hits=1, matched=True)


async def test_half_a_body_promises_the_whole() -> None:
    """The client knows the length, gets half, and then the end of the stream."""
    async with running(check_auth=False) as stub:
        await stub.exchange.start_fault("half_answer", {"routes": ["/products"]}, {})
        whole = url(stub.endpoints.rest, "http", BASE + "/products")
        async with ClientSession() as client, client.get(whole) as answer:
            assert answer.status == 200
            with pytest.raises(ClientPayloadError):
                await answer.content.read()
            received = answer.content.total_bytes
            assert received == int(answer.headers["Content-Length"]) // 2
        event = await stub.until("answer")
        assert event["size"] == received
        assert (await stub.until("closed"))["by"] == "fault"


async def test_rest_and_feed_tell_one_story() -> None:
    """Trades of the ticker route are the market's: their numbers go up by one."""
    async with running(time_scale=0.01) as stub:
        await asyncio.to_thread(lambda: None)
        _, _, body = await get(stub, BASE + "/market/products/BTC-USD/ticker?limit=20")
    ids = [int(trade["trade_id"]) for trade in json.loads(body)["trades"]]
    assert all(newer == older + 1 for newer, older in pairwise(ids))


@pytest.mark.parametrize(
    "garbage",
    [
        b"\x00\x01\x02\x03\r\n\r\n",
        b"GET / HTTP/9.9\r\n\r\n",
        b"GET " + b"/a" * 20_000 + b" HTTP/1.1\r\n\r\n",
        b"GET / HTTP/1.1\r\nContent-Length: x\r\n\r\n",
        b"\x16\x03\x01\x00\x05hello",
    ],
)
async def test_what_is_not_http_is_survived_and_journalled(garbage: bytes) -> None:
    """The next client is served."""
    async with running(check_auth=False) as stub:
        reader, writer = await asyncio.open_connection(*stub.endpoints.rest)
        writer.write(garbage)
        writer.write_eof()
        with suppress(ConnectionResetError):
            await reader.read()
        writer.close()
        await stub.until("closed", conn=1)
        assert (await get(stub, BASE + "/time"))[0] == 200
        assert not stub.history.select("handler_failed")


async def test_a_client_that_leaves_in_the_middle_of_its_body_asked_for_nothing() -> None:
    """No failure of ours, and nothing is carried out: half an order is none."""
    async with running(check_auth=False) as stub:
        _, writer = await asyncio.open_connection(*stub.endpoints.rest)
        writer.write(
            f"POST {BASE}/orders HTTP/1.1\r\nHost: x\r\nContent-Length: 99\r\n\r\n{{".encode()
        )
        await writer.drain()
        await stub.until("accepted")
        writer.close()
        await stub.until("closed")
        status, _, _ = await get(stub, f"{BASE}/time")
        assert status == 200
        assert len(stub.history.select("request")) == 1
    assert not stub.history.select("handler_failed")
