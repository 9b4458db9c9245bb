"""Faults of the feed in the Exchange dialect: the same names, the like channels."""

from __future__ import annotations

import asyncio
import json
from itertools import pairwise
from typing import Any

import pytest
import websockets

from chaos_tests.exchange.pro_client import following, subscribe
from chaos_tests.exchange.stub import DEADLINE, Stub, read, read_until, running

pytestmark = pytest.mark.integration


async def _begin(
    stub: Stub, client: websockets.ClientConnection, name: str, **more: Any
) -> dict[str, Any]:
    """Let the feed flow, then start a fault, and return the last message before."""
    messages = [await read(client) for _ in range(5)]
    await stub.exchange.start_fault(name, more, {})
    return messages[-1]


async def _follow(
    stub: Stub, client: websockets.ClientConnection, member: str, name: str, **more: Any
) -> list[int]:
    """Start a fault in the midst of the feed, and return a member of the messages around its hits."""
    last = await _begin(stub, client, name, **more)
    return [last[member], *[(await read(client))[member] for _ in range(60)]]


async def test_a_sequence_gap_is_a_hole_in_full() -> None:
    """Three messages are missing, once."""
    async with running() as stub, following(stub, "full") as client:
        numbers = await _follow(stub, client, "sequence", "sequence_gap", frames=3)
        off = await stub.until("fault_off")
    steps = [b - a for a, b in pairwise(numbers)]
    assert sorted(steps)[-2:] == [1, 4]
    assert off["hits"] == 3


async def test_a_gap_in_matches_is_a_missing_trade() -> None:
    """The sequence tells nothing there; the trade id does."""
    async with running(tick_rate=100.0) as stub, following(stub, "matches") as client:
        trades = await _follow(stub, client, "trade_id", "sequence_gap", frames=2)
    steps = [b - a for a, b in pairwise(trades)]
    assert sorted(steps)[-2:] == [1, 3]


async def test_a_duplicate_is_one_message_twice() -> None:
    """Letter by letter."""
    async with running() as stub, following(stub, "full") as client:
        numbers = await _follow(stub, client, "sequence", "duplicate_frame")
    assert sum(a == b for a, b in pairwise(numbers)) == 1


async def test_out_of_order_swaps_two_messages() -> None:
    """None is lost."""
    async with running() as stub, following(stub, "full") as client:
        numbers = await _follow(stub, client, "sequence", "out_of_order")
    assert sorted(numbers) == list(range(min(numbers), min(numbers) + 61))
    assert sum(b < a for a, b in pairwise(numbers)) == 1


@pytest.mark.parametrize(
    ("named", "silent", "left"),
    [
        ("level2", {"l2update"}, {"ticker", "match", "heartbeat"}),
        ("market_trades", {"match"}, {"ticker", "l2update", "heartbeat"}),
        ("ticker", {"ticker"}, {"match", "l2update", "heartbeat"}),
    ],
)
async def test_a_silence_of_one_channel_leaves_the_others(
    named: str, silent: set[str], left: set[str]
) -> None:
    """Called as on Advanced Trade."""
    channels = ("ticker", "matches", "level2_batch", "heartbeat")
    async with running(tick_rate=100.0) as stub, following(stub, *channels) as client:
        await _begin(stub, client, "data_silence", channels=[named])
        await stub.until("fault_hit", count=3)
        seen: set[str] = set()
        async with asyncio.timeout(DEADLINE):
            while not left <= seen:
                seen.add((await read(client))["type"])
        on, hits = await stub.until("fault_on"), stub.history.select("fault_hit")
        after = {e["type"] for e in stub.frames() if e.at > on.at}
    assert len(hits) >= 3
    assert not silent & after


@pytest.mark.parametrize("channel", ["level2", "level2_batch"])
async def test_a_book_that_missed_something_is_shown_anew_after_a_silence(channel: str) -> None:
    """Nothing else would tell its client."""
    async with running(tick_rate=100.0) as stub, following(stub, channel) as client:
        await _begin(stub, client, "data_silence")
        handle = (await stub.until("fault_hit", count=3))["handle"]
        before = len(stub.frames())
        await stub.exchange.stop_fault(handle)
        first = await stub.until("frame_sent", count=before + 1)
    assert (first["channel"], first["type"]) == ("l2_data", "snapshot")


