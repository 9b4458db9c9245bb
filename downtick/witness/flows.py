"""Proofs of the faults that hold bytes back or lose them: freeze, blackhole, latency and bandwidth. Pure.

Each compares two curves: what the writer's end sent, and what arrived at the reader's, who is on the other side of
Toxiproxy.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from statistics import median
from typing import Final, NamedTuple

from downtick.witness.bite import Bite
from downtick.witness.connections import STREAMS, Stream, connections, stream_of
from downtick.witness.curves import Count
from downtick.witness.evidence import EDGE, Evidence, Trace, WireFault
from downtick.witness.lives import Life

SHORTEST: Final = 0.1
"""Seconds of a fault, without its edges, below which looks every 20 ms cannot tell it from a pause."""

SMALLEST_LATENCY: Final = 0.060
"""Seconds below which a delay drowns in the time between two looks."""

_WRITERS: Final = {"downstream": "exchange", "upstream": "bot"}
_READERS: Final = {"downstream": "bot", "upstream": "exchange"}


class _Flow(NamedTuple):
    """One direction while the fault stood.

    Attributes:
        stream: which one.
        offered: bytes that the writer sent, at least.
        came: bytes that arrived.
        owed: of what was sent, that on connections which stood before.
        after: bytes that arrived on these from then on, ever.
    """

    stream: Stream
    offered: int
    came: Count
    owed: int
    after: Count

    @property
    def flat(self) -> bool:
        """Whether surely nothing arrived though something was sent."""
        return self.offered > 0 and self.came.most == 0

    @property
    def made_up(self) -> bool | None:
        """Whether what was sent meanwhile arrived in the end; None if nobody knows."""
        if not self.owed:
            return None
        if self.after.least >= self.owed:
            return True
        return False if self.after.most < self.owed else None


def prove_freeze(fault: WireFault, seen: Evidence) -> Trace:
    """Prove a freeze: nothing came, and all of it came in the end."""
    return _prove_flat(fault, seen, made_up=True)


def prove_blackhole(fault: WireFault, seen: Evidence) -> Trace:
    """Prove a blackhole: nothing came, and it never did."""
    return _prove_flat(fault, seen, made_up=False)


def prove_loss(fault: WireFault, seen: Evidence, stream: Stream) -> Trace:
    """Prove a blackhole of one direction."""
    return _prove_flat(fault, seen, made_up=False, streams=(stream,))


def _prove_flat(
    fault: WireFault, seen: Evidence, *, made_up: bool, streams: Sequence[Stream] = STREAMS
) -> Trace:
    start, end = fault.done + EDGE, fault.end - EDGE
    if end - start < SHORTEST:
        return Trace(
            Bite.UNKNOWN, f"it stood for {fault.end - fault.done:.2f} s, too short to be seen"
        )
    flows = [_flow(stream, fault.link, seen, start, end) for stream in streams]
    flat = [flow for flow in flows if flow.flat]
    moved = [flow for flow in flows if flow.came.least]
    told = "; ".join(
        f"{f.stream} flat for {end - start:.2f} s while {f.offered} bytes were sent" for f in flat
    )
    if moved:
        came = "; ".join(f"{f.came.least} bytes came {f.stream}" for f in moved)
        return Trace(
            Bite.BIT_OTHERWISE if flat else Bite.DID_NOT_BITE, "; ".join(filter(None, (told, came)))
        )
    if not flat:
        if any(flow.came.most for flow in flows):
            return Trace(Bite.UNKNOWN, "nobody looked often enough to tell whether anything came")
        return Trace(Bite.DID_NOT_BITE, "an idle link: nothing was sent while it stood")
    owing = [flow for flow in flat if flow.owed]  # handshakes of new connections owe nothing
    if not owing or any(flow.made_up is None for flow in owing):
        return Trace(Bite.UNKNOWN, f"{told}; nobody knows whether it came in the end")
    kept = all(flow.made_up for flow in owing)
    lost = not any(flow.made_up for flow in owing)
    if made_up and not kept and _left(fault, seen):
        return Trace(Bite.BIT, f"{told}; the bot left before it came")
    what = "all of it came" if kept else "it never came" if lost else "some of it came"
    return Trace(
        Bite.BIT if (kept if made_up else lost) else Bite.BIT_OTHERWISE,
        f"{told}; {what} in the end",
    )


def _left(fault: WireFault, seen: Evidence) -> bool:
    """Tell whether every connection of then was ended by the bot while it stood."""
    there = [
        bot
        for bot in seen.ends(fault.link, "bot")
        if bot.born.latest <= fault.done and (bot.over is None or bot.over.latest > fault.asked)
    ]
    return all(
        (seen.ending(bot) or ("unknown",))[0] == "owner"
        and bot.over is not None
        and bot.over.earliest < fault.end
        for bot in there
    )


def _flow(stream: Stream, link: str, seen: Evidence, start: float, end: float) -> _Flow:
    writers, readers = (seen.ends(link, ends[stream]) for ends in (_WRITERS, _READERS))
    sent = {life.number: life.sent.grown(start, end) for life in writers}
    came = [life.received.grown(start, end) for life in readers]
    if sent and not came:
        came = [Count(0, math.inf)]  # the reader is where nobody looks: in a container, say
    after = [life.received.grown(start, math.inf) for life in readers if life.born.latest <= start]
    return _Flow(
        stream,
        sum(count.least for count in sent.values()),
        _sum(came),
        sum(sent[life.number].least for life in writers if life.born.latest <= start),
        _sum(after),
    )


def _sum(counts: Iterable[Count]) -> Count:
    leasts, mosts = zip((0, 0), *counts, strict=True)
    return Count(sum(leasts), sum(mosts))


def prove_latency(fault: WireFault, seen: Evidence) -> Trace:
    """Prove a latency: what was sent at one instant came so much later, for all that was sent and waited for."""
    asked, jitter = (fault.attributes.get(name, 0) / 1000 for name in ("latency", "jitter"))
    if asked < SMALLEST_LATENCY:
        return Trace(
            Bite.UNKNOWN, f"{asked * 1000:.0f} ms cannot be told from the time between two looks"
        )
    pairs = _pairs(fault, seen)
    if isinstance(pairs, Trace):
        return pairs
    stretches = [
        stretch for pair in pairs for stretch in _stretches(fault, *pair, asked + jitter + EDGE)
    ]
    lows, highs = [low for low, _ in stretches], [high for _, high in stretches]
    if not lows:
        return Trace(Bite.DID_NOT_BITE, f"nothing was sent {fault.stream} while it stood")
    told = f"{len(lows)} stretches came after {_ms(min(lows))} to {_ms(max(highs))} ms"
    least, most = asked - jitter - EDGE, asked + jitter + EDGE
    # On a busy machine some come late without a toxic, and some later than Toxiproxy was asked for; none earlier.
    delayed = median(lows) >= SMALLEST_LATENCY
    if not delayed and median(highs) < max(least, SMALLEST_LATENCY):
        return Trace(Bite.DID_NOT_BITE, told)
    late = sum(low > most for low in lows)
    if delayed and (any(high < least for high in highs) or late > len(lows) / 2):
        return Trace(Bite.BIT_OTHERWISE, told)
    if all(low >= least for low in lows):
        return Trace(Bite.BIT, f"{told}, {late} of them later than asked" if late else told)
    return Trace(Bite.UNKNOWN, f"{told}: too wide to tell")


def _stretches(
    fault: WireFault, writer: Life, reader: Life, most: float
) -> Iterator[tuple[float, float]]:
    """Yield how long each stretch of bytes took, between bounds, of those that had the time to come while it stood.

    Args:
        fault: that may make them late.
        writer: who sent them.
        reader: who was to receive them; who leaves before is owed nothing.
        most: seconds that the fault may take.
    """
    for step in writer.sent.steps:
        if not step.most or step.since <= fault.done or step.at >= fault.end - most:
            continue
        sent, came = writer.sent.reached(step.most), reader.received.reached(step.most)
        left = reader.over is not None and reader.over.earliest < step.at + most
        if sent is not None and (came is not None or not left):
            low, high = came or (math.inf, math.inf)
            yield low - sent.latest, high - sent.earliest


def prove_bandwidth(fault: WireFault, seen: Evidence) -> Trace:
    """Prove a bandwidth: more was sent than may come, and it came as fast as it may, or half so on a busy machine."""
    rate = fault.attributes["rate"] * 1000
    start, end = fault.done + EDGE, fault.end - EDGE
    if end - start < SHORTEST:
        return Trace(
            Bite.UNKNOWN, f"it stood for {fault.end - fault.done:.2f} s, too short to be seen"
        )
    pairs = _pairs(fault, seen)
    if isinstance(pairs, Trace):
        return pairs
    # Each connection has its own share: that which was offered most tells.
    writer, reader = max(pairs, key=lambda pair: pair[0].sent.grown(start, end).least)
    may = rate * (end - start)
    # Toxiproxy writes a tenth of a second's share at once (bandwidth.go).
    slack = 0.1 * may + 0.1 * rate + rate * EDGE
    offered = writer.sent.grown(start, end)
    came = reader.received.grown(start, end)
    told = f"{came.least} bytes came {fault.stream} in {end - start:.2f} s, {may:.0f} may, {offered.least} were sent"
    if offered.most <= may:
        return Trace(Bite.DID_NOT_BITE, f"{told}: there was no need to hold any back")
    if came.least > may + slack:
        return Trace(Bite.DID_NOT_BITE, told)
    if came.most > may + slack or offered.least <= may:
        return Trace(Bite.UNKNOWN, told)
    return Trace(Bite.BIT if came.most >= may / 2 - slack else Bite.BIT_OTHERWISE, told)


def _pairs(fault: WireFault, seen: Evidence) -> list[tuple[Life, Life]] | Trace:
    """Return writer and reader of each connection that stood while the fault did and whose ends are known, or why none is."""
    stream, there = stream_of(fault), connections(seen, fault)
    if not there and not seen.ends(fault.link, "exchange"):
        return Trace(Bite.DID_NOT_BITE, "no connection was open")
    pairs = [
        (writers[0], readers[0])
        for one in there
        if len(writers := one.writers(stream)) == len(readers := one.readers(stream)) == 1
    ]
    return pairs or Trace(
        Bite.UNKNOWN, "of several connections nobody knows which sockets belong together"
    )


def _ms(seconds: float) -> str:
    return "no number of" if seconds == math.inf else f"{max(0.0, seconds) * 1000:.0f}"
