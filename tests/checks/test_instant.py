"""Instants as intervals, and the three answers to what is asked of them."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from downtick.checks.finding import Outcome
from downtick.checks.instant import NEVER, Instant, before, every, exactly, first_of, met, outcome

TIMES = st.floats(0, 100)
INSTANTS = st.tuples(TIMES, TIMES).map(lambda pair: Instant(min(pair), max(pair)))


def test_doubt_is_neither_before_nor_after() -> None:
    """Intervals that overlap have no order."""
    assert before(Instant(1, 2), Instant(2, 3)) is True
    assert before(Instant(3, 4), Instant(1, 2)) is False
    assert before(Instant(1, 3), Instant(2, 4)) is None


def test_a_deadline_is_met_or_missed_in_every_reading_or_it_is_not_known() -> None:
    """What was stolen from the bot may count or not."""
    assert met(exactly(12), exactly(10), 2) is True
    assert met(NEVER, exactly(10), 2) is False
    assert met(Instant(11, 13), exactly(10), 2) is None
    assert met(exactly(13), Instant(10, 11.5), 2) is None
    assert met(exactly(13), exactly(10), 2, stolen=1) is None


def test_one_that_is_false_decides_then_one_that_nobody_knows() -> None:
    """A violation stays one whatever else is in doubt."""
    assert every([True, None, False]) is False
    assert every([True, None]) is None
    assert every([]) is True


def test_doubt_is_not_exercised() -> None:
    """And never green."""
    assert [outcome(holds) for holds in (True, False, None)] == [
        Outcome.HOLDS,
        Outcome.VIOLATED,
        Outcome.NOT_EXERCISED,
    ]


@given(INSTANTS, INSTANTS, TIMES, st.floats(0, 10), st.floats(0, 10))
def test_a_wider_interval_never_makes_a_verdict_of_a_doubt(
    happened: Instant, since: Instant, within: float, wider: float, later: float
) -> None:
    """Knowing less says less."""
    blurred = Instant(happened.earliest - wider, happened.latest + later)
    assert met(blurred, since, within) in {met(happened, since, within), None}
    assert before(blurred, since) in {before(happened, since), None}


@given(st.lists(INSTANTS, min_size=1))
def test_the_first_of_several_is_not_later_than_any(instants: list[Instant]) -> None:
    """In neither reading."""
    first = first_of(instants)
    assert first.earliest == min(each.earliest for each in instants)
    assert first.latest == min(each.latest for each in instants)