async def test_heartbeat_silence_leaves_data() -> None:
    """Heartbeats of every product stop."""
    async with running() as stub, following(stub, "ticker", "heartbeat") as client:
        await _begin(stub, client, "heartbeat_silence")
        on = await stub.until("fault_on")
        await stub.until("fault_hit", count=3)
        await stub.until("frame_sent", channel="ticker", count=5)
        after = {e["type"] for e in stub.frames() if e.at > on.at}
    assert after <= {"ticker"}


@pytest.mark.parametrize("code", [1001, 1012])
async def test_a_close_code_arrives(code: int) -> None:
    """With its reason."""
    async with running() as stub, following(stub, "ticker") as client:
        await _begin(stub, client, "close_code", code=code, reason="maintenance")
        async with asyncio.timeout(DEADLINE):
            await client.wait_closed()
    assert (client.close_code, client.close_reason) == (code, "maintenance")


async def test_an_abort_is_a_reset() -> None:
    """Without a close frame."""
    async with running() as stub, following(stub, "ticker") as client:
        await _begin(stub, client, "abort")
        with pytest.raises(websockets.ConnectionClosedError) as lost:
            await read_until(client, type="")
    assert isinstance(lost.value.__cause__, ConnectionResetError)


async def test_an_error_and_garbage_come_in_the_midst() -> None:
    """And the feed goes on."""
    async with running() as stub, following(stub, "ticker") as client:
        await _begin(stub, client, "error_message", message="please slow down")
        assert (await read_until(client, type="error"))[-1]["message"] == "please slow down"
        await stub.exchange.start_fault("garbage_text", {}, {})
        with pytest.raises(json.JSONDecodeError):
            await read_until(client, type="")
        assert (await read(client))["type"] == "ticker"


@pytest.mark.parametrize("channel", ["level2", "level2_batch"])
async def test_a_huge_snapshot_comes_at_once_and_stays_sorted(channel: str) -> None:
    """It is a book that a client can load."""
    async with running(tick_rate=100.0) as stub, following(stub, channel) as client:
        await _begin(stub, client, "huge_snapshot", bytes=2_000_000)
        async with asyncio.timeout(DEADLINE):
            while len(text := await client.recv()) < 2_000_000:
                pass
    snapshot = json.loads(text)
    asks, bids = ([float(price) for price, _ in snapshot[side]] for side in ("asks", "bids"))
    assert asks == sorted(asks)
    assert bids == sorted(bids, reverse=True)
    assert list(snapshot) == ["type", "product_id", "asks", "bids", "time"]


async def test_a_refused_handshake_and_a_channel_that_is_gone() -> None:
    """The one by HTTP, the other by an error."""
    async with running(dialect="exchange") as stub:
        handle = await stub.exchange.start_fault("refuse_upgrade", {"status": 503}, {})
        with pytest.raises(websockets.InvalidStatus) as refused:
            async with following(stub, "ticker"):
                pass
        assert refused.value.response.status_code == 503
        await stub.exchange.stop_fault(handle)
        gone = {"channels": ["market_trades"], "listener": "market_ws"}
        await stub.exchange.start_fault("channel_gone", gone, {})
        async with following(stub) as client:
            await subscribe(client, "matches")
            error = await read(client)
            assert (error["type"], error["reason"]) == ("error", "matches is not a valid channel")
            await subscribe(client, "ticker")
            assert (await read(client))["type"] == "subscriptions"


async def test_a_hold_keeps_the_feed_until_the_client_has_read() -> None:
    """After three ticks means three ticks."""
    async with running(tick_rate=100.0) as stub, following(stub, "ticker") as client:
        await read_until(client, type="ticker")
        done = asyncio.Event()

        async def step() -> None:
            done.set()

        stub.exchange.when("exchange.ticks", 3, step, hold=True)
        async with asyncio.timeout(DEADLINE):
            reading = asyncio.ensure_future(read_until(client, type=""))
            await done.wait()
            reading.cancel()
        triggered, released = await stub.until("triggered"), await stub.until("released")
        between = [e for e in stub.frames() if triggered.at < e.at < released.at]
    assert between == []
