"""The timeline of a page: lanes under one another, and the tools that choose a part of their time."""

from __future__ import annotations

from collections.abc import Sequence

from downtick.report.fates import Fate
from downtick.report.judged_run import JudgedRun
from downtick.report.lanes.axis import WIDTH, Axis
from downtick.report.lanes.calls import calls
from downtick.report.lanes.connections import connections
from downtick.report.lanes.faults import faults
from downtick.report.lanes.ladder import ladder
from downtick.report.lanes.lane import Group, Key, Lane, Mark, block, ticks
from downtick.report.lanes.orders import orders
from downtick.report.lanes.own_words import own_words
from downtick.report.lanes.prices import prices
from downtick.report.markup import Markup, joined, tag


def timeline_section(judged: JudgedRun, axis: Axis, found: Sequence[Fate]) -> Markup:
    """Return the timeline.

    Args:
        judged: the run.
        axis: its time.
        found: the fates of its orders.
    """
    groups = (
        _phases(judged, axis),
        faults(judged, axis),
        connections(judged, axis),
        ladder(judged, axis),
        prices(judged, axis),
        orders(judged, found, axis),
        calls(judged, axis),
        own_words(judged, axis),
    )
    lanes = (_marks(axis), *(group.markup() for group in groups), _marks(axis))
    overlay = tag("div", class_="overlay")
    return tag(
        "section",
        tag("h2", "Timeline"),
        _tools(),
        tag(
            "div",
            *lanes,
            overlay,
            class_="timeline",
            data_span=f"{axis.span:.6f}",
            data_width=WIDTH,
        ),
    )


def _phases(judged: JudgedRun, axis: Axis) -> Group:
    run = judged.run
    spans = [("settling", run.played, run.ended, "c-dim hollow")]
    if run.steady is not None:
        spans.append(("faults may come", run.steady, run.played, "c-dim solid"))
    blocks = [block(axis, since, until, 0, look, name, None) for name, since, until, look in spans]
    idle = [
        Mark(end, f"the machine gave no time for {end - since:.3f} s") for since, end in run.idle
    ]
    shapes = joined([*blocks, ticks(axis, idle, "c-bad tick")])
    steady = (
        "no steady state" if run.steady is None else f"steady at {run.steady - axis.start:.1f} s"
    )
    keys = (
        Key("c-dim solid", "faults may come"),
        Key("c-dim hollow", "time to recover"),
        Key("c-bad solid", "the machine gave no time"),
    )
    return Group("Run", "", keys, (Lane("phases", steady, shapes),))


def _marks(axis: Axis) -> Markup:
    told = [
        tag("span", f"{at:g}", style=f"left:{at / axis.span * 100:.3f}%") for at in axis.marks()
    ]
    label = tag("span", "seconds", class_="label")
    return tag("div", label, tag("div", *told, class_="plot"), class_="lane axis")


def _tools() -> Markup:
    """Return what the script works with; without a script it stays hidden."""
    return tag(
        "div",
        tag(
            "span", "drag over the timeline, or from ", tag("input", id="from", inputmode="decimal")
        ),
        tag("span", "to ", tag("input", id="to", inputmode="decimal"), " s"),
        tag("button", "zoom in", id="zoom", type="button"),
        tag("button", "show all", id="all", type="button"),
        tag("span", id="now", class_="note"),
        class_="tools",
        hidden=True,
    )
