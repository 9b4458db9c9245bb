from __future__ import annotations

import asyncio
import json
from itertools import pairwise
from typing import Any

import pytest
import websockets

from chaos_tests.exchange.stub import DEADLINE, Stub, connected, read, read_until, running

pytestmark = pytest.mark.integration


async def _sequences(client: websockets.ClientConnection, count: int) -> list[int]:
    return [(await read(client))["sequence_num"] for _ in range(count)]


async def _begin(stub: Stub, client: websockets.ClientConnection, name: str, **more: Any) -> int:
    """Let the feed flow, then start a fault."""
    await read_until(client, sequence_num=5)
    return await stub.exchange.start_fault(name, more, {})


async def test_data_silence_leaves_heartbeats_and_pongs_and_no_hole() -> None:
    """The feed looks alive, the sequence has no gap, and the journal counts what was left out."""
    async with running() as stub, connected(stub, "ticker", "heartbeats") as client:
        handle = await _begin(stub, client, "data_silence")
        on = await stub.until("fault_on")
        await stub.until("fault_hit", count=10)
        async with asyncio.timeout(DEADLINE):
            await (await client.ping())
        await stub.until("frame_sent", channel="heartbeats", count=4)
        await stub.exchange.stop_fault(handle)
        off = await stub.until("fault_off")
        silent = [e["channel"] for e in stub.frames() if on.at < e.at < off.at]
        assert set(silent) == {"heartbeats"}
        assert off["hits"] == len(stub.history.select("fault_hit")) >= 10
        frames = await read_until(client, sequence_num=30)
    numbers = [frame["sequence_num"] for frame in frames]
    assert numbers == list(range(6, 31))


async def test_data_silence_of_one_channel_leaves_the_others() -> None:
    """Only the channels named fall silent."""
    async with running() as stub, connected(stub, "ticker", "level2") as client:
        await _begin(stub, client, "data_silence", channels=["ticker"])
        on = await stub.until("fault_on")
        await stub.until("fault_hit", count=5)
        await stub.until("frame_sent", channel="l2_data", count=60)
        after = {e["channel"] for e in stub.frames() if e.at > on.at}
    assert after == {"l2_data"}


async def test_a_book_that_missed_something_is_shown_anew_after_a_silence() -> None:
    """A level2 client never keeps a wrong book that nothing gives away."""
    async with running() as stub, connected(stub, "level2") as client:
        handle = await _begin(stub, client, "data_silence")
        await stub.until("fault_hit", count=3)
        before = len(stub.frames())
        await stub.exchange.stop_fault(handle)
        first = await stub.until("frame_sent", count=before + 1)
    assert (first["channel"], first["type"]) == ("l2_data", "snapshot")


async def test_heartbeat_silence_leaves_data() -> None:
    """Data goes on, no heartbeat comes."""
    async with running() as stub, connected(stub, "ticker", "heartbeats") as client:
        await _begin(stub, client, "heartbeat_silence")
        on = await stub.until("fault_on")
        await stub.until("fault_hit", count=3)
        after = [e["channel"] for e in stub.frames() if e.at > on.at]
    assert set(after) == {"ticker"}


async def test_a_sequence_gap_is_as_wide_as_asked() -> None:
    """Three numbers are missing, once, on every connection that was open."""
    async with (
        running() as stub,
        connected(stub, "ticker") as one,
        connected(stub, "ticker") as two,
    ):
        await read_until(two, sequence_num=2)
        await _begin(stub, one, "sequence_gap", frames=3)
        off = await stub.until("fault_off")
        for last, client in ((5, one), (2, two)):
            steps = [b - a for a, b in pairwise([last, *await _sequences(client, 40)])]
            assert sorted(steps)[-2:] == [1, 4]
        assert (off["hits"], off["matched"]) == (6, True)


async def test_a_duplicate_is_one_frame_twice() -> None:
    """Byte for byte, sequence number and all; the journal has both."""
    async with running() as stub, connected(stub, "ticker") as client:
        await _begin(stub, client, "duplicate_frame")
        hit = await stub.until("fault_hit")
        numbers = [5, *await _sequences(client, 40)]
        assert [b for a, b in pairwise(numbers) if a == b] == [hit["seq"]]
        assert len(stub.frames(seq=hit["seq"])) == 2


