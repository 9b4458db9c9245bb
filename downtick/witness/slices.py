"""Proof of `slicer`: what was sent in few segments came in many small ones. Pure.

Both are counted by the kernel along the stream: at a look so many bytes had come, in so many segments. Between two such
places Toxiproxy alone makes no more of them than were sent, but for one each 32 KB (stream/io_chan.go), and TCP makes more
only of what does not fit into one.
"""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from typing import Final, Literal, NamedTuple

from downtick.witness.bite import Bite
from downtick.witness.connections import Connection, connections, stream_of
from downtick.witness.curves import Count, Mark
from downtick.witness.evidence import EDGE, Evidence, Trace, WireFault
from downtick.witness.lives import Life

LARGEST: Final = 536
"""Bytes up to which a slice is no whole segment of TCP's own: the smallest that it cuts by default (RFC 9293, 3.7.1)."""

SURELY: Final = 1.5
"""Times as many segments as were sent, from which on they were cut: fewer may be some that were sent twice."""

_READ: Final = 32 * 1024  # bytes that Toxiproxy reads at once, at most

_Outcome = Literal["cut", "otherwise", "small", "whole", "unclear", "nothing"]


class _Met(NamedTuple):
    """What a connection met: so many bytes came in so many segments."""

    outcome: _Outcome
    size: int = 0
    pieces: int = 0


def prove_slicer(fault: WireFault, seen: Evidence) -> Trace:
    """Prove slices: many more segments came than were sent, and on average none too large."""
    there = connections(seen, fault)
    met = [_met(fault, one) for one in there]
    size, pieces = sum(each.size for each in met), sum(each.pieces for each in met)
    told = f"{size} bytes came {fault.stream} in {pieces} segments"
    outcomes = {each.outcome for each in met}
    if "unclear" in outcomes:
        return Trace(Bite.UNKNOWN, f"{told}: nobody can tell whether they were cut")
    if "otherwise" in outcomes or {"cut", "whole"} <= outcomes:
        return Trace(Bite.BIT_OTHERWISE, f"{told}, not all of it in slices as asked for")
    if "cut" in outcomes:
        return Trace(Bite.BIT, f"{told}, many more than were sent")
    if outcomes & {"small", "whole"}:
        return Trace(Bite.DID_NOT_BITE, f"{told}, no more than were sent")
    idle = f"an idle link: nothing came {fault.stream} while it stood"
    return Trace(Bite.DID_NOT_BITE, idle if there else "no connection was open")


def _met(fault: WireFault, one: Connection) -> _Met:
    stream = stream_of(fault)
    readers, writers = one.readers(stream), one.writers(stream)
    found = [_compared(fault, reader, writer) for reader in readers for writer in writers]
    return found[0] if len({each.outcome for each in found}) == 1 else _Met("unclear")


def _compared(fault: WireFault, reader: Life, writer: Life) -> _Met:
    """Compare the segments that came with those that were sent, of the same bytes."""
    marks = _while_it_stood(fault, reader)
    if len(marks) < 2:
        came = reader.received.grown(fault.done + EDGE, fault.end - EDGE)
        return _Met("unclear" if came.least or (came.most and not marks) else "nothing")
    sent = [Mark(0.0, 0.0, 0, 0), *writer.segments_out]
    known = {mark.position for mark in sent}
    # Where looks found both ends at the same place, what was sent by there is known exactly.
    both = [mark for mark in marks if mark.position in known]
    first, *_, last = both if len(both) > 1 else marks
    size, pieces = last.position - first.position, last.segments - first.segments
    if not size:
        return _Met("nothing")
    before, after = _sent_by(sent, first.position), _sent_by(sent, last.position)
    least, most = after.least - before.most, after.most - before.least
    return _Met(_outcome(fault, size, pieces, Count(int(max(0, least)), most)), size, pieces)


def _while_it_stood(fault: WireFault, reader: Life) -> list[Mark]:
    """Return the looks at what came, of which all came under the toxic."""
    newborn = [Mark(0.0, 0.0, 0, 0)] if reader.born.earliest >= fault.done else []
    marks = (m for m in reader.segments_in if fault.done <= m.since and m.at <= fault.end)
    return [*newborn, *marks]


def _sent_by(sent: Sequence[Mark], position: int) -> Count:
    """Return in how many segments so much was sent."""
    least = sent[bisect_right(sent, position, key=_position) - 1].segments
    beyond = bisect_left(sent, position, key=_position)
    return Count(least, sent[beyond].segments if beyond < len(sent) else math.inf)


def _position(mark: Mark) -> int:
    return mark.position


def _outcome(fault: WireFault, size: int, pieces: int, sent: Count) -> _Outcome:
    average, variation = fault.attributes["average_size"], fault.attributes.get("size_variation", 0)
    largest = average + variation
    reads = size // _READ
    small = size <= pieces * largest
    if pieces <= sent.least + reads:
        return "small" if small else "whole"
    if pieces < SURELY * (sent.most + reads + 1):
        return "unclear"
    # It halves what is too large: no slice is smaller than half of one (slicer.go: chunk).
    most = sent.most + reads + 2 * size / max(1, average - variation)
    if not small or pieces > most:
        return "otherwise"
    return "cut" if largest <= LARGEST else "unclear"
