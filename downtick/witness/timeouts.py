"""Proof of `timeout`: every byte of its direction is lost, and after so much silence the link closes. Pure.

On a feed that ticks the silence never comes (Toxiproxy timeout.go makes its timer anew for each chunk): bytes are lost
there, and nothing is closed. That is not what was asked. With a timeout of 0 it is.
"""

from __future__ import annotations

from collections import Counter
from itertools import pairwise
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
)
from downtick.witness.curves import Span
from downtick.witness.evidence import EDGE, Evidence, Trace, WireFault
from downtick.witness.flows import SHORTEST, prove_loss

_End = Literal["closed", "open", "young", "spared", "left", "unclear"]
_Bytes = Literal["lost", "came", "none", "unclear"]


class _Met(NamedTuple):
    """What became of a connection, of its bytes, and after how much silence the link closed it."""

    end: _End
    data: _Bytes
    silence: Span | None = None


def prove_timeout(fault: WireFault, seen: Evidence) -> Trace:
    """Prove a timeout, by the closing that it asks for; without one, by the bytes."""
    met = [_met(fault, one) for one in connections(seen, fault)]
    ends, data = Counter(each.end for each in met), Counter(each.data for each in met)
    closed = f"{ends['closed']} of {counted(len(met))} closed"
    if ends["unclear"]:
        return Trace(
            Bite.UNKNOWN, f"{counted(ends['unclear'])} ended then, nobody knows by whom or why"
        )
    if not fault.attributes["timeout"]:
        if ends["closed"]:
            return Trace(Bite.BIT_OTHERWISE, f"{closed}, though it was never to")
        return prove_loss(fault, seen, stream_of(fault))
    lost = f"bytes {fault.stream} were lost for {fault.end - fault.done:.1f} s"
    busy = sum(each.end == "open" and each.data == "lost" for each in met)
    if gaps := [each.silence for each in met if each.silence is not None]:
        told = f"{closed} after {milliseconds(gaps)} of silence"
        if data["came"] or ends["spared"] or busy:
            spoilt = f"{data['came']} went on, {ends['spared'] + busy} stayed open"
            return Trace(Bite.BIT_OTHERWISE, f"{told}; {spoilt}")
        return Trace(timed(gaps, fault.attributes["timeout"] / 1000), told)
    if data["lost"]:
        return Trace(Bite.BIT_OTHERWISE, f"asked: a close; happened: {lost}, nothing closed")
    if data["unclear"]:
        return Trace(Bite.UNKNOWN, "nobody looked long enough to tell whether anything came")
    if data["came"]:
        return Trace(Bite.DID_NOT_BITE, f"bytes came {fault.stream} on {counted(data['came'])}")
    if ends["spared"]:
        return Trace(Bite.DID_NOT_BITE, f"{counted(ends['spared'])} stayed open in spite of it")
    why = "no silence lasted so long, and nothing was sent" if met else "no connection was open"
    return Trace(Bite.DID_NOT_BITE, why)


def _met(fault: WireFault, one: Connection) -> _Met:
    found = _end(fault, one)
    if found.end in {"open", "unclear"} and _young(fault, one):
        return found._replace(end="young")
    return found


def _young(fault: WireFault, one: Connection) -> bool:
    """Tell whether a connection came so late that no silence under the toxic could be long enough."""
    longest = fault.end - began(fault, one).earliest
    return bool(longest < fault.attributes["timeout"] / 1000 - EDGE)


def _end(fault: WireFault, one: Connection) -> _Met:
    met, data = one.met(fault), _data(fault, one)
    if met is not None and met.when.latest > fault.end and not fault.attributes["timeout"]:
        return _Met("open", data)  # whoever closed it: to take the toxic away closes everything
    if met is not None and met.by == "unknown":
        return _Met("unclear", data)
    if met is not None and met.by != "link":
        return _Met("left", data)
    if met is None:
        return _Met(_open(fault, one), data)
    silence = _silence(fault, one, met.when)
    if silence is None:
        return _Met("unclear", data)
    if met.when.latest <= fault.end:
        return _Met("closed", data, silence)
    # To take the toxic away closes everything: that is not what was asked for.
    perhaps = silence.latest >= fault.attributes["timeout"] / 1000 - EDGE
    return _Met("unclear" if perhaps and fault.attributes["timeout"] else "open", data)


def _silence(fault: WireFault, one: Connection, end: Span) -> Span | None:
    """Return for how long nothing had been sent when a connection ended."""
    gaps = []
    for writer in one.writers(stream_of(fault)):
        # What may have been sent after the end is an answer to it: TLS says good-bye.
        sent = (when for when in writer.sent.growth() if when.latest <= end.earliest)
        last = [began(fault, one), *sent]
        since = Span(max(when.earliest for when in last), max(when.latest for when in last))
        gaps.append(Span(max(0.0, end.earliest - since.latest), end.latest - since.earliest))
    if not gaps:
        return None
    return Span(min(gap.earliest for gap in gaps), max(gap.latest for gap in gaps))


def _open(fault: WireFault, one: Connection) -> _End:
    """Tell whether a connection that stayed open surely ought to have been closed."""
    longest = []
    for writer in one.writers(stream_of(fault)):
        start = began(fault, one)
        sent = (when for when in writer.sent.growth() if start.latest <= when.latest <= fault.end)
        whens = [start, *sent, Span(fault.end, fault.end)]
        pauses = (b.earliest - a.latest for a, b in pairwise(whens))
        longest.append(max(pauses))
    asked = fault.attributes["timeout"] / 1000
    return "spared" if asked and longest and min(longest) > asked + 2 * EDGE else "open"


def _data(fault: WireFault, one: Connection) -> _Bytes:
    """Tell what became of the bytes that were sent while it stood."""
    stream, start, end = stream_of(fault), fault.done + EDGE, fault.end - EDGE
    readers, writers = one.readers(stream), one.writers(stream)
    sent = [writer.sent.grown(fault.done, fault.end) for writer in writers]
    if sent and not any(count.most for count in sent):
        return "none"
    if not readers or not writers or end - start < SHORTEST:
        return "unclear"
    came = [reader.received.grown(start, end) for reader in readers]
    offered = [writer.sent.grown(start, end) for writer in writers]
    if all(count.least for count in came):
        return "came"
    if all(count.most == 0 for count in came):
        # What was sent at the edges alone may have come there.
        return "lost" if all(count.least for count in offered) else "none"
    return "unclear"
