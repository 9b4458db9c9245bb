"""Orders by what became of them; one of which the bot did not know, until it did."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final

from downtick.report.fates import Fate
from downtick.report.judged_run import JudgedRun
from downtick.report.lanes.axis import Axis
from downtick.report.lanes.lane import ROW, Group, Key, Lane, Mark, block, packed, ticks
from downtick.report.markup import joined

_MOST: Final = 400
"""Unknown orders that are drawn."""

_MOST_ROWS: Final = 8


def orders(judged: JudgedRun, found: Sequence[Fate], axis: Axis) -> Group:
    """Return a lane for each outcome that there was. ``found``: the fates of all orders of the run."""
    lanes = [
        _ticks(axis, "accepted", "c-good tick", [f for f in found if f.became == "accepted"]),
        _ticks(axis, "refused", "c-doubt tick", [f for f in found if f.became == "refused"]),
        _ticks(axis, "doubled", "c-bad tick", [f for f in found if f.doubled]),
        _unknown(judged, axis, [f for f in found if f.became == "unknown"]),
    ]
    keys = (Key("c-doubt solid", "fate unknown to the bot"),)
    return Group("Orders", "", keys, tuple(lanes) if found else ())


def named(fate: Fate) -> str:
    """Return an order in words, as the bot wrote them."""
    intent = fate.request.intent
    if intent is None:
        return "an order that cannot be read"
    price = f" at {intent.price}" if intent.price else ""
    return f"{intent.side} {intent.size} {intent.product}{price} ({intent.client_order_id})"


def _ticks(axis: Axis, name: str, look: str, found: list[Fate]) -> Lane:
    marks = [Mark(f.request.at, f"{name}: {named(f)}", f.request.number) for f in found]
    return Lane(name, str(len(found)), ticks(axis, marks, look))


def _unknown(judged: JudgedRun, axis: Axis, found: list[Fate]) -> Lane:
    drawn = found[:_MOST]
    spans = [(fate.request.at, fate.known) for fate in drawn]
    rows = packed(spans, _MOST_ROWS)
    shapes = [
        block(
            axis,
            fate.request.at,
            fate.known,
            row,
            "c-doubt solid",
            f"{named(fate)}: {_until(judged, fate)}",
            fate.request.number,
        )
        for fate, row in zip(drawn, rows, strict=True)
    ]
    left = f", {len(found) - _MOST} not drawn" if len(found) > _MOST else ""
    return Lane("unknown", f"{len(found)}{left}", joined(shapes), (max(rows, default=0) + 1) * ROW)


def _until(judged: JudgedRun, fate: Fate) -> str:
    there = "in the ledger" if fate.order is not None else "not in the ledger"
    if fate.known == math.inf:
        return f"{there}; no proof that the bot knew"
    return f"{there}; the bot knew at {fate.known - judged.start:.3f} s"
