"""What no client should send, on real sockets: always an error of Coinbase's or an end, and the ledger stays as it was."""

from __future__ import annotations

import asyncio
import json
import resource
import socket
import struct
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, suppress
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chaos_tests.exchange.stub import Stub, running

pytestmark = pytest.mark.integration

ORDERS = b"/api/v3/brokerage/orders"
MEBIBYTE = 2**20


@asynccontextmanager
async def unmoved(**config: Any) -> AsyncIterator[Stub]:
    """Run an exchange whose ledger must not be changed and which must make no error of its own."""
    async with running(check_auth=False, **config) as stub:
        stub.journal.flush()
        before = len(stub.history.select("ledger"))
        yield stub
        stub.journal.flush()
        assert len(stub.history.select("ledger")) == before
        for kind in ("handler_failed", "exchange_failed", "step_failed"):
            assert stub.history.select(kind) == []


async def answer(stub: Stub, pieces: Iterator[bytes]) -> bytes:
    """Send pieces on one connection until the exchange has had enough, and return what it answered."""
    reader, writer = await asyncio.open_connection(*stub.endpoints.rest)
    try:
        for piece in pieces:
            writer.write(piece)
            await writer.drain()
    except OSError:
        pass
    try:
        return await asyncio.wait_for(reader.read(), 10)
    except ConnectionError:
        return b""
    finally:
        writer.close()


def status_of(said: bytes) -> int:
    """Return the status of the first answer; 0 if the exchange only hung up."""
    return int(said.split(b" ", 2)[1]) if said.startswith(b"HTTP/1.1 ") else 0


def post(body: bytes) -> bytes:
    """Return an order request with this body."""
    head = b"POST %b HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: %d\r\n\r\n"
    return head % (ORDERS, len(body)) + body


async def test_a_body_of_a_hundred_megabytes_is_refused_and_not_kept() -> None:
    """It costs the exchange no memory to speak of: it stops to read."""
    block = b"9" * MEBIBYTE
    head = b"POST %b HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n" % (ORDERS, 100 * MEBIBYTE)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    async with unmoved() as stub:
        said = await answer(stub, iter([head, *[block] * 100]))
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    assert status_of(said) in {0, 413}
    assert grown < 30, f"{grown:.0f} MB more"


async def test_a_million_headers_are_refused() -> None:
    """With 400 or an end, long before the last of them."""

    def headers() -> Iterator[bytes]:
        yield b"GET /api/v3/brokerage/time HTTP/1.1\r\nHost: x\r\n"
        for block in range(1000):
            yield b"".join(b"x-%d-%d: y\r\n" % (block, number) for number in range(1000))

    async with unmoved() as stub:
        said = await answer(stub, headers())
    assert status_of(said) in {0, 400, 431}


@pytest.mark.parametrize(
    "head",
    [
        b"GET /api/v3/brokerage/time HTTP/1.1\r\nHost: ",
        b"POST %b HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{" % ORDERS,
        b"",
    ],
    ids=["in its head", "in its body", "before its first byte but one"],
)
async def test_a_slow_loris_is_cut_off(head: bytes) -> None:
    """A request that comes byte by byte, and never ends, ends by the exchange's patience."""
    async with unmoved(request_timeout=10.0) as stub:  # 1 s real
        reader, writer = await asyncio.open_connection(*stub.endpoints.rest)
        writer.write(head or b"G")
        async with asyncio.timeout(8):
            while not reader.at_eof():
                writer.write(b"x" if head else b"")
                try:
                    await asyncio.wait_for(reader.read(4096), 0.05)
                except TimeoutError:
                    continue
                except ConnectionError:
                    break
        writer.close()


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=20)
    | st.sampled_from(
        ["NaN", "-1", "1e999999999", "0", "BTC-USD", "BUY", "\ud800", "٣", "9" * 5000]
    ),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3)
    ),
    max_leaves=6,
)
CONFIGURATIONS = [
    "market_market_ioc",
    "limit_limit_gtc",
    "sor_limit_ioc",
    "twap_limit_gtd",
    "nonsense",
]
SIZES: st.SearchStrategy[Any] = st.sampled_from(
    ["NaN", "-1", "1e999999999", "Infinity", "", "0", "0x10", " 1", "1_0", "٣", None, 5, []]
)


