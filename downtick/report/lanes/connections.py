"""The bot's connections: birth, death, and how."""

from __future__ import annotations

from typing import Final

from downtick.checks.run import Connection
from downtick.report.judged_run import JudgedRun
from downtick.report.lanes.axis import Axis
from downtick.report.lanes.lane import ROW, Group, Key, Lane, Mark, block, dot, packed
from downtick.report.markup import Markup, joined

_MOST: Final = 400
"""Connections of a link that are drawn."""

_MOST_ROWS: Final = 8
_GENTLE: Final = frozenset({"close_frame", "eof"})


def connections(judged: JudgedRun, axis: Axis) -> Group:
    """Return a lane for each link."""
    by_link: dict[str, list[Connection]] = {}
    for connection in judged.run.connections.values():
        by_link.setdefault(connection.listener, []).append(connection)
    keys = (
        Key("c-dim solid", "ended in order"),
        Key("c-bad solid", "reset, cut or refused"),
    )
    lanes = tuple(_lane(judged, axis, link, by_link[link]) for link in sorted(by_link))
    return Group("Connections", "", keys, lanes)


def ending(connection: Connection) -> str:
    """Return how a connection ended, in words."""
    end = connection.end
    if end is None:
        return "open at the end"
    code = "" if end.code is None else f" {end.code}"
    fault = "" if end.fault is None else f", fault {end.fault}"
    return f"{end.how}{code} by {end.by}{fault}"


def _lane(judged: JudgedRun, axis: Axis, link: str, found: list[Connection]) -> Lane:
    drawn = found[:_MOST]
    rows = packed(((each.accepted, each.ended) for each in drawn), _MOST_ROWS)
    left = f", {len(found) - _MOST} not drawn" if len(found) > _MOST else ""
    shapes = [_life(judged, axis, each, row) for each, row in zip(drawn, rows, strict=True)]
    height = (max(rows, default=0) + 1) * ROW
    return Lane(link, f"{len(found)}{left}", joined(shapes), height)


def _life(judged: JudgedRun, axis: Axis, connection: Connection, row: int) -> Markup:
    since = connection.accepted - judged.start
    what = f"#{connection.conn} from {since:.3f} s: {ending(connection)}"
    look = "c-sent life" if connection.upgraded is not None else "c-dim life"
    number = connection.number
    parts = [block(axis, connection.accepted, connection.ended, row, look, what, number)]
    if (end := connection.end) is not None:
        gentle = end.how in _GENTLE and end.by == "bot"
        mark = Mark(end.at, what, end.number)
        parts.append(dot(axis, mark, row, "c-dim dot" if gentle else "c-bad dot"))
    return joined(parts)
