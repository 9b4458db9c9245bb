"""Proof of `slow_close`: one side ends a connection, and so much later it ends at the other. Pure.

What still came meanwhile counts as well: the end that follows late bytes at once was held back by something else.
"""

from __future__ import annotations

import math
from typing import Literal

from downtick.witness.bite import Bite
from downtick.witness.connections import (
    by_owner,
    connections,
    counted,
    left_at,
    milliseconds,
    stream_of,
    timed,
)
from downtick.witness.curves import Span
from downtick.witness.evidence import Evidence, Trace, WireFault
from downtick.witness.flows import SMALLEST_LATENCY
from downtick.witness.lives import Life

_Nothing = Literal["unclear", "nothing"]


def prove_slow_close(fault: WireFault, seen: Evidence) -> Trace:
    """Prove a slow close by the time between the two ends of each connection."""
    asked = fault.attributes["delay"] / 1000
    if asked < SMALLEST_LATENCY:
        return Trace(
            Bite.UNKNOWN, f"{asked * 1000:.0f} ms cannot be told from the time between two looks"
        )
    stream, there = stream_of(fault), connections(seen, fault)
    gaps: list[Span] = []
    unclear = 0
    for one in there:
        pairs = [(w, r) for w in one.writers(stream) for r in one.readers(stream)]
        found = [_gap(fault, seen, *pair) for pair in pairs] or ["unclear"]
        spans = [gap for gap in found if isinstance(gap, Span)]
        if len(spans) == len(found):
            gaps.append(Span(min(s.earliest for s in spans), max(s.latest for s in spans)))
        elif spans or "unclear" in found:
            unclear += 1
    if unclear:
        return Trace(Bite.UNKNOWN, f"of {counted(unclear)} nobody knows who ended it when")
    if not gaps:
        return Trace(Bite.DID_NOT_BITE, _idle(fault) if there else "no connection was open")
    told = f"{counted(len(gaps))} ended {milliseconds(gaps)} after the other side had ended it"
    delayed = sum(gap.earliest >= SMALLEST_LATENCY for gap in gaps)
    at_once = sum(gap.latest < SMALLEST_LATENCY for gap in gaps)
    if at_once == len(gaps):
        return Trace(Bite.DID_NOT_BITE, told)
    if delayed + at_once < len(gaps):
        return Trace(Bite.UNKNOWN, f"{told}: too wide to tell")
    return Trace(Bite.BIT_OTHERWISE if at_once else timed(gaps, asked), told)


def _gap(fault: WireFault, seen: Evidence, first: Life, last: Life) -> Span | _Nothing:
    """Return how much later than for one socket the connection ended for the other."""
    when = left_at(first)
    if when is None or when.latest <= fault.asked or when.earliest >= fault.end:
        return "nothing"
    own = by_owner(seen, first)
    if own is not True:
        return "nothing" if own is False else "unclear"
    if last.ended is None:
        gap = Span(max(0.0, seen.ended - when.latest), math.inf)
    elif (theirs := by_owner(seen, last)) is not False:
        return "nothing" if theirs else "unclear"
    else:
        came = [when, *last.received.growth()]
        since = Span(max(span.earliest for span in came), max(span.latest for span in came))
        gap = Span(max(0.0, last.ended.earliest - since.latest), last.ended.latest - since.earliest)
    surely = fault.done <= when.earliest and when.latest <= fault.end
    # An end near the toxic's edges was under it if it was held back.
    return gap if surely or gap.earliest >= SMALLEST_LATENCY else "unclear"


def _idle(fault: WireFault) -> str:
    return f"nobody ended a connection {fault.stream} while it stood"
