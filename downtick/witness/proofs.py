"""Whether a fault of the wire really bit: one of four answers, from what the kernel saw on both sides of Toxiproxy.

``bit`` is the only one that lets a run pass. ``bit otherwise``: something happened, but not what was asked. ``did not
bite``: surely nothing happened, and why. ``unknown``: nobody can tell. Doubt is never ``bit``. Pure.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from downtick.witness.bite import Bite
from downtick.witness.cuts import prove_cut, prove_down
from downtick.witness.evidence import EDGE, Evidence, Fault, Proof
from downtick.witness.flows import (
    prove_bandwidth,
    prove_blackhole,
    prove_freeze,
    prove_latency,
)

_PROOFS: Final[Mapping[str, Callable[[Fault, Evidence], Proof]]] = {
    "reset": prove_cut,
    "close": prove_cut,
    "down": prove_down,
    "freeze": prove_freeze,
    "blackhole": prove_blackhole,
    "latency": prove_latency,
    "bandwidth": prove_bandwidth,
}


def prove(fault: Fault, seen: Evidence) -> Proof:
    """Return whether a fault bit, and why."""
    make = _PROOFS.get(fault.name)
    if make is None:
        return Proof(
            Bite.UNKNOWN, f"no trace of {fault.name} is known that the witness could look for"
        )
    missing = seen.missing(fault.asked, fault.end + EDGE)
    return Proof(Bite.UNKNOWN, missing) if missing else make(fault, seen)
