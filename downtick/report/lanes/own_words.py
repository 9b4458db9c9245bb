"""What the bot says of itself: its modes, and what it counts and measures. It is judged by none of it."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise, takewhile
from typing import Final, NamedTuple

from downtick.history import Event
from downtick.report.judged_run import JudgedRun
from downtick.report.lanes.axis import PLACES, Axis
from downtick.report.lanes.lane import Group, Key, Lane, block, line, points
from downtick.report.markup import joined, tag

_HEIGHT: Final = 22
_MOST: Final = 12
"""Series that are drawn."""

_RUNTIME: Final = ("go_", "jvm_", "nodejs_", "process_", "promhttp_", "python_", "scrape_")
"""How the metrics begin that tell of a language, not of a bot."""


class Told(NamedTuple):
    """A value from an instant on, and the number of the event that told it."""

    at: float
    value: float
    event: int


def own_words(judged: JudgedRun, axis: Axis) -> Group:
    """Return a lane for each mode, and one for each metric that changed: those first that changed least often."""
    told = [(number, e) for number, e in enumerate(judged.history) if e.source == "bot"]
    series = {
        name: values
        for name, values in _series(told).items()
        if len({value for _, value, _ in values}) > 1 and not name.startswith(_RUNTIME)
    }
    drawn = sorted(series, key=lambda name: (len(series[name]), name))[:_MOST]
    lanes = [_spans(axis, mode, values) for mode, values in _modes(told).items()]
    shared = _shared(drawn)
    for name in sorted(drawn):
        values = series[name]
        switch = {value for _, value, _ in values} == {0.0, 1.0} and not _counts(name)
        lane = _spans if switch else _curve
        lanes.append(lane(axis, "_".join(name.split("_")[shared:]), values))
    left = len(series) - len(drawn)
    more = f"; {left} that change more are not drawn" if left else ""
    note = f"by its events and its metrics; it is judged by what the exchange saw{more}"
    return Group(
        "The bot's own words", note, (Key("c-read solid", "on, or how much"),), tuple(lanes)
    )


def _modes(told: Sequence[tuple[int, Event]]) -> dict[str, list[Told]]:
    """Return for each mode when the bot was in it (1) and when not (0)."""
    changes = [(number, event) for number, event in told if event.kind == "mode_changed"]
    found: dict[str, list[Told]] = {}
    for number, event in changes:
        for mode, values in found.items():
            if values[-1].value and mode != event["mode"]:
                values.append(Told(event.at, 0.0, number))
        found.setdefault(event["mode"], []).append(Told(event.at, 1.0, number))
    return found


def _series(told: Sequence[tuple[int, Event]]) -> dict[str, list[Told]]:
    found: dict[str, list[Told]] = {}
    first: Told | None = None
    for number, event in told:
        if event.kind != "metrics":
            continue
        for name, value in event["values"].items():
            if name not in found:
                # A counter that was not there before had counted nothing.
                found[name] = [first] if first is not None and _counts(name) else []
            found[name].append(Told(event.at, value, number))
        first = first or Told(event.at, 0.0, number)
    return found


def _shared(names: Sequence[str]) -> int:
    """Return with how many words all names begin: they say nothing on a drawing that shows no others."""
    begins = zip(*(name.split("_")[:-1] for name in names), strict=False)
    return sum(1 for _ in takewhile(lambda words: len(set(words)) == 1, begins)) * (len(names) > 1)


def _counts(name: str) -> bool:
    return name.partition("{")[0].endswith(("_total", "_count"))


def _spans(axis: Axis, name: str, values: Sequence[Told]) -> Lane:
    """Draw when something was on."""
    after = [*values[1:], Told(axis.end, 0.0, values[-1].event)]
    on = [(since, until.at) for since, until in zip(values, after, strict=True) if since.value]
    shapes = [
        block(
            axis,
            since.at,
            until,
            0,
            "c-read solid",
            f"{name} for {until - since.at:.3f} s",
            since.event,
        )
        for since, until in on
    ]
    return Lane(name, f"{sum(until - since.at for since, until in on):.3g} s", joined(shapes))


def _curve(axis: Axis, name: str, values: Sequence[Told]) -> Lane:
    """Draw how much something was, from its least to its most."""
    numbers = [value for _, value, _ in values]
    least, most = min(numbers), max(numbers)
    height = [0.0] * PLACES
    for this, following in pairwise([*values, Told(axis.end, 0.0, 0)]):
        for place in range(axis.place(this.at), axis.place(following.at) + 1):
            height[place] = this.value - least
    title = f"{name}, from {least:.6g} to {most:.6g}"
    curve = line(points(height, most - least, _HEIGHT))
    shapes = tag("path", tag("title", title), d=curve, class_="c-read curve")
    return Lane(name, f"{least:.6g} to {most:.6g}", shapes, _HEIGHT)
