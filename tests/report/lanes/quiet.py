"""A run in which nothing happens, to tell something in; and its lanes."""

from __future__ import annotations

from downtick.report.lanes.axis import Axis
from downtick.report.lanes.lane import Group, Lane
from tests.checks.transcript import Transcript

AXIS = Axis(0.0, 40.0)


def lane(group: Group, name: str) -> Lane:
    """Return a lane by its name."""
    (found,) = [lane for lane in group.lanes if lane.name == name]
    return found


def transcript() -> Transcript:
    """Tell of a run of 40 seconds in which nothing happens yet."""
    t = Transcript()
    t.steady(0)
    t.over(40)
    return t
