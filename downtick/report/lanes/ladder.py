"""The byte ladder of each link: what the exchange sent, what the bot's kernel took in, what the bot read.

The area between the lines is where the bytes were. Only the exchange's line stands in every history; the others need a
witness in the kernel, or, for answers, the next request of the same connection.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Final, NamedTuple

from downtick.checks.run import FEEDS, Run
from downtick.report.judged_run import JudgedRun
from downtick.report.lanes.axis import Axis
from downtick.report.lanes.lane import Group, Key, Lane, line, points
from downtick.report.markup import joined, tag
from downtick.witness.curves import Curve
from downtick.witness.lives import Life, lives

_HEIGHT: Final = 80


class _Rung(NamedTuple):
    look: str
    name: str
    values: list[float]


def ladder(judged: JudgedRun, axis: Axis) -> Group:
    """Return a lane for each link that carried anything."""
    seen = lives(judged.history)
    names = sorted({each.listener for each in judged.run.connections.values()})
    lanes = [
        lane
        for name in names
        if (lane := _lane(name, _rungs(judged.run, name, seen, axis))) is not None
    ]
    keys = (
        Key("c-sent solid", "sent by the exchange"),
        *([Key("c-received solid", "received by the bot's kernel")] if seen else []),
        Key("c-read solid", "read by the bot"),
    )
    note = "" if seen else "no witness looked into the kernel: of feeds only what was sent is known"
    return Group("Bytes", note, keys, tuple(lanes))


def _lane(name: str, rungs: list[_Rung]) -> Lane | None:
    top = max((rung.values[-1] for rung in rungs), default=0.0)
    if not top:
        return None
    lines = [points(rung.values, top, _HEIGHT) for rung in rungs]
    shapes = [
        tag(
            "path",
            tag("title", f"{rung.name} on {name}"),
            d=line(through),
            class_=f"c-{rung.look} curve",
        )
        for rung, through in zip(rungs, lines, strict=True)
    ]
    if len(lines) > 1:
        area = [*lines[0], *reversed(lines[-1])]
        shapes.insert(0, tag("path", d=f"{line(area)}Z", class_="between"))
    ends = ", ".join(f"{rung.name} {amount(rung.values[-1])}" for rung in rungs)
    return Lane(name, ends, joined(shapes), _HEIGHT)


def amount(count: float) -> str:
    """Return bytes in words."""
    for unit in ("B", "kB", "MB"):
        if count < 1000:
            return f"{count:.3g} {unit}"
        count /= 1000
    return f"{count:.3g} GB"


def _rungs(run: Run, link: str, seen: list[Life], axis: Axis) -> list[_Rung]:
    of = {end: [x for x in seen if (x.link, x.end) == (link, end)] for end in ("exchange", "bot")}
    sent = [*_climb(life.sent for life in of["exchange"])] or [*written(run, link)]
    rungs = [_Rung("sent", "sent", axis.climbed(sent))]
    if of["bot"]:
        received, read = (
            axis.climbed(_climb(curves))
            for curves in (
                (life.received for life in of["bot"]),
                (life.read for life in of["bot"]),
            )
        )
        return [*rungs, _Rung("received", "received", received), _Rung("read", "read", read)]
    if link not in FEEDS:
        rungs.append(_Rung("read", "surely read", axis.climbed(_answers(run, link, read=True))))
    return rungs


def _climb(curves: Iterator[Curve]) -> Iterator[tuple[float, float]]:
    for each in curves:
        before = 0
        for step in each.steps:
            yield step.at, step.least - before
            before = step.least


def written(run: Run, link: str) -> Iterator[tuple[float, float]]:
    """Yield what the exchange's journal says: frames by their place in the stream where that is known, and answers."""
    yield from _answers(run, link, read=False)
    for connection in run.connections.values():
        if connection.listener != link:
            continue
        before = 0
        for _, event in connection.frames:
            offset = event.get("offset")
            until = before + event["size"] if offset is None else offset
            yield event.at, until - before
            before = until


def _answers(run: Run, link: str, *, read: bool) -> Iterator[tuple[float, float]]:
    for request in run.requests:
        answer, connection = request.answer, run.connections.get(request.conn)
        if answer is None or connection is None or connection.listener != link:
            continue
        at = answer.proven if read else answer.at
        if at != math.inf:
            yield at, answer.size
