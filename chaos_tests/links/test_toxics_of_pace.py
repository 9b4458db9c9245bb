"""The toxics that keep the connection and change its pace: `latency`, `bandwidth`, `slicer`."""

from __future__ import annotations

import time

import pytest

from chaos_tests.links.conftest import WireMaker
from chaos_tests.links.table import Table
from chaos_tests.links.wire import RECORD, TRAFFIC, Pair, Traffic, flowing, tally, until
from downtick.links.toxics import toxic

pytestmark = [pytest.mark.integration, pytest.mark.asyncio(loop_scope="session")]

MILLISECONDS = 120
RATE = 2  # KB/s: a feed of 5 KB/s is more than it passes
SLICE = 10


def talking(before: list[Pair], after: list[Pair], traffic: Traffic) -> list[Pair]:
    """Return the connections on which something flows after the toxic was added."""
    return after if traffic == "idle" else before + after


@pytest.mark.parametrize("traffic", TRAFFIC)
async def test_latency(wire: WireMaker, table: Table, traffic: Traffic) -> None:
    """Latency delays what is sent, on open and new connections; connecting is not delayed."""
    on = await wire()
    before = await on.connect(traffic)
    await flowing(before, traffic)
    await on.link.add_toxic(toxic("latency", {"latency": MILLISECONDS}))
    added = time.monotonic()
    after = await on.connect(traffic)
    connected = time.monotonic() - added
    pairs = talking(before, after, traffic)

    def delays(pair: Pair) -> list[float]:
        return [late for at, late in pair.client.delays_of(pair.upstream) if at > added]

    await until(lambda: all(delays(p) for p in pairs), "a delayed message on each")
    shortest = min(min(delays(p)) for p in pairs)
    assert shortest >= MILLISECONDS / 1000
    assert connected < len(after) * MILLISECONDS / 1000
    await on.quiet()
    await until(lambda: all(p.complete for p in before + after), "every byte delivered")
    assert all(end.intact for p in before + after for end in p.ends)
    assert tally(end for p in before + after for end in p.ends) == "80 open"
    late = f"all arrives {MILLISECONDS} ms later or more; connecting is not delayed"
    fault = f"latency {MILLISECONDS} ms"
    table.saw(fault, traffic, "before", before, "nothing to delay" if traffic == "idle" else late)
    table.saw(fault, traffic, "after", after, late)


@pytest.mark.parametrize("traffic", TRAFFIC)
async def test_bandwidth(wire: WireMaker, table: Table, traffic: Traffic) -> None:
    """Bandwidth paces each connection by itself, open or new; what it holds arrives when it is removed."""
    on = await wire()
    before = await on.connect(traffic)
    await flowing(before, traffic)
    await on.link.add_toxic(toxic("bandwidth", {"rate": RATE}))
    after = await on.connect(traffic)
    pairs = talking(before, after, traffic)
    if traffic == "saturated":
        # What had passed the toxic before it was added is still under way.
        await until(lambda: all(paced(p) for p in pairs), "the toxic is all that passes data")
    start = time.monotonic()
    position = {p: p.client.received for p in pairs}
    if traffic != "idle":
        goal = RATE * 1000 * 0.5
        await until(
            lambda: all(p.client.received - position[p] >= goal for p in pairs),
            "half a second's worth of data on each",
        )
        seconds = time.monotonic() - start
        passed = [p.client.received - position[p] for p in pairs]
        assert max(passed) <= 1.5 * RATE * 1000 * seconds + RECORD
        assert seconds < 2.0
    else:
        await flowing(after, traffic)
    await on.link.remove_toxic("bandwidth_downstream")
    await on.quiet()
    await until(lambda: all(p.complete for p in before + after), "every byte delivered")
    assert all(end.intact for p in before + after for end in p.ends)
    assert tally(end for p in before + after for end in p.ends) == "80 open"
    slow = f"{RATE} KB/s on each connection; the rest when it is removed"
    fault = f"bandwidth {RATE} KB/s"
    table.saw(fault, traffic, "before", before, "nothing to pace" if traffic == "idle" else slow)
    quick = "one message passes at once" if traffic == "idle" else slow
    table.saw(fault, traffic, "after", after, quick)


def paced(pair: Pair) -> bool:
    """Whether the client's last reads were slices of 100 ms, which is how the toxic passes data."""
    return bool(pair.client.reads) and all(
        b[1] - a[1] <= RATE * 100
        for a, b in zip(pair.client.reads[-3:], pair.client.reads[-2:], strict=False)
    )


@pytest.mark.parametrize("traffic", TRAFFIC)
async def test_slicer(wire: WireMaker, table: Table, traffic: Traffic) -> None:
    """Slicer cuts what is sent into small pieces, on open and new connections, and loses nothing."""
    on = await wire()
    before = await on.connect(traffic)
    await flowing(before, traffic)
    await on.link.add_toxic(
        toxic("slicer", {"average_size": SLICE, "size_variation": 0, "delay": 10_000})
    )
    after = await on.connect(traffic)
    pairs = talking(before, after, traffic)

    def pieces(pair: Pair) -> int:
        steps = zip([(0.0, 0), *pair.client.reads], pair.client.reads, strict=False)
        return sum(b[1] - a[1] <= SLICE for a, b in steps)

    await until(lambda: all(pieces(p) >= 5 for p in pairs), "five small pieces on each")
    await on.link.remove_toxic("slicer_downstream")
    await on.quiet()
    await until(lambda: all(p.complete for p in before + after), "every byte delivered")
    assert all(end.intact for p in before + after for end in p.ends)
    assert tally(end for p in before + after for end in p.ends) == "80 open"
    small = f"all arrives, in pieces of about {SLICE} bytes"
    fault = f"slicer {SLICE} bytes"
    table.saw(fault, traffic, "before", before, "nothing to cut" if traffic == "idle" else small)
    table.saw(fault, traffic, "after", after, small)
