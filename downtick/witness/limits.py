"""Proof of `limit_data`: so many bytes came on each connection, exactly, and then the link ended it. Pure."""

from __future__ import annotations

import math
from typing import Literal

from downtick.witness.bite import Bite
from downtick.witness.connections import Connection, connections, counted, stream_of, whole
from downtick.witness.curves import Count
from downtick.witness.evidence import EDGE, Evidence, Trace, WireFault
from downtick.witness.lives import Life

_Outcome = Literal["exact", "perhaps", "otherwise", "spared", "unclear", "nothing"]


def prove_limit_data(fault: WireFault, seen: Evidence) -> Trace:
    """Prove a limit: counted from the toxic on, or from a later connection's birth."""
    there = connections(seen, fault)
    met = [_outcome(fault, seen, one) for one in there]
    limit = fault.attributes["bytes"]
    exact, spared = met.count("exact"), met.count("spared")
    told = f"of {counted(len(there))}: {exact} ended after exactly {limit} bytes {fault.stream}"
    if spared:
        told = f"{told}, {spared} had more and did not end"
    if other := met.count("otherwise"):
        return Trace(Bite.BIT_OTHERWISE, f"{told}, {other} after another number")
    if unclear := met.count("unclear"):
        return Trace(Bite.UNKNOWN, f"{told}, of {unclear} nobody knows after how many or by whom")
    if perhaps := met.count("perhaps"):
        told = f"{told}, {perhaps} after about as many"
    if exact:
        return Trace(Bite.BIT_OTHERWISE if spared else Bite.BIT, told)
    if perhaps:
        return Trace(Bite.UNKNOWN, told)
    if spared:
        return Trace(Bite.DID_NOT_BITE, told)
    why = f"nothing came to {limit} bytes {fault.stream}" if there else "no connection was open"
    return Trace(Bite.DID_NOT_BITE, why)


def _outcome(fault: WireFault, seen: Evidence, one: Connection) -> _Outcome:
    stream, met = stream_of(fault), one.met(fault)
    readers, writers = one.readers(stream), one.writers(stream)
    if not readers or not writers:
        return "unclear"
    if met is None:
        past = all(_exceeds(fault, reader) for reader in readers)
        if fault.attributes["bytes"] == 0:
            past = all(_offered(fault, writer) for writer in writers)
        return "spared" if past else "nothing"
    if met.by in ("bot", "exchange"):
        return "nothing"
    if met.by == "unknown":
        return "unclear"
    if fault.attributes["bytes"] == 0 and not all(_offered(fault, each) for each in writers):
        return "unclear"  # the first byte is what ends it
    found = {_counted(fault, seen, one, reader) for reader in readers}
    return found.pop() if len(found) == 1 else "unclear"


def _counted(fault: WireFault, seen: Evidence, one: Connection, reader: Life) -> _Outcome:
    """Return what is known of the number of bytes that came before the end."""
    _, how = seen.ending(reader) or ("unknown", "fin")
    limit, came = fault.attributes["bytes"], whole(reader, how)
    places, passed = {0}, came
    if one.bot.born.earliest < fault.done:
        least, most = reader.received.at(fault.asked).least, reader.received.at(fault.done).most
        # It counts from what had come before it: where that stood still for a look, it is known to the byte.
        places |= {step.least for step in reader.received.steps if step.least == step.most}
        places = {place for place in places if least <= place <= most}
        passed = Count(0 if most == math.inf else max(0, came.least - int(most)), came.most - least)
    if not passed.least <= limit <= passed.most:
        return "otherwise"
    return "exact" if came.least == came.most and came.least - limit in places else "perhaps"


def _exceeds(fault: WireFault, reader: Life) -> bool:
    """Tell whether surely so much came that the toxic ought to have ended the connection."""
    grown = reader.received.grown(fault.done + EDGE, fault.end - EDGE)
    return bool(grown.least >= fault.attributes["bytes"])


def _offered(fault: WireFault, writer: Life) -> bool:
    return writer.sent.grown(fault.done, fault.end - EDGE).least > 0
