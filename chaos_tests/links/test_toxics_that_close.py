"""The toxics that end connections or hold their end back: `timeout`, `reset_peer`, `limit_data`, `slow_close`."""

from __future__ import annotations

import math
import time
from collections.abc import Sequence
from contextlib import nullcontext

import pytest

from chaos_tests.links.conftest import WireMaker
from chaos_tests.links.table import Table
from chaos_tests.links.wire import (
    CONNECTIONS,
    RECORD,
    TRAFFIC,
    Pair,
    Traffic,
    closed,
    flowing,
    longest_pause,
    still,
    tally,
    until,
)
from downtick.links.toxics import toxic

pytestmark = [pytest.mark.integration, pytest.mark.asyncio(loop_scope="session")]

SILENCE = 150  # ms
LONG_SILENCE = 800  # ms: 40 messages of a feed; even a busy machine sends one in this time
LIMIT = 250  # bytes: two messages and a half
HELD_BACK = 200  # ms


async def test_timeout_on_idle_connections(wire: WireMaker, table: Table) -> None:
    """A timeout closes a connection with FIN after that much silence; what it met on the way is lost."""
    on = await wire()
    before = await on.connect("idle")
    await flowing(before, "idle")
    added = time.monotonic()
    await on.link.add_toxic(toxic("timeout", {"timeout": SILENCE}))
    after = await on.connect("idle")
    await closed(before + after)
    assert tally(end for p in before + after for end in p.ends) == f"{4 * CONNECTIONS} FIN"
    assert min(p.client.closed_at for p in before) - added >= SILENCE / 1000
    assert not any(p.client.received for p in after)
    fault = f"timeout {SILENCE} ms"
    table.saw(fault, "idle", "before", before, f"none; closed after {SILENCE} ms")
    table.saw(fault, "idle", "after", after, f"lost; closed after {SILENCE} ms of silence")


@pytest.mark.parametrize("traffic", ["feed", "saturated"])
async def test_timeout_on_busy_connections(wire: WireMaker, table: Table, traffic: Traffic) -> None:
    """A timeout never closes a feed: each message starts it anew. Its removal does."""
    on = await wire()
    before = await on.connect(traffic)
    await flowing(before, traffic)
    added = time.monotonic()
    await on.link.add_toxic(toxic("timeout", {"timeout": LONG_SILENCE}))
    after = await on.connect(traffic)
    await still(
        lambda: sum(p.client.received for p in before), "what arrives", 1.2 * LONG_SILENCE / 1000
    )
    arrived = [p.client.received for p in before]
    for pair in before + after:
        assert _was_silent(pair, added) or {end.closing for end in pair.ends} == {None}
    assert [p.client.received for p in before] == arrived
    assert not any(p.client.received for p in after)
    async with on.between_messages() if traffic == "feed" else nullcontext():
        await on.link.remove_toxic("timeout_downstream")
        silent = [pair for pair in before + after if _was_silent(pair, added)]
    await closed(before + after)
    if traffic == "feed":
        assert _met(before + after, unread=silent) == {"FIN"}
    chance = "" if traffic == "feed" else " with FIN or RST by chance"
    lost = f"none from then on; never closed; its removal closes{chance}"
    table.saw(f"timeout {LONG_SILENCE} ms", traffic, "before", before, lost)
    table.saw(f"timeout {LONG_SILENCE} ms", traffic, "after", after, lost)


@pytest.mark.parametrize("traffic", TRAFFIC)
async def test_timeout_zero(wire: WireMaker, table: Table, traffic: Traffic) -> None:
    """A timeout of 0 loses every byte and never closes; its removal does."""
    on = await wire()
    before = await on.connect(traffic)
    await flowing(before, traffic)
    await on.link.add_toxic(toxic("timeout", {"timeout": 0}))
    after = await on.connect(traffic)
    await still(lambda: sum(p.client.received for p in before), "what arrives")
    assert tally(end for p in before + after for end in p.ends) == "80 open"
    assert not any(p.client.received for p in after)
    async with on.between_messages() if traffic == "feed" else nullcontext():
        await on.link.remove_toxic("timeout_downstream")
    await closed(before + after)
    if traffic != "saturated":
        assert tally(end for p in before + after for end in p.ends) == "80 FIN"
    chance = " with FIN or RST by chance" if traffic == "saturated" else ""
    lost = f"none from then on; its removal closes{chance}"
    table.saw("timeout 0", traffic, "before", before, lost)
    table.saw("timeout 0", traffic, "after", after, lost)


@pytest.mark.parametrize("traffic", TRAFFIC)
async def test_reset_peer(wire: WireMaker, table: Table, traffic: Traffic) -> None:
    """reset_peer resets new connections at their first message; open ones get a FIN, idle ones nothing."""
    on = await wire()
    before = await on.connect(traffic)
    await flowing(before, traffic)
    added = time.monotonic()
    await on.link.add_toxic(toxic("reset_peer", {"timeout": 0}))
    after = await on.connect(traffic)
    await closed(after)
    assert tally(p.client for p in after) == tally(p.upstream for p in after) == "20 RST"
    assert not any(p.client.received for p in after)
    if traffic == "idle":
        assert tally(end for p in before for end in p.ends) == "40 open"
    else:
        await closed(before)
    if traffic == "feed":
        unread = [pair for pair in before if _messages_since(pair, added) > 1]
        assert _met(before, unread=unread) == {"FIN"}
    told = {
        "idle": "nothing happens",
        "feed": "closed, not reset",
        "saturated": "closed; FIN or RST by chance",
    }
    table.saw("reset_peer 0", traffic, "before", before, told[traffic])
    table.saw("reset_peer 0", traffic, "after", after, "none; reset at the first message")