async def test_out_of_order_swaps_two_frames() -> None:
    """A frame is overtaken by its successor; none is lost."""
    async with running() as stub, connected(stub, "ticker") as client:
        await _begin(stub, client, "out_of_order")
        hit = await stub.until("fault_hit")
        numbers = [5, *await _sequences(client, 40)]
    late = hit["seq"]
    place = numbers.index(late)
    assert numbers[place - 1 : place + 2] == [late + 1, late, late + 2]
    assert sorted(numbers) == list(range(5, 46))


@pytest.mark.parametrize("code", [1000, 1001, 1011, 1012, 4999])
async def test_a_close_code_arrives(code: int) -> None:
    """The client sees code and reason."""
    async with running() as stub, connected(stub, "ticker") as client:
        await _begin(stub, client, "close_code", code=code, reason="maintenance")
        async with asyncio.timeout(DEADLINE):
            await client.wait_closed()
        assert (client.close_code, client.close_reason) == (code, "maintenance")
        closed = await stub.until("closed")
        assert (closed["by"], closed["how"], closed["code"]) == ("fault", "close_frame", code)


@pytest.mark.parametrize(("name", "more"), [("abort", {}), ("close_code", {"code": 1006})])
async def test_an_abort_is_a_reset_without_close_frame(name: str, more: dict[str, Any]) -> None:
    """The kernel of the client sees an RST; the client reports 1006."""
    async with running() as stub, connected(stub, "ticker") as client:
        await _begin(stub, client, name, **more)
        with pytest.raises(websockets.ConnectionClosedError) as lost:
            await read_until(client, sequence_num=None)
        assert isinstance(lost.value.__cause__, ConnectionResetError)
        assert client.close_code == 1006
        assert (await stub.until("closed"))["how"] == "abort"


async def test_an_error_message_has_no_envelope_and_takes_no_number() -> None:
    """The feed goes on as if nothing had been."""
    async with running() as stub, connected(stub, "ticker") as client:
        await _begin(stub, client, "error_message", message="please slow down")
        frames = await read_until(client, type="error")
        assert frames[-1] == {"type": "error", "message": "please slow down"}
        after = await read(client)
    assert after["sequence_num"] == 5 + len(frames)


async def test_garbage_text_is_not_json() -> None:
    """One frame of it, in the middle of the feed."""
    async with running() as stub, connected(stub, "ticker") as client:
        await _begin(stub, client, "garbage_text", text="<html>")
        with pytest.raises(json.JSONDecodeError):
            await read_until(client, sequence_num=100)
        assert (await read(client))["channel"] == "ticker"


async def test_a_huge_snapshot_comes_at_once_and_stays_sorted() -> None:
    """Open subscriptions get one; it is a book that a client can load."""
    async with running() as stub, connected(stub, "level2") as client:
        await _begin(stub, client, "huge_snapshot", bytes=2_000_000)
        event = await stub.until("fault_hit")
        while True:
            text = await client.recv()
            if len(text) > 1_000_000:
                break
    assert event["size"] >= 2_000_000
    assert len(text) >= 2_000_000
    updates = json.loads(text)["events"][0]["updates"]
    offers = [float(level["price_level"]) for level in updates if level["side"] == "offer"]
    assert offers == sorted(offers)


async def test_a_fault_that_met_nobody_says_so() -> None:
    """No connection was open: no hits, and the journal says that it never matched."""
    async with running() as stub:
        await stub.exchange.start_fault("close_code", {"code": 1001}, {})
        off = await stub.until("fault_off")
    assert (off["hits"], off["matched"]) == (0, False)


async def test_a_product_selector_strikes_that_product_only() -> None:
    """Ethereum falls silent, bitcoin goes on."""
    both = ("BTC-USD", "ETH-USD")
    async with running() as stub, connected(stub, "ticker", products=both) as client:
        await read_until(client, sequence_num=5)
        await stub.exchange.start_fault("data_silence", {}, {"product": "ETH-USD"})
        on = await stub.until("fault_on")
        await stub.until("fault_hit", count=5)
        seen = {name for e in stub.frames() if e.at > on.at for name in e["products"]}
    assert seen <= {"BTC-USD"}
