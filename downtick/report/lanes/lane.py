"""Lanes of a timeline: a name on the left, a drawing over time on the right.

A drawing is stretched to the width that there is. So no text stands in it, and what must not be stretched is a stroke.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, NamedTuple

from downtick.report.lanes.axis import PLACES, WIDTH, Axis
from downtick.report.markup import Markup, joined, tag

ROW: Final = 14
"""Height of one row in pixels, and what stands in it is `BAR` high."""

BAR: Final = 10
_LEAST: Final = 25
"""Width of the shortest block: it must be seen."""


@dataclass(frozen=True)
class Lane:
    """One line of the timeline: its name, what stands below that, its drawing, and that one's height in pixels."""

    name: str
    note: str
    shapes: Markup
    height: int = ROW

    def markup(self) -> Markup:
        """Return it as HTML."""
        drawing = tag(
            "svg",
            self.shapes,
            class_="plot",
            viewBox=f"0 0 {WIDTH} {self.height}",
            preserveAspectRatio="none",
            height=self.height,
            role="img",
            aria_label=f"{self.name} {self.note}",
        )
        label = tag("span", self.name, tag("small", self.note), class_="label")
        return tag("div", label, drawing, class_="lane")


class Key(NamedTuple):
    """A colour or hatching, and what it stands for."""

    look: str
    meaning: str


@dataclass(frozen=True)
class Group:
    """Lanes under one head."""

    title: str
    note: str
    keys: tuple[Key, ...]
    lanes: tuple[Lane, ...]

    def markup(self) -> Markup:
        """Return it as HTML; nothing if it has no lanes."""
        if not self.lanes:
            return Markup()
        keys = [
            joined([tag("i", class_=f"key {key.look}"), tag("small", key.meaning)])
            for key in self.keys
        ]
        head = tag("h3", self.title, " ", tag("small", self.note), *keys)
        return joined([head, *(lane.markup() for lane in self.lanes)])


class Mark(NamedTuple):
    """A moment, what it was, and the number of its event."""

    at: float
    what: str
    event: int | None = None


def block(
    axis: Axis, since: float, until: float, row: int, look: str, what: str, event: int | None
) -> Markup:
    """Return a span of time as a block in a row.

    Args:
        axis: of the drawing.
        since: its begin, in monotonic seconds.
        until: its end; it is cut off at that of the run.
        row: counted from 0.
        look: classes of the style.
        what: it is, in words.
        event: that it begins with.
    """
    left = axis.x(since)
    width = max(axis.x(until) - left, _LEAST)
    return tag(
        "rect",
        tag("title", what),
        x=min(left, WIDTH - width),
        y=row * ROW + (ROW - BAR) / 2,
        width=width,
        height=BAR,
        class_=look,
        data_e=event,
    )


def ticks(axis: Axis, marks: Iterable[Mark], look: str, height: int = ROW) -> Markup:
    """Return moments as strokes; those of one place as one stroke that counts them."""
    places: dict[int, list[Mark]] = {}
    for mark in marks:
        places.setdefault(axis.place(mark.at), []).append(mark)
    return joined(
        tag(
            "path",
            tag("title", _told(found)),
            d=f"M{axis.x(found[0].at):g} 2V{height - 2}",
            class_=look,
            data_e=found[0].event,
        )
        for found in places.values()
    )


def dot(axis: Axis, mark: Mark, row: int, look: str) -> Markup:
    """Return a moment as a dot in a row."""
    return tag(
        "path",
        tag("title", mark.what),
        d=f"M{axis.x(mark.at):g} {row * ROW + ROW / 2:g}h0",
        class_=look,
        data_e=mark.event,
    )


def points(values: Iterable[float], top: float, height: int) -> list[str]:
    """Return the points of a line through the ends of all places. ``top``: the value that is drawn at full height."""
    found = [
        f"{(place + 1) * WIDTH / PLACES:g} {height - value / top * (height - 2):.1f}"
        for place, value in enumerate(values)
    ]
    return [f"0 {height}", *found]


def line(through: Iterable[str]) -> str:
    """Return the path of a line through points."""
    return "M" + "L".join(through)


def packed(spans: Iterable[tuple[float, float]], most: int) -> list[int]:
    """Return a row for each span of time, so that none lies on another; what is too much goes into the last.

    Args:
        spans: begins and ends, in the order of the begins.
        most: rows at most.
    """
    free: list[float] = []
    rows = []
    for since, until in spans:
        row = next((n for n, at in enumerate(free) if at <= since), len(free))
        row = min(row, most - 1)
        if row == len(free):
            free.append(until)
        free[row] = max(free[row], until)
        rows.append(row)
    return rows


def _told(marks: list[Mark]) -> str:
    more = f" (and {len(marks) - 1} more)" if len(marks) > 1 else ""
    return marks[0].what + more
