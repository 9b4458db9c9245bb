"""Doors that are slow, full, gone for a while or half broken, as a client on a socket meets them."""

from __future__ import annotations

import asyncio
import ssl
from pathlib import Path
from time import monotonic
from typing import Any

import pytest
import trustme
import websockets

from chaos_tests.exchange.stub import (
    DEADLINE,
    Stub,
    connected,
    get,
    read,
    read_until,
    running,
    tls_pair,
    url,
)
from chaos_tests.exchange.trader import BASE, listening, place

pytestmark = pytest.mark.integration


@pytest.mark.parametrize("encrypted", [False, True])
async def test_a_handshake_takes_its_time(encrypted: bool, tmp_path: Path) -> None:
    """Plain or TLS: the connection is made at once, its handshake waits, and then all is well; old ones flow."""
    config, context = tls_pair(tmp_path)
    async with running(**config) as stub, connected(stub, "ticker") as old:
        await read_until(old, sequence_num=2)
        await stub.exchange.start_fault("slow_accept", {"delay": 0.4}, {"once": True})
        address = url(stub.endpoints.market_ws, "wss" if encrypted else "ws")
        waits = []
        for _ in range(2):
            start = monotonic()
            async with websockets.connect(
                address, ssl=context if encrypted else None, proxy=None, close_timeout=0.2
            ):
                waits.append(monotonic() - start)
        assert waits[0] >= 0.4
        await read_until(old, sequence_num=10)
        (hit,) = stub.history.select("fault_hit")
        assert hit["conn"] == 2
        upgraded = await stub.until("upgraded", conn=2)
        accepted = await stub.until("accepted", conn=2)
        assert upgraded.at - accepted.at >= 0.4


async def test_a_full_door_takes_the_next_one_when_somebody_left() -> None:
    """429 for one too many; the open ones flow, and other doors are not full."""
    async with running(check_auth=False) as stub, connected(stub, "ticker") as one:
        await stub.exchange.start_fault("connection_limit", {"most": 2, "body": "text"}, {})
        async with connected(stub, "ticker") as two:
            await read_until(two, sequence_num=2)
            for _ in range(2):
                with pytest.raises(websockets.InvalidStatus) as refused:
                    async with connected(stub):
                        pass
                assert refused.value.response.status_code == 429
            await read_until(one, sequence_num=10)
            async with listening(stub, "heartbeats") as user:
                await read(user)
        await stub.until("closed", conn=2)
        async with connected(stub, "ticker") as three:
            await read_until(three, sequence_num=2)
        hits = stub.history.select("fault_hit")
        assert [(event["conn"], event["open"]) for event in hits] == [(3, 2), (4, 2)]


async def _closed(client: websockets.ClientConnection) -> tuple[int | None, str | None]:
    async with asyncio.timeout(DEADLINE):
        await client.wait_closed()
    return client.close_code, client.close_reason


async def test_a_restart_sends_everybody_away_and_keeps_the_orders() -> None:
    """1001 on both feeds, nobody gets in meanwhile, then numbers from 0 and the order as it was."""
    async with running(check_auth=False) as stub:
        await place(stub, "a")
        async with connected(stub, "ticker") as prices, listening(stub, "user") as user:
            await read_until(prices, sequence_num=3)
            await read(user)
            handle = await stub.exchange.start_fault("scheduled_restart", {}, {})
            assert await _closed(prices) == await _closed(user) == (1001, "going away")
        for _ in range(2):
            with pytest.raises((OSError, websockets.InvalidMessage)):
                async with connected(stub):
                    pass
        reader, writer = await asyncio.open_connection(*stub.endpoints.rest)
        with pytest.raises(ConnectionResetError):
            await reader.read()
        writer.close()
        await stub.exchange.stop_fault(handle)
        off = await stub.until("fault_off")
        async with connected(stub, "ticker") as prices, listening(stub, "user") as user:
            assert (await read(prices))["sequence_num"] == 0
            snapshot = await read(user)
            assert snapshot["sequence_num"] == 0
            orders = snapshot["events"][0]["orders"]
            assert [(o["client_order_id"], o["status"]) for o in orders] == [("a", "OPEN")]
        closed = stub.history.select("closed", by="fault", fault=handle)
        assert {event["code"] for event in closed if event["how"] == "close_frame"} == {1001}
        assert off["hits"] == len(closed) == 5