@st.composite
def bodies(draw: st.DrawFn) -> bytes:
    """Return what is nearly an order, or nothing like it."""
    if draw(st.booleans()):
        return draw(st.binary(max_size=200))
    order = {
        "client_order_id": draw(st.text(max_size=5) | JSON),
        "product_id": draw(st.sampled_from(["BTC-USD", "NO-USD", "", None])),
        "side": draw(st.sampled_from(["BUY", "buy", "HOLD", None, 1])),
        "order_configuration": {
            draw(st.sampled_from(CONFIGURATIONS)): {
                "base_size": draw(SIZES),
                "quote_size": draw(SIZES),
                "limit_price": draw(SIZES),
            }
        },
    }
    return json.dumps(order).encode()


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    sent=st.lists(bodies(), min_size=1, max_size=8),
    verb=st.sampled_from([b"orders", b"orders/preview", b"orders/edit", b"orders/batch_cancel"]),
)
def test_bad_orders_are_answered_as_coinbase_does(sent: list[bytes], verb: bytes) -> None:
    """With a business rejection or a 4xx in JSON; nothing is placed."""

    async def send() -> None:
        async with unmoved(tick_rate=0.1) as stub:
            for body in sent:
                request = post(body).replace(b"/orders ", b"/" + verb + b" ")
                said = await answer(stub, iter([request]))
                status = status_of(said)
                assert status == 200 or 400 <= status < 500, said
                parsed = json.loads(said.partition(b"\r\n\r\n")[2])
                if status == 200 and verb == b"orders":
                    assert parsed["success"] is False

    asyncio.run(send())


@settings(max_examples=25, deadline=None)
@given(st.lists(st.binary(min_size=1, max_size=300), min_size=1, max_size=5))
def test_bytes_that_are_no_http_get_an_answer_or_an_end(pieces: list[bytes]) -> None:
    """On every door."""

    async def send() -> None:
        async with unmoved(tick_rate=0.1, request_timeout=10.0) as stub:
            for address in (stub.endpoints.rest, stub.endpoints.market_ws, stub.endpoints.user_ws):
                _, writer = await asyncio.open_connection(*address)
                writer.writelines(pieces)
                writer.close()
            reader, writer = await asyncio.open_connection(*stub.endpoints.rest)
            writer.write(
                b"GET /api/v3/brokerage/time HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
            )
            assert status_of(await reader.read()) == 200
            writer.close()

    asyncio.run(send())


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.lists(
        st.one_of(
            JSON.map(lambda value: json.dumps(value).encode()),
            st.fixed_dictionaries(
                {"type": st.sampled_from(["subscribe", "unsubscribe"]) | JSON},
                optional={"channel": JSON, "product_ids": JSON, "channels": JSON, "jwt": JSON},
            ).map(lambda value: json.dumps(value).encode()),
            st.binary(max_size=60),
        ),
        min_size=1,
        max_size=6,
    ),
    st.sampled_from([1, 2, 0, 3, 8, 9, 11]),
)
def test_bad_messages_get_an_error_frame_or_a_close(messages: list[bytes], opcode: int) -> None:
    """Text, binary, control and unknown frames alike; the exchange lives on for others."""

    async def send() -> None:
        async with unmoved(tick_rate=0.1) as stub:
            for address in (stub.endpoints.market_ws, stub.endpoints.user_ws):
                reader, writer = await asyncio.open_connection(*address)
                writer.write(
                    b"GET / HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                    b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n"
                )
                assert (await reader.readuntil(b"\r\n\r\n")).startswith(b"HTTP/1.1 101")
                for message in messages:
                    text = message[:60000]
                    size = bytes((0xFE,)) + len(text).to_bytes(2)
                    writer.write(bytes((0x80 | opcode,)) + size + b"\0\0\0\0" + text)
                writer.write(b"\x88\x80\0\0\0\0")
                with suppress(ConnectionError):
                    await asyncio.wait_for(reader.read(), 10)
                writer.close()

    asyncio.run(send())


def test_a_port_that_is_shut_says_so() -> None:
    """An exchange that was stopped leaves no door open."""

    async def once() -> tuple[str, int]:
        async with running() as stub:
            return stub.endpoints.rest

    address = asyncio.run(once())
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(address)


async def test_clients_that_leave_during_the_handshake_are_no_error_of_the_exchange() -> None:
    """They reset behind their request for a WebSocket, whose answer then has nowhere to go."""
    request = (
        b"GET / HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"
    )
    async with unmoved() as stub:
        for _ in range(20):
            _, writer = await asyncio.open_connection(*stub.endpoints.market_ws)
            writer.get_extra_info("socket").setsockopt(
                socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0)
            )
            writer.write(request)
            writer.transport.abort()
        await stub.until("closed", count=20)
