"""The streaming client when its connection holds and what comes over it is late, little, wrong or huge."""

from __future__ import annotations

import itertools
from statistics import median

import pytest

from bot_v2.features.brokerages.coinbase.streaming import (
    Gap,
    Message,
    StreamingSettings,
    connection,
)
from chaos_tests.brokerages.steps import live_on, passed, step_done, step_healed, stood_until
from chaos_tests.brokerages.watch import Make, moment, watching
from downtick.rig import Rig

pytestmark = [pytest.mark.integration, pytest.mark.brokerages]


@pytest.fixture
def reads(monkeypatch: pytest.MonkeyPatch) -> list[tuple[float, int]]:
    """Return when and how much the client's sockets gave at each read."""
    taken: list[tuple[float, int]] = []

    class Counting(connection.Wire):
        def data_received(self, data: bytes) -> None:
            taken.append((self.loop.time(), len(data)))
            super().data_received(data)

    monkeypatch.setattr(connection, "Wire", Counting)
    return taken


@pytest.mark.toxics("streaming/latency-800ms")
async def test_latency_of_800_ms(rig: Rig, make: Make) -> None:
    """Everything comes late, in order, and on one connection."""
    async with watching(rig, make) as watch:
        slow = await step_done(rig, "latency")
        await step_healed(rig, "latency")
        await live_on(watch)
        verdict = await rig.verdict()
    passed(verdict)
    healed = rig.history.select("step_healed", name="latency")[0]
    watch.judge_frames(read_until=stood_until(rig, healed))
    assert watch.losses() == {}
    usual = watch.ages(1, 0.0, slow.at)
    # Removing the toxic lets go at once of what it held.
    late = watch.ages(1, slow.at + rig.scaled(2), healed.at - rig.scaled(1))
    assert median(usual) < 0.5
    assert len(late) > 20
    # A frame seems younger than it is if the exchange had to wait between sending and noting it.
    assert sorted(late)[len(late) // 20] > 0.75


@pytest.mark.toxics("streaming/bandwidth-1kbs")
async def test_bandwidth_of_1_kb_a_second(rig: Rig, make_plain: Make) -> None:
    """A feed that falls behind is left for a new one: no price is older than two ping timeouts."""
    async with watching(rig, make_plain, ("ticker",)) as watch:
        slow = await step_done(rig, "bandwidth")
        healed = await step_healed(rig, "bandwidth")
        await watch.data(since=healed.at + rig.scaled(2), within=5, name="data at full speed")
        await live_on(watch)
        end = rig.now()
        verdict = await rig.verdict()
    passed(verdict)
    watch.judge_frames()
    limit = 2 * StreamingSettings().ping_timeout + 1
    everyone = range(1, watch.client.stats.connects + 1)
    ages = [age for number in everyone for age in watch.ages(number, slow.at, end)]
    assert 2 < max(ages) < limit
    fresh = [age for n in everyone for age in watch.ages(n, healed.at + rig.scaled(3), end)]
    assert median(fresh) < 1.0
    squeezed = [
        m
        for m in watch.messages
        if slow.at + rig.scaled(1) < m.received_at < stood_until(rig, healed)
    ]
    sizes = {(f["conn"], f["seq"]): f["size"] for f in rig.history.select("frame_sent")}
    conns = watch.connections()
    total = sum(sizes[conns[m.connection - 1], m.sequence_num] for m in squeezed)
    assert 0 < total < 1000 * (healed.at - slow.at) / rig.time_scale


@pytest.mark.toxics("streaming/small-slices")
async def test_small_slices(rig: Rig, make_plain: Make, reads: list[tuple[float, int]]) -> None:
    """Frames that come in crumbs are put together again, every one."""
    async with watching(rig, make_plain, ("ticker",)) as watch:
        sliced = await step_done(rig, "slicer")
        healed = await step_healed(rig, "slicer")
        await live_on(watch)
        verdict = await rig.verdict()
    passed(verdict)
    watch.judge_frames(read_until=stood_until(rig, healed))
    assert watch.losses() == {}
    whole = [size for at, size in reads if at < sliced.at]
    crumbs = [size for at, size in reads if sliced.at < at < stood_until(rig, healed)]
    assert median(crumbs) < 200 < median(whole)


@pytest.mark.toxics("streaming/sequence-gap")
async def test_a_sequence_gap_is_told_and_the_book_made_anew(rig: Rig, make: Make) -> None:
    """The consumer hears of the gap, and gets no update of the book before its new snapshot."""
    async with watching(rig, make) as watch:
        await step_done(rig, "sequence_gap")
        gap = await watch.until(
            lambda item: isinstance(item, Gap) and item.reason == "sequence",
            within=5,
            since=rig.history.select("step_asked", name="sequence_gap")[0].at,
            name="the gap is told",
        )
        await watch.until(
            lambda item: isinstance(item, Message) and _is_book(item, "snapshot"),
            within=5,
            since=moment(gap),
            name="a new snapshot",
        )
        await live_on(watch)
        verdict = await rig.verdict()
    passed(verdict)
    assert watch.losses() == {}
    assert len({message.connection for message in watch.messages}) == 1
    lost = {event["seq"] for event in rig.history.select("fault_hit")}
    assert len(lost) == 5
    assert watch.client.stats.missing == 5
    assert not lost & {message.sequence_num for message in watch.messages}
    after = itertools.dropwhile(lambda item: item is not gap, watch.items)
    books = [i for i in after if isinstance(i, Message) and i.channel == "l2_data"]
    assert books[0].type == "snapshot"
    numbers = [message.sequence_num for message in watch.messages]
    assert numbers == sorted(set(numbers))


@pytest.mark.toxics("streaming/out-of-order")
async def test_frames_out_of_order(rig: Rig, make: Make) -> None:
    """A frame that comes after its successor is dropped: no old price follows a newer one."""
    async with watching(rig, make) as watch:
        await step_done(rig, "out_of_order", nth=3)
        await watch.condition(lambda: watch.client.stats.late == 3, within=5, name="three late")
        await live_on(watch)
        verdict = await rig.verdict()
    passed(verdict)
    assert watch.losses() == {}
    numbers = [message.sequence_num for message in watch.messages]
    assert numbers == sorted(set(numbers))
    swapped = {event["seq"] for event in rig.history.select("fault_hit")}
    assert len(swapped) == 3
    assert not swapped & set(numbers)
    assert watch.client.stats.gaps >= 3


@pytest.mark.toxics("streaming/duplicate-frame")
async def test_frames_that_come_twice(rig: Rig, make: Make) -> None:
    """Each is delivered once."""
    async with watching(rig, make, ("ticker", "level2", "market_trades")) as watch:
        await step_done(rig, "duplicate_frame", nth=3)
        await watch.condition(
            lambda: watch.client.stats.duplicates == 3, within=5, name="three duplicates"
        )
        await live_on(watch)
        verdict = await rig.verdict()
    passed(verdict)
    assert watch.losses() == {}
    numbers = [message.sequence_num for message in watch.messages]
    assert numbers == sorted(set(numbers))
    watch.judge_trades()
    sent = [frame["seq"] for frame in rig.history.select("frame_sent")]
    assert len(sent) == len(set(sent)) + 3


@pytest.mark.toxics("streaming/garbage-text")
async def test_garbage_text_is_survived(rig: Rig, make: Make) -> None:
    """Text that is not JSON is counted, and the next frame is delivered."""
    async with watching(rig, make) as watch:
        last = await step_done(rig, "garbage_text", nth=3)
        await watch.data(since=last.at, within=5, name="data after the garbage")
        await live_on(watch)
        verdict = await rig.verdict()
    passed(verdict)
    watch.judge_frames()
    assert watch.losses() == {}
    assert watch.client.stats.malformed == 3
    assert len(rig.history.select("fault_hit")) == 3


@pytest.mark.toxics("streaming/error-message")
async def test_an_error_message_is_survived(rig: Rig, make: Make) -> None:
    """An error while everything is acknowledged is counted, and data goes on."""
    async with watching(rig, make) as watch:
        error = await step_done(rig, "error_message")
        await watch.data(since=error.at, within=5, name="data after the error")
        await live_on(watch)
        verdict = await rig.verdict()
    passed(verdict)
    watch.judge_frames()
    assert watch.losses() == {}
    assert watch.client.stats.errors == 1
    assert len(rig.history.select("fault_hit")) == 1


@pytest.mark.toxics("streaming/snapshot-12mib")
async def test_a_snapshot_of_twelve_mebibytes(rig: Rig, make: Make) -> None:
    """It is taken whole, the connection lives on, and so do tickers."""
    async with watching(rig, make) as watch:
        huge = await step_done(rig, "huge_snapshot")
        book = await watch.until(
            lambda item: isinstance(item, Message) and _is_huge(item),
            within=20,
            since=huge.at,
            name="the huge snapshot",
        )
        # Reading twelve mebibytes of JSON is our own time, and is not scaled.
        await watch.data(since=moment(book), within=60, name="data after the snapshot")
        await live_on(watch)
        verdict = await rig.verdict()
    passed(verdict)
    watch.judge_frames()
    assert watch.losses() == {}
    assert isinstance(book, Message)
    sent = rig.history.first("frame_sent", seq=book.sequence_num, channel="l2_data")
    assert sent is not None
    assert sent["size"] >= 12 * 2**20


def _is_huge(message: Message) -> bool:
    """Whether this is a padded book: a client that lost it is shown an ordinary one when the fault is over."""
    return _is_book(message, "snapshot") and len(message.events[0]["updates"]) > 50_000


def _is_book(message: Message, kind: str) -> bool:
    return message.channel == "l2_data" and message.type == kind