async def test_a_restart_ends_an_idle_rest_connection_too() -> None:
    """A kept-alive connection is closed; its client finds out by itself."""
    async with running() as stub:
        reader, writer = await asyncio.open_connection(*stub.endpoints.rest)
        writer.write(b"GET /api/v3/brokerage/time HTTP/1.1\r\nHost: x\r\n\r\n")
        await reader.readuntil(b"\r\n\r\n")
        handle = await stub.exchange.start_fault("scheduled_restart", {}, {})
        async with asyncio.timeout(DEADLINE):
            await reader.read()
        writer.close()
        closed = await stub.until("closed", conn=1)
        assert (closed["by"], closed["how"], closed["fault"]) == ("fault", "eof", handle)


def _two_leaves(folder: Path) -> tuple[dict[str, Any], ssl.SSLContext]:
    """Return an exchange's configuration with two certificates of one authority, and a client's that trusts it."""
    authority = trustme.CA()
    config: dict[str, Any] = {}
    for before in ("", "next_"):
        leaf = authority.issue_cert("127.0.0.1")
        chain, key = folder / f"{before}chain.pem", folder / f"{before}key.pem"
        chain.write_bytes(b"".join(pem.bytes() for pem in leaf.cert_chain_pems))
        key.write_bytes(leaf.private_key_pem.bytes())
        config |= {f"{before}certificate": chain, f"{before}private_key": key}
    context = ssl.create_default_context()
    authority.configure_trust(context)
    return config, context


async def _serial(stub: Stub, context: ssl.SSLContext) -> Any:
    """Return the serial number of the certificate that a new client is shown."""
    _, writer = await asyncio.open_connection(*stub.endpoints.market_ws, ssl=context)
    serial = writer.get_extra_info("peercert")["serialNumber"]
    writer.close()
    return serial


async def test_a_restart_may_bring_another_certificate(tmp_path: Path) -> None:
    """Which the same authority signed: who trusts it connects, who pinned the old one sees another."""
    config, context = _two_leaves(tmp_path)
    async with running(**config) as stub:
        before = await _serial(stub, context)
        assert await _serial(stub, context) == before
        handle = await stub.exchange.start_fault("scheduled_restart", {"new_certificate": True}, {})
        await stub.exchange.stop_fault(handle)
        after = await _serial(stub, context)
        assert after != before
        assert await _serial(stub, context) == after
        assert {e["listener"] for e in stub.history.select("certificate_changed")} >= {
            *("rest", "market_ws", "user_ws")
        }


async def test_half_of_the_connections_fall_silent() -> None:
    """Every second one, new ones included; the others flow without a gap."""
    async with running() as stub:
        async with connected(stub, "ticker") as one, connected(stub, "ticker") as two:
            await read_until(one, sequence_num=2)
            await read_until(two, sequence_num=2)
            await stub.exchange.start_fault("data_silence", {"share": 0.5}, {})
            async with connected(stub, "ticker") as three, connected(stub, "ticker") as four:
                frames = [await read_until(client, sequence_num=20) for client in (two, four)]
                for client in (one, three):
                    async with asyncio.timeout(DEADLINE):
                        await (await client.ping())
        for numbers in ([frame["sequence_num"] for frame in found] for found in frames):
            assert numbers == list(range(numbers[0], 21))
        assert {event["channel"] for event in stub.frames(conn=3)} == {"subscriptions"}
        silent = {event["conn"] for event in stub.history.select("fault_hit")}
        assert silent == {1, 3}


