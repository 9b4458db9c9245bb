"""Time as a place on a drawing."""

from __future__ import annotations

import math

import pytest

from downtick.report.lanes.axis import PLACES, WIDTH, Axis

AXIS = Axis(100.0, 140.0)


def test_an_instant_has_its_place_and_what_lies_outside_the_edge() -> None:
    """A fault that was never over ends with the run."""
    assert [AXIS.x(at) for at in (90, 100, 110, 140, math.inf)] == [0, 0, WIDTH / 4, WIDTH, WIDTH]
    assert [AXIS.place(at) for at in (90, 100, 139.99, 140, 150)] == [0, 0, *[PLACES - 1] * 3]
    assert AXIS.ends(PLACES - 1) == AXIS.end


def test_many_steps_become_one_value_for_each_place() -> None:
    """Whatever came together within it."""
    climbed = AXIS.climbed([(100, 1), (100.01, 2), (140, 4)])
    assert (climbed[0], climbed[-2], climbed[-1], len(climbed)) == (3, 3, 7, PLACES)


@pytest.mark.parametrize("span", [0.0, 0.01, 3.0, 8.0, 999.0, 86_400.0])
def test_marks_are_round_and_few(span: float) -> None:
    """From a moment to a day."""
    marks = Axis(5.0, 5.0 + span).marks()
    assert marks[0] == 0
    assert len(marks) <= 8
    assert all(mark <= span + 1e-6 for mark in marks)


def test_a_run_without_length_can_be_drawn() -> None:
    """One event, or none."""
    assert Axis(1.0, 1.0).x(1.0) == 0