@pytest.mark.parametrize("traffic", TRAFFIC)
async def test_limit_data(wire: WireMaker, table: Table, traffic: Traffic) -> None:
    """limit_data passes so many bytes on each connection, counted from when it was added, and closes."""
    on = await wire()
    before = await on.connect(traffic)
    await flowing(before, traffic)
    added = time.monotonic()
    await on.link.add_toxic(toxic("limit_data", {"bytes": LIMIT}))
    after = await on.connect(traffic)
    if traffic == "idle":
        await flowing(after, traffic)
        assert tally(end for p in before + after for end in p.ends) == "80 open"
        table.saw(f"limit_data {LIMIT}", traffic, "before", before, "nothing to count")
        table.saw(f"limit_data {LIMIT}", traffic, "after", after, "one message is within the limit")
        return
    await closed(before + after)
    assert {p.client.received for p in after} == {LIMIT}
    if traffic == "feed":
        pairs = before + after
        unread = [p for p in pairs if _messages_since(p, added) > math.ceil(LIMIT / RECORD)]
        assert _met(pairs, unread=unread) == {"FIN"}
        # Whole messages before the toxic was added, then the limit.
        assert {(p.client.received - LIMIT) % RECORD for p in before} == {0}
    assert all(end.intact for p in before + after for end in p.ends)
    chance = "" if traffic == "feed" else "; FIN or RST by chance"
    exact = f"exactly {LIMIT}, then closed{chance}"
    table.saw(
        f"limit_data {LIMIT}", traffic, "before", before, f"{LIMIT} more, then closed{chance}"
    )
    table.saw(f"limit_data {LIMIT}", traffic, "after", after, exact)


@pytest.mark.parametrize("traffic", TRAFFIC)
async def test_slow_close(wire: WireMaker, table: Table, traffic: Traffic) -> None:
    """slow_close passes the upstream's end on later; data is not delayed."""
    on = await wire()
    before = await on.connect(traffic)
    await flowing(before, traffic)
    await on.link.add_toxic(toxic("slow_close", {"delay": HELD_BACK}))
    after = await on.connect(traffic)
    await flowing(after, traffic)
    if traffic != "saturated":
        await on.quiet()
        await until(lambda: all(p.complete for p in before + after), "every byte delivered")
    finished = time.monotonic()
    for pair in before + after:
        pair.upstream.finish()
    await closed(before + after)
    if traffic != "saturated":
        assert tally(end for p in before + after for end in p.ends) == "80 FIN"
    assert min(p.client.closed_at for p in before + after) - finished >= HELD_BACK / 1000
    assert all(end.intact for p in before + after for end in p.ends)
    whole = "what the client sent meanwhile is lost" if traffic == "saturated" else "all arrives"
    late = f"{whole}; the upstream's end arrives {HELD_BACK} ms later"
    table.saw(f"slow_close {HELD_BACK} ms", traffic, "before", before, late)
    table.saw(f"slow_close {HELD_BACK} ms", traffic, "after", after, late)


async def test_heal_of_everything_at_once(wire: WireMaker) -> None:
    """From several faults at once a link is healed to one that listens and passes everything."""
    on = await wire(armed=True)
    await on.link.start("blackhole", {})
    await on.link.start("freeze", {})
    await on.link.start("latency", {"latency": 50}, stream="upstream")
    await on.link.start("down", {})
    await on.link.heal()
    pairs = await on.connect("saturated")
    await flowing(pairs, "saturated")
    await on.link.reset()
    await closed(pairs)
    assert tally(end for p in pairs for end in p.ends) == "40 RST"


def _was_silent(pair: Pair, since: float) -> bool:
    """Return whether a feed paused for so long that a timeout may close it: a busy machine's doing."""
    return longest_pause(pair.upstream, since) >= LONG_SILENCE / 1000


def _messages_since(pair: Pair, since: float) -> int:
    """Return how many messages of a feed have been sent since."""
    return sum(at >= since for at, _ in pair.upstream.writes)


def _met(pairs: Sequence[Pair], *, unread: Sequence[Pair]) -> set[str | None]:
    """Return what the ends of feeds met when they were closed.

    Where a feed sent on while Toxiproxy closed, which a busy machine draws out, that message is unread, and TCP
    tells its sender by a RST. The client, which sends nothing, meets a FIN there too.
    """
    ends = [end for pair in pairs for end in pair.ends]
    excused = {pair.upstream for pair in unread if pair.upstream.closing == "RST"}
    return {end.closing for end in ends if end not in excused}
