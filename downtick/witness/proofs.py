"""Whether a fault of the wire really bit: one of four answers, from what the kernel saw on both sides of Toxiproxy.

``bit`` is the only one that lets a run pass. ``bit otherwise``: something happened, but not what was asked. ``did not
bite``: surely nothing happened, and why. ``unknown``: nobody can tell. Doubt is never ``bit``. Pure.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from downtick.witness.bite import Bite
from downtick.witness.cuts import prove_cut, prove_down
from downtick.witness.evidence import EDGE, Evidence, Trace, WireFault
from downtick.witness.flows import (
    prove_bandwidth,
    prove_blackhole,
    prove_freeze,
    prove_latency,
)
from downtick.witness.limits import prove_limit_data
from downtick.witness.resets import prove_reset_peer
from downtick.witness.slices import prove_slicer
from downtick.witness.slow_ends import prove_slow_close
from downtick.witness.timeouts import prove_timeout

_PROOFS: Final[Mapping[str, Callable[[WireFault, Evidence], Trace]]] = {
    "reset": prove_cut,
    "close": prove_cut,
    "down": prove_down,
    "freeze": prove_freeze,
    "blackhole": prove_blackhole,
    "latency": prove_latency,
    "bandwidth": prove_bandwidth,
    "limit_data": prove_limit_data,
    "reset_peer": prove_reset_peer,
    "slicer": prove_slicer,
    "slow_close": prove_slow_close,
    "timeout": prove_timeout,
}


def prove(fault: WireFault, seen: Evidence) -> Trace:
    """Return whether a fault bit, and why."""
    make = _PROOFS.get(fault.name)
    if make is None:
        return Trace(
            Bite.UNKNOWN, f"no trace of {fault.name} is known that the witness could look for"
        )
    missing = seen.missing(fault.asked, fault.end + EDGE)
    return Trace(Bite.UNKNOWN, missing) if missing else make(fault, seen)
