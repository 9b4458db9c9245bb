from __future__ import annotations

import asyncio

import pytest

from chaos_tests.exchange.stub import connected, read, read_until, running
from chaos_tests.exchange.wire import WireClient

pytestmark = pytest.mark.integration


async def test_after_three_ticks_means_three() -> None:
    """With hold, the third tick has been read and no fourth one was sent when the step is played."""
    async with running(time_scale=0.005) as stub:
        at_step: list[int] = []

        async def step() -> None:
            at_step.append(len(stub.frames(channel="ticker")))
            await asyncio.sleep(0.05)
            at_step.append(len(stub.frames(channel="ticker")))

        stub.exchange.when("exchange.ticks", 3, step, hold=True)
        async with connected(stub, "ticker") as client:
            frames = await read_until(client, sequence_num=30)
    assert at_step == [3, 3]
    assert [frame["sequence_num"] for frame in frames] == list(range(31))


async def test_hold_keeps_every_connection_waiting() -> None:
    """Neither a second client, nor heartbeats, nor acknowledgements slip through."""
    async with running(time_scale=0.005) as stub, connected(stub, "ticker", "heartbeats") as other:
        await read_until(other, channel="heartbeats")
        sent: list[int] = []

        async def step() -> None:
            sent.append(len(stub.frames()))
            async with connected(stub, "level2"):
                await asyncio.sleep(0.05)
            sent.append(len(stub.frames()))

        stub.exchange.when("exchange.ticks", 1, step, hold=True)
        await stub.until("released")
        assert sent[0] == sent[1]
        last = stub.frames(conn=1)[-1]["seq"]
        await read_until(other, sequence_num=last + 20)


async def test_an_error_keeps_its_place_in_line() -> None:
    """What a client does wrong during a hold is answered after it."""
    async with running(time_scale=0.01) as stub:
        answered: list[int] = []

        async def step() -> None:
            await client.send("nonsense")
            await stub.until("frame_received", type="refused")
            answered.append(len(stub.frames(type="error")))

        stub.exchange.when("exchange.ticks", 2, step, hold=True)
        async with connected(stub, "ticker") as client:
            frames = await read_until(client, type="error")
    assert answered == [0]
    assert [frame["sequence_num"] for frame in frames[:-1]] == list(range(len(frames) - 1))


async def test_a_bot_that_does_not_read_is_not_waited_for_forever() -> None:
    """The deadline passes, the journal says so, and the step is played."""
    async with running(time_scale=0.01) as stub:
        played = asyncio.Event()

        async def step() -> None:
            played.set()

        stub.exchange.when("exchange.ticks", 1, step, hold=True)
        client = WireClient(None)  # never answers a ping
        await client.connect(*stub.endpoints.market_ws)
        client.say(b'{"type":"subscribe","channel":"ticker"}')
        expired = await stub.until("hold_expired")
        await stub.until("released")
        client.close()
    assert played.is_set()
    triggered = stub.history.first("triggered")
    assert triggered is not None
    assert expired["conn"] == 1
    assert 0.2 <= expired.at - triggered.at < 1.0


async def test_a_step_that_fails_releases_the_feed() -> None:
    """What the step raised is in the journal, and frames flow again."""
    async with running(time_scale=0.01) as stub:

        async def step() -> None:
            raise RuntimeError("no such link")

        stub.exchange.when("exchange.frames", 2, step, hold=True)
        async with connected(stub, "ticker") as client:
            await read_until(client, sequence_num=10)
        assert "no such link" in (await stub.until("step_failed"))["error"]


async def test_a_trigger_counts_from_where_it_was_laid() -> None:
    """Frames sent before do not count; without hold the feed goes on."""
    async with running(time_scale=0.01) as stub, connected(stub, "ticker") as client:
        await read_until(client, sequence_num=10)
        fired = asyncio.Event()

        async def step() -> None:
            fired.set()

        before = len(stub.frames(channel="ticker"))
        stub.exchange.when("exchange.ticks", 5, step)
        triggered = await stub.until("triggered")
        counted = [e for e in stub.frames(channel="ticker") if e.at <= triggered.at]
        assert len(counted) == before + 5
        assert fired.is_set() or await fired.wait()


@pytest.mark.parametrize(
    ("counter", "subscribes_to"),
    [
        ("exchange.trades", "market_trades"),
        ("exchange.heartbeats", "heartbeats"),
        ("exchange.connections", "ticker"),
        ("exchange.subscriptions", "ticker"),
        ("exchange.frames", "ticker"),
    ],
)
async def test_every_feed_counter_fires(counter: str, subscribes_to: str) -> None:
    """Whatever a profile may count does count."""
    async with running(time_scale=0.02) as stub:

        async def step() -> None:
            pass

        stub.exchange.when(counter, 1, step, hold=True)
        async with connected(stub, subscribes_to) as client:
            await stub.until("released")
            assert (await read(client))["sequence_num"] == 0
