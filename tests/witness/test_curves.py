from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from downtick.witness.curves import Count, Curve, Span, Step

# Nothing by 1.0; 100 bytes between 1.0 and 1.3; 180 or 200 between 1.9 and 2.1.
STEPS = (Step(0.9, 1.0, 0, 0), Step(1.0, 1.3, 100, 100), Step(1.9, 2.1, 180, 200))
LIVING = Curve(STEPS, 3.0)
DEAD = Curve(STEPS, math.inf)


@pytest.mark.parametrize(
    ("position", "living", "dead"),
    [
        (1, Span(1.0, 1.3), Span(1.0, 1.3)),
        (100, Span(1.0, 1.3), Span(1.0, 1.3)),
        (101, Span(1.9, 2.1), Span(1.9, 2.1)),
        (180, Span(1.9, 2.1), Span(1.9, 2.1)),
        (181, Span(1.9, math.inf), Span(1.9, math.inf)),
        (201, Span(3.0, math.inf), None),
    ],
)
def test_a_position_is_reached_between_two_looks(
    position: int, living: Span, dead: Span | None
) -> None:
    """What was not seen to be reached was surely not, if nothing can come any more."""
    assert LIVING.reached(position) == living
    assert DEAD.reached(position) == dead


@pytest.mark.parametrize(
    ("instant", "count"),
    [
        (0.5, Count(0, 0)),
        (1.0, Count(0, 0)),
        (1.1, Count(0, 100)),
        (1.3, Count(100, 100)),
        (2.0, Count(100, 200)),
        (2.5, Count(180, 200)),
        (3.0, Count(180, 200)),
        (3.1, Count(180, math.inf)),
    ],
)
def test_a_count_at_an_instant_has_bounds(instant: float, count: Count) -> None:
    """Between two looks it may be either's; behind the last one anything."""
    assert LIVING.at(instant) == count


def test_growth_has_the_bounds_of_both_ends() -> None:
    """A flat stretch is one where nothing can have come."""
    assert LIVING.grown(1.3, 1.9) == Count(0, 0)
    assert LIVING.grown(1.0, 2.5) == Count(180, 200)
    assert LIVING.grown(1.1, 2.0) == Count(0, 200)
    assert LIVING.grown(3.1, 4.0) == Count(0, math.inf)


def test_a_curve_never_falls() -> None:
    """A step that says less than an earlier one says nothing."""
    curve = Curve([Step(0, 1, 5, 9), Step(1, 2, 3, 4)], 2.0)
    assert curve.at(2.0) == Count(5, 9)


def test_nothing_is_known_without_a_look() -> None:
    """Not even that nothing came."""
    blind = Curve([], -math.inf)
    assert blind.at(1.0) == Count(0, math.inf)
    assert blind.reached(1) == Span(-math.inf, math.inf)


@given(
    st.lists(st.tuples(st.floats(0, 1), st.integers(0, 50), st.integers(0, 9))), st.floats(0, 40)
)
def test_counts_and_positions_tell_the_same(
    moves: list[tuple[float, int, int]], instant: float
) -> None:
    """A position within the count at an instant was reached by then, one beyond it was not."""
    steps, total = [], 0
    for number, (late, more, doubt) in enumerate(moves):
        steps.append(Step(number, number + late, total + more, total + more + doubt))
        total += more + doubt
    curve = Curve(steps, len(moves) or math.inf)
    least, most = curve.at(instant)
    if least:
        span = curve.reached(least)
        assert span is not None
        assert span.latest <= instant
    if most < math.inf:
        span = curve.reached(int(most) + 1)
        assert span is None or span.earliest >= instant
