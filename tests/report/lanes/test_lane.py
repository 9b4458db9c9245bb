"""Lanes, and the shapes in them."""

from __future__ import annotations

import math

from downtick.report.lanes.axis import PLACES, WIDTH, Axis
from downtick.report.lanes.lane import Group, Lane, Mark, block, dot, line, packed, points, ticks
from downtick.report.markup import Markup, tag

AXIS = Axis(0.0, 10.0)


def test_a_block_can_be_seen_however_short() -> None:
    """And stays on the drawing."""
    text = block(AXIS, 10.0, 10.0, 1, "c-bad solid", "<x>", 7)
    assert f'x="{WIDTH - 25:g}"' in text
    assert 'width="25"' in text
    assert 'data-e="7"' in text
    assert "<title>&lt;x&gt;</title>" in text


def test_ticks_of_one_place_are_one_that_counts_them() -> None:
    """So that a drawing has no more than there are places."""
    text = ticks(AXIS, [Mark(5, "a", 1), Mark(5.001, "b", 2), Mark(6, "c", 3)], "x")
    assert text.count("<path") == 2
    assert "a (and 1 more)" in text
    many = ticks(AXIS, (Mark(n / 1e4, "x") for n in range(100_000)), "x")
    assert many.count("<path") == PLACES


def test_a_dot_has_no_length() -> None:
    """A round stroke: it is not stretched."""
    assert f'd="M{WIDTH / 2:g} 21h0"' in dot(AXIS, Mark(5, "x"), 1, "dot")


def test_a_line_goes_from_the_ground_to_its_top() -> None:
    """The height is that of the greatest value."""
    through = points([*[0.0] * (PLACES - 1), 4.0], 4.0, 80)
    assert (through[0], through[-1], len(through)) == ("0 80", f"{WIDTH} 2.0", PLACES + 1)
    assert line(["0 1", "2 3"]) == "M0 1L2 3"


def test_what_overlaps_stands_below_one_another() -> None:
    """As long as there are rows; what is too much shares the last."""
    assert packed([(0, 2), (1, 3), (2, 4), (3, math.inf)], 8) == [0, 1, 0, 1]
    assert packed([(0, 9), (0, 9), (0, 9), (0, 9)], 3) == [0, 1, 2, 2]
    assert packed([], 3) == []


def test_a_group_without_lanes_is_nothing() -> None:
    """No head over an empty place."""
    assert Group("Orders", "", (), ()).markup() == ""
    text = Group("<O>", "note", (), (Lane("<l>", "n", Markup(), 20),)).markup()
    assert "<h3>&lt;O&gt; <small>note</small></h3>" in text
    assert f'viewBox="0 0 {WIDTH} 20"' in text
    assert tag("span", "<l>", tag("small", "n"), class_="label") in text
