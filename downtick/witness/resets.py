"""Proof of `reset_peer`: a RST, so much later than the first chunk of its direction. Pure.

Toxiproxy swallows that chunk, sleeps and closes (reset_peer.go). It is a RST on connections that were opened under the
toxic, and on those of an armed link; the others meet a FIN (link.go: Start sets the linger). An idle one meets nothing.
"""

from __future__ import annotations

import math
from collections import Counter
from typing import Literal, NamedTuple

from downtick.witness.bite import Bite
from downtick.witness.connections import (
    Connection,
    began,
    connections,
    counted,
    milliseconds,
    stream_of,
    timed,
    whole,
)
from downtick.witness.curves import Span
from downtick.witness.evidence import EDGE, Evidence, Trace, WireFault

_Outcome = Literal["rst", "fin", "spared", "passed", "unclear", "nothing"]


class _Met(NamedTuple):
    """What a connection met, and how long after its first chunk."""

    outcome: _Outcome
    after: Span | None = None


def prove_reset_peer(fault: WireFault, seen: Evidence) -> Trace:
    """Prove a reset by the first chunk: of every connection that had one."""
    met = [_met(fault, seen, one) for one in connections(seen, fault)]
    count = Counter(each.outcome for each in met)
    gaps = [each.after for each in met if each.after is not None]
    told = f"of {counted(len(met))}: {count['rst']} met a RST"
    if gaps:
        told = f"{told} after {milliseconds(gaps)}"
    if count["fin"] or count["passed"]:
        why = f"{count['fin']} a FIN, {count['passed']} ended after bytes had come"
        return Trace(Bite.BIT_OTHERWISE, f"{told}, {why}")
    if count["unclear"]:
        why = "ended then, nobody knows by whom or why"
        return Trace(Bite.UNKNOWN, f"{told}, {count['unclear']} {why}")
    if count["spared"]:
        answer = Bite.BIT_OTHERWISE if count["rst"] else Bite.DID_NOT_BITE
        return Trace(answer, f"{told}, {count['spared']} had data and stayed open")
    if count["rst"]:
        return Trace(timed(gaps, _asked(fault)), told)
    idle = f"an idle link: nothing was sent {fault.stream} that it could have reset"
    return Trace(Bite.DID_NOT_BITE, idle if met else "no connection was open")


def _met(fault: WireFault, seen: Evidence, one: Connection) -> _Met:
    met = one.met(fault, _asked(fault) + EDGE)
    if met is None:
        return _Met("spared" if _due(fault, one) else "nothing")
    if met.by in ("bot", "exchange"):
        return _Met("nothing")
    first = _swallowed(fault, seen, one)
    if met.by == "unknown" or first is None:
        return _Met("unclear")
    if _passed(fault, one):
        return _Met("passed")
    after = Span(max(0.0, met.when.earliest - first.latest), met.when.latest - first.earliest)
    return _Met("rst", after) if met.how == "rst" else _Met("fin")


def _swallowed(fault: WireFault, seen: Evidence, one: Connection) -> Span | None:
    """Return when the first byte was sent that never came; None if perhaps all came: then something else ended it."""
    firsts = []
    for reader in one.readers(stream_of(fault)):
        came = whole(reader, (seen.ending(reader) or ("", "fin"))[1])
        for writer in one.writers(stream_of(fault)):
            first = writer.sent.reached(came.least + 1)
            surely = None if came.most == math.inf else writer.sent.reached(int(came.most) + 1)
            if first is None or surely is None or surely.latest == math.inf:
                return None
            firsts.append(Span(max(began(fault, one).earliest, first.earliest), surely.latest))
    if not firsts:
        return None
    return Span(min(span.earliest for span in firsts), max(span.latest for span in firsts))


def _due(fault: WireFault, one: Connection) -> bool:
    """Tell whether data surely came to an open connection so early that it ought to be closed."""
    start, by = began(fault, one), fault.end - _asked(fault) - 2 * EDGE
    writers = one.writers(stream_of(fault))
    return bool(writers) and all(
        any(start.latest <= when.earliest and when.latest < by for when in writer.sent.growth())
        for writer in writers
    )


def _passed(fault: WireFault, one: Connection) -> bool:
    """Tell whether bytes surely came that the toxic would have swallowed."""
    if one.bot.born.earliest >= fault.done:
        return any(whole(reader).least for reader in one.readers(stream_of(fault)))
    start = fault.done + EDGE
    readers = one.readers(stream_of(fault))
    return any(reader.received.grown(start, math.inf).least for reader in readers)


def _asked(fault: WireFault) -> float:
    return float(fault.attributes.get("timeout", 0)) / 1000
