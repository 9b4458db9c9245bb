from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot_v2.features.market_data.belief import Belief
from bot_v2.features.market_data.price import Source, Tick
from tests.bot_v2.features.market_data.ticks import SETTINGS, tick


def test_the_newest_at_the_exchange_is_believed() -> None:
    """An answer that was overtaken by the stream changes nothing, whenever it came."""
    belief = Belief(SETTINGS)
    assert belief.age(10.0) == float("inf")
    newer, older = tick(101, born=5.0), tick(100, born=4.0, source="rest", lag=3.0)
    assert belief.offer(newer) is None
    assert belief.offer(older) is None
    assert belief.believed is newer
    assert belief.latest("rest") is older
    assert belief.age(10.0) == 5.0


def test_a_source_does_not_go_back() -> None:
    """What is older than the last of the same source is dropped."""
    belief = Belief(SETTINGS)
    belief.offer(tick(100, born=5.0))
    assert belief.offer(tick(101, born=4.0)) == "overtaken"


def test_a_jump_is_not_believed_and_leaves_no_price() -> None:
    """Ten times the price within a second is a mistake of somebody: nobody knows whose."""
    belief = Belief(SETTINGS)
    true, false = tick(100, born=1.0), tick(1000, born=2.0)
    belief.offer(true)
    assert belief.offer(false) == "jump"
    assert belief.believed is true
    assert belief.doubt(2.0) is false


def test_one_odd_tick_is_forgotten_with_the_next() -> None:
    """The next tick of that source that is not odd ends the doubt."""
    belief = Belief(SETTINGS)
    belief.offer(tick(100, born=1.0))
    belief.offer(tick(90, born=2.0))
    assert belief.offer(tick(100.1, born=2.5)) is None
    assert belief.doubt(2.5) is None


def test_two_sources_that_contradict_each_other_leave_no_price() -> None:
    """As long as one says 100 and the other 1000, neither is believed, however the other goes on."""
    belief = Belief(SETTINGS)
    for second in range(100):
        assert belief.offer(tick(100, born=second, source="rest")) is None
        assert belief.offer(tick(1000, born=second + 0.5)) == "jump" if second else True
        if second:
            assert belief.doubt(second + 0.5) is not None


def test_a_doubt_that_is_old_is_over() -> None:
    """A source that contradicted and then fell silent contradicts no longer."""
    belief = Belief(SETTINGS)
    belief.offer(tick(100, born=0.0, source="rest"))
    belief.offer(tick(1000, born=1.0))
    assert belief.doubt(1.0 + SETTINGS.max_age) is not None
    assert belief.doubt(1.1 + SETTINGS.max_age) is None


def test_a_jump_that_stands_is_believed() -> None:
    """A market can move: after a minute on which nobody disagreed, it has."""
    belief = Belief(SETTINGS)
    belief.offer(tick(100, born=0.0))
    answers = [belief.offer(tick(90, born=float(second))) for second in range(1, 70)]
    assert answers[: int(SETTINGS.jump_settle)] == ["jump"] * int(SETTINGS.jump_settle)
    assert answers[-1] is None
    assert belief.believed is not None
    assert belief.doubt(70.0) is None


def test_a_jump_that_is_contradicted_starts_again() -> None:
    """One tick where the price was ends the jump, so that two prices that take turns are never believed."""
    belief = Belief(SETTINGS)
    belief.offer(tick(100, born=0.0))
    for second in range(1, 200):
        price = 100 if second % 30 == 0 else 90
        refused = belief.offer(tick(price, born=float(second)))
        assert refused == ("jump" if price == 90 else None)


def test_an_older_tick_contradicts_no_jump() -> None:
    """An answer from before the jump, which comes late, says nothing about it."""
    belief = Belief(SETTINGS)
    belief.offer(tick(100, born=0.0))
    belief.offer(tick(90, born=1.0))
    belief.offer(tick(100, born=0.5, source="rest", lag=5.0))
    assert belief.offer(tick(90, born=1.5 + SETTINGS.jump_settle)) is None


def test_jumps_to_somewhere_else_each_time_are_no_jump() -> None:
    """What stands must stand at one place."""
    belief = Belief(SETTINGS)
    belief.offer(tick(100, born=0.0))
    for second in range(1, 200):
        assert belief.offer(tick(200 if second % 2 else 300, born=float(second))) == "jump"


def test_after_a_long_silence_a_market_may_be_elsewhere() -> None:
    """The bound grows with the square root of the time, as a random walk does."""
    belief = Belief(SETTINGS)
    belief.offer(tick(100, born=0.0))
    assert belief.offer(tick(105, born=30.0)) == "jump"
    belief = Belief(SETTINGS)
    belief.offer(tick(100, born=0.0))
    assert belief.offer(tick(105, born=600.0)) is None
    assert belief.offer(tick(100, born=0.5, source="rest")) is None  # as far from it as it was then


@st.composite
def _ticks(draw: st.DrawFn) -> list[Tick]:
    """Draw ticks of both sources in the order of their arrival, not of their birth; at instants without rounding."""
    now, ticks = 0.0, []
    for _ in range(draw(st.integers(1, 40))):
        now += draw(st.sampled_from([0.0, 0.125, 1.0, 7.0, 61.0]))
        source: Source = draw(st.sampled_from(["stream", "rest"]))
        lag = draw(st.sampled_from([0.0, 0.5, 9.0]))
        price = draw(st.sampled_from([99, 100, 101, 1000, 10]))
        ticks.append(tick(price, born=now - lag, source=source, lag=lag))
    return ticks


@given(_ticks())
def test_what_is_believed_was_told_and_never_gets_older(ticks: list[Tick]) -> None:
    """The price is always one that was told, and when it was so never goes back."""
    belief = Belief(SETTINGS)
    for told in ticks:
        before = belief.believed
        refused = belief.offer(told)
        after = belief.believed
        assert after in ticks
        if before is None:
            assert refused is None
            continue
        assert after is not None
        assert after.born >= before.born
        if refused is not None:
            assert after is before


@pytest.mark.parametrize("shift", [-1e6, 1e6])
@given(_ticks())
def test_only_differences_of_time_count(shift: float, ticks: list[Tick]) -> None:
    """Everything an hour later gives the same, an hour later."""
    here, there = Belief(SETTINGS), Belief(SETTINGS)
    for told in ticks:
        moved = tick(
            told.figures.mark.__str__(), born=told.born + shift, source=told.source, lag=told.lag
        )
        assert here.offer(told) == there.offer(moved)
