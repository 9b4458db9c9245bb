from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
import websockets

from chaos_tests.exchange.stub import connected, get, read_until, running, tls_pair, url

pytestmark = pytest.mark.integration


@pytest.mark.parametrize(
    ("status", "body", "kind"),
    [
        (429, "json", "application/json"),
        (500, "text", "text/plain"),
        (503, "html", "text/html"),
    ],
)
async def test_a_refused_handshake_has_status_and_body(status: int, body: str, kind: str) -> None:
    """New connections are turned away, the open one flows on, and afterwards all get in."""
    async with running() as stub, connected(stub, "ticker") as old:
        attributes = {"status": status, "body": body, "retry_after": 3}
        handle = await stub.exchange.start_fault("refuse_upgrade", attributes, {})
        with pytest.raises(websockets.InvalidStatus) as refused:
            async with connected(stub):
                pass
        response = refused.value.response
        assert response.status_code == status
        assert response.headers["Content-Type"].startswith(kind)
        assert response.headers["Retry-After"] == "3"
        await read_until(old, sequence_num=20)
        await stub.exchange.stop_fault(handle)
        async with connected(stub, "ticker") as new:
            await read_until(new, sequence_num=3)
        event = await stub.until("refused")
        assert (event["conn"], event["status"], event["fault"]) == (2, status, handle)


async def test_refused_connections_are_reset_and_old_ones_flow() -> None:
    """Only the door that was named takes nobody new."""
    async with running() as stub, connected(stub, "ticker") as old:
        handle = await stub.exchange.start_fault("refuse_connections", {}, {})
        with pytest.raises((ConnectionResetError, websockets.InvalidMessage)):
            async with connected(stub):
                pass
        assert (await get(stub, "/api/v3/brokerage/time"))[0] == 200
        await read_until(old, sequence_num=20)
        await stub.exchange.stop_fault(handle)
        async with connected(stub, "ticker") as new:
            await read_until(new, sequence_num=3)
        assert (await stub.until("fault_off"))["hits"] == 1
        assert (await stub.until("refused"))["how"] == "refuse"


@pytest.mark.parametrize("encrypted", [False, True])
async def test_a_connection_that_hangs_hears_nothing(encrypted: bool, tmp_path: Path) -> None:
    """Accepted, and then not a byte: no TLS hello, no HTTP answer, also after the fault has ended."""
    config, context = tls_pair(tmp_path)
    async with running(**config) as stub, connected(stub, "ticker") as old:
        handle = await stub.exchange.start_fault("refuse_connections", {"how": "hang"}, {})
        address = url(stub.endpoints.market_ws, "wss" if encrypted else "ws")
        waiting = asyncio.ensure_future(
            websockets.connect(
                address, ssl=context if encrypted else None, proxy=None, open_timeout=0.3
            ).__aenter__()
        )
        await stub.until("fault_hit")
        await read_until(old, sequence_num=10)
        await stub.exchange.stop_fault(handle)
        with pytest.raises(TimeoutError):
            await waiting
        closed = await stub.until("closed", conn=2)
        assert closed["by"] == "bot"


async def test_the_second_handshake_only() -> None:
    """A selector counts handshakes."""
    async with running() as stub:
        await stub.exchange.start_fault("refuse_upgrade", {"status": 503}, {"nth": 2})
        async with connected(stub):
            pass
        with pytest.raises(websockets.InvalidStatus):
            async with connected(stub):
                pass
        async with connected(stub):
            pass
