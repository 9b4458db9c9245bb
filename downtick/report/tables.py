"""The tables of a page. Each row has its time, so that the timeline can choose; what is left out is counted."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from downtick.history import Event
from downtick.report.fates import Fate
from downtick.report.judged_run import JudgedRun
from downtick.report.lanes.calls import status, status_class
from downtick.report.lanes.connections import ending
from downtick.report.lanes.ladder import amount
from downtick.report.lanes.orders import named
from downtick.report.markup import Markup, tag
from downtick.report.shell import table
from downtick.report.timeline import line
from downtick.verdict import Verdict

MOST: Final = 1000
"""Rows of a table."""

_LONGEST: Final = 300
"""Characters of an event that is told key by key."""

MOST_EVIDENCE: Final = 12
"""Events that one finding links to."""

_SHORT: Final = 24
"""Characters that stand in one line."""

_MANY: Final = frozenset({"frame_sent", "request", "answer", "sample", "tls", "tick", "metrics"})
"""Kinds of events that stand in other tables, or in none, unless a finding rests on them."""


def tables(judged: JudgedRun, found: Sequence[Fate]) -> list[Markup]:
    """Return all tables. ``found``: the fates of all orders of the run."""
    return [_events(judged), _orders(judged, found), _calls(judged), _connections(judged)]


def linked(verdict: Verdict) -> Iterator[int]:
    """Yield the numbers of the events that a page has links to."""
    for finding in verdict.findings:
        yield from finding.evidence[:MOST_EVIDENCE]
    for proof in verdict.proofs:
        yield from proof.evidence[:MOST_EVIDENCE]


def thinned(ranks: Sequence[int], most: int) -> list[int]:
    """Return the places of what is kept: the lower its rank, the sooner, and evenly of a rank for which there is no room.

    Args:
        ranks: of each, 0 for what matters most.
        most: to be kept.
    """
    kept: list[int] = []
    for rank in sorted(set(ranks)):
        places = [place for place, each in enumerate(ranks) if each == rank]
        room = min(most - len(kept), len(places))
        kept += [places[number * len(places) // room] for number in range(room)]
    return sorted(kept)


def _events(judged: JudgedRun) -> Markup:
    evidence = set(linked(judged.verdict))
    shown = [
        (number, event)
        for number, event in enumerate(judged.history)
        if event.kind not in _MANY or number in evidence
    ]
    ranks = [
        0 if number in evidence else 1 if event.source != "exchange" else 2
        for number, event in shown
    ]
    kept = thinned(ranks, MOST)
    rows = [
        _row(judged, event.at, event.at, str(number), event.source, _said(judged, event), e=number)
        for number, event in (shown[place] for place in kept)
    ]
    heads = ("time", "event", "source", "what")
    frames = len(judged.history) - len(shown)
    note = f"{frames} frames, requests and samples stand here only where a finding rests on them"
    return _section("Events", heads, rows, len(shown), note)


def _said(judged: JudgedRun, event: Event) -> str:
    told = line(event, judged.start)
    if told is not None:
        return told.split(maxsplit=2)[2]
    return f"{event.kind}: {_particulars(event.data)}"[:_LONGEST]


def _particulars(data: Mapping[str, Any]) -> str:
    """Return particulars in words; those within others like any other."""
    told = []
    for key, value in data.items():
        if isinstance(value, Mapping):
            told.append(_particulars(value))
        elif key != "wall":
            told.append(f"{key} {value}")
    return ", ".join(part for part in told if part)


def _orders(judged: JudgedRun, found: Sequence[Fate]) -> Markup:
    kept = thinned([fate.became != "unknown" and not fate.doubled for fate in found], MOST)
    rows = []
    for fate in (found[place] for place in kept):
        became = f"{fate.became}{', doubled' if fate.doubled else ''}"
        there = "yes" if fate.order is not None else "no"
        knew = "" if fate.known == math.inf else f"{fate.known - judged.start:.3f}"
        at = fate.request.at
        until = max(at, min(fate.known, judged.end)) if fate.became == "unknown" else at
        rows.append(_row(judged, at, until, named(fate), str(fate.tries), became, there, knew))
    heads = ("time", "order", "tries", "answer", "in the ledger", "known to the bot by")
    return _section("Orders", heads, rows, len(found))


def _calls(judged: JudgedRun) -> Markup:
    requests = judged.run.requests
    kept = thinned([status_class(request) == "2xx" for request in requests], MOST)
    rows = []
    for request in (requests[place] for place in kept):
        answer, event = request.answer, judged.history[request.number]
        done = request.at if answer is None else answer.at
        what = f"{event['method']} {event['path']}{'?' if request.query else ''}{request.query}"
        took = "" if answer is None else f"{(done - request.at) * 1000:.0f} ms"
        size = "" if answer is None else amount(answer.size)
        fault = "" if answer is None or answer.fault is None else f"fault {answer.fault}"
        cells = (what[:_LONGEST], status(request), took, size, fault)
        rows.append(_row(judged, request.at, done, f"#{request.conn}", *cells))
    heads = ("time", "connection", "request", "status", "took", "body", "fault")
    return _section("REST calls", heads, rows, len(requests))


def _connections(judged: JudgedRun) -> Markup:
    found = list(judged.run.connections.values())
    kept = thinned([each.upgraded is None for each in found], MOST)
    rows = []
    for each in (found[place] for place in kept):
        until = min(each.ended, judged.end)
        frames = str(len(each.frames)) if each.upgraded is not None else ""
        lasted = f"{until - each.accepted:.3f} s"
        cells = (f"#{each.conn}", each.listener, lasted, frames, ending(each))
        rows.append(_row(judged, each.accepted, until, *cells))
    heads = ("time", "connection", "link", "lasted", "frames sent", "end")
    return _section("Connections", heads, rows, len(found))


def _row(
    judged: JudgedRun, since: float, until: float, *cells: str, e: int | None = None
) -> Markup:
    at = since - judged.start
    return tag(
        "tr",
        tag("td", f"{at:.3f}", class_="n"),
        *(tag("td", cell, class_="long" if len(cell) > _SHORT else None) for cell in cells),
        id=None if e is None else f"e={e}",
        data_a=f"{at:.6f}",
        data_b=f"{until - judged.start:.6f}",
    )


def _section(
    title: str, heads: tuple[str, ...], rows: list[Markup], count: int, note: str = ""
) -> Markup:
    if not rows:
        return tag("section", tag("h2", title), tag("p", "none", class_="note"))
    left = count - len(rows)
    more = f" {left} of {count} rows are left out." if left > 0 else ""
    said = tag("small", f"{len(rows)}", class_="shown", data_all=len(rows))
    return tag(
        "section",
        tag("h2", title, " ", said),
        tag("p", f"{note}{'.' if note else ''}{more}", class_="note") if note or more else Markup(),
        table(heads, rows, class_="timed"),
    )
