"""Faults: where and when they were on. Solid is what is proven to have bitten."""

from __future__ import annotations

import math
from typing import Final

from downtick.checks.proofs import Proof
from downtick.checks.run import Fault
from downtick.report.judged_run import JudgedRun
from downtick.report.lanes.axis import Axis
from downtick.report.lanes.lane import ROW, Group, Key, Lane, Mark, block, packed, ticks
from downtick.report.markup import joined
from downtick.witness.bite import Bite

_LOOKS: Final = {
    Bite.BIT: "solid",
    Bite.BIT_OTHERWISE: "dashed",
    Bite.UNKNOWN: "dashed",
    Bite.DID_NOT_BITE: "hollow",
}
_MOST_ROWS: Final = 8


def faults(judged: JudgedRun, axis: Axis) -> Group:
    """Return a lane for each link that had faults, and one for the exchange."""
    run = judged.run
    proofs = {proof.number: proof for proof in judged.verdict.proofs}
    by_place: dict[str, list[Fault]] = {link: [] for link in run.links}
    for fault in run.faults:
        by_place.setdefault(fault.link or "exchange", []).append(fault)
    keys = (
        Key("c-error solid", "bit"),
        Key("c-error hollow", "did not bite"),
        Key("c-error dashed", "nobody knows, or otherwise"),
    )
    lanes = [_lane(axis, place, found, proofs) for place, found in by_place.items()]
    hits = [
        Mark(event.at, f"{fault.name} hit", number)
        for fault in run.faults
        for number, event in fault.hits
    ]
    if hits:
        lanes.append(Lane("hits", str(len(hits)), ticks(axis, hits, "c-error tick")))
    return Group("Faults", "", keys, tuple(lanes))


def _lane(axis: Axis, place: str, found: list[Fault], proofs: dict[int | None, Proof]) -> Lane:
    spans = [(fault.asked, fault.ended) for fault in found]
    rows = packed(spans, _MOST_ROWS)
    height = (max(rows, default=0) + 1) * ROW
    shapes = [
        block(
            axis,
            fault.asked,
            fault.ended,
            row,
            f"c-error {_look(proofs.get(fault.number))}",
            _told(fault, proofs.get(fault.number)),
            fault.number,
        )
        for fault, row in zip(found, rows, strict=True)
    ]
    names = ", ".join(dict.fromkeys(fault.name for fault in found)) or "none"
    return Lane(place, names, joined(shapes), height)


def _look(proof: Proof | None) -> str:
    return "dashed" if proof is None else _LOOKS[proof.bite]


def _told(fault: Fault, proof: Proof | None) -> str:
    lasted = "to the end" if fault.ended == math.inf else f"{fault.ended - fault.asked:.3f} s"
    known = "" if proof is None else f": {proof.bite.value}, {proof.sentence}"
    return f"{fault.name} on {fault.link or 'exchange'}, {lasted}{known}"