async def _is_refused(stub: Stub) -> bool:
    """Connect once, and return whether the handshake was refused; a feed that was let in must flow."""
    try:
        async with connected(stub, "ticker") as new:
            await read(new)
    except websockets.InvalidStatus:
        return True
    return False


async def test_half_of_the_connections_are_cut_and_half_of_the_new_ones_refused() -> None:
    """Half of the servers are gone: who lost his connection gets another one at the second attempt."""
    async with (
        running() as stub,
        connected(stub, "ticker") as one,
        connected(stub, "ticker") as two,
    ):
        await read_until(one, sequence_num=2)
        await read_until(two, sequence_num=2)
        await stub.exchange.start_fault("refuse_upgrade", {"share": 0.5}, {})
        await stub.exchange.start_fault("abort", {"share": 0.5}, {})
        assert (await _closed(one))[0] == 1006
        await read_until(two, sequence_num=20)
        refused = [await _is_refused(stub) for _ in range(4)]
        assert refused == [True, False, True, False]
        assert len(stub.history.select("fault_hit", name="refuse_upgrade")) == 2
        assert [e["conn"] for e in stub.history.select("fault_hit", name="abort")] == [1]


async def test_a_silent_product_is_missing_in_a_new_subscription_too() -> None:
    """Its socket lives, its neighbour flows, and nothing at all is told of it, not even a snapshot."""
    both = ("BTC-USD", "ETH-USD")
    async with running() as stub:
        silence = await stub.exchange.start_fault("data_silence", {}, {"product": "ETH-USD"})
        async with connected(stub, "ticker", "level2", products=both) as client:
            frames = await read_until(client, sequence_num=40)
        data = [frame for frame in frames if frame["channel"] in {"ticker", "l2_data"}]
        told = str(data)
        assert "BTC-USD" in told
        assert "ETH-USD" not in told
        assert {frame["channel"] for frame in data} == {"ticker", "l2_data"}
        await stub.exchange.stop_fault(silence)
        off = await stub.until("fault_off")
        assert off["hits"] == len(stub.history.select("fault_hit")) > 3


async def test_a_book_has_changed_while_its_client_was_away() -> None:
    """The best levels that it knew are not in the snapshot that it comes back to, and REST agrees."""
    async with running(tick_rate=0.001) as stub:
        async with connected(stub, "level2") as client:
            first = await read(client)
            await stub.exchange.start_fault("close_code", {"code": 1001}, {})
        await stub.exchange.start_fault("changed_book", {"levels": 4}, {"product": "BTC-USD"})
        async with connected(stub, "level2") as client:
            second = await read(client)
        gone = _levels(first, "bid")[:4] + _levels(first, "offer")[:4]
        assert len(gone) == 8
        assert not set(gone) & {*_levels(second, "bid"), *_levels(second, "offer")}
        assert _levels(second, "bid")[0] == _levels(first, "bid")[4]
        _, _, answer = await get(stub, BASE + "/market/product_book?product_id=BTC-USD&limit=1")
        assert f'"price":"{_levels(second, "bid")[0]}"'.encode() in answer
        (off,) = stub.history.select("fault_off", name="changed_book")
        assert off["hits"] == 1


async def test_who_stays_sees_the_book_change() -> None:
    """As an update like any other, so that a client that follows the rules has the true book."""
    async with running(tick_rate=0.001) as stub, connected(stub, "level2") as client:
        first = await read(client)
        await read(client)
        await stub.exchange.start_fault("changed_book", {"levels": 2}, {"product": "BTC-USD"})
        update = await read(client)
        removed = [u for u in update["events"][0]["updates"] if u["new_quantity"] == "0"]
        assert [u["price_level"] for u in removed] == [
            *_levels(first, "bid")[:2],
            *_levels(first, "offer")[:2],
        ]


def _levels(frame: dict[str, Any], side: str) -> list[str]:
    return [u["price_level"] for u in frame["events"][0]["updates"] if u["side"] == side]
