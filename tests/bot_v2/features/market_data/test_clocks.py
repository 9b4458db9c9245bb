from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot_v2.features.market_data.clocks import ExchangeClock, SteadyClock
from bot_v2.features.market_data.price import Nonsense

SKEW = 2.0


class Hands:
    """Two clocks that a test turns."""

    def __init__(self) -> None:
        self.monotonic = 100.0
        self.wall = 1_000_000.0

    def clock(self) -> SteadyClock:
        return SteadyClock(lambda: self.monotonic, lambda: self.wall)

    def turn(self, monotonic: float, wall: float) -> None:
        self.monotonic += monotonic
        self.wall += wall


def test_time_passes() -> None:
    """Awake, it is the monotonic clock."""
    hands = Hands()
    clock = hands.clock()
    hands.turn(5.0, 5.0)
    assert clock.now() == 105.0
    assert clock.wall_offset == 1_000_000.0 - 100.0


def test_sleep_counts() -> None:
    """A machine that slept for an hour did not stand still: its prices are an hour older."""
    hands = Hands()
    clock = hands.clock()
    hands.turn(0.1, 3600.1)
    assert clock.now() == pytest.approx(100.1 + 3600.0)
    assert clock.instant(100.05) == pytest.approx(3700.05)
    hands.turn(1.0, 1.0)
    assert clock.now() == pytest.approx(3701.1)


def test_a_wall_clock_that_is_put_back_changes_nothing() -> None:
    """No time is taken back."""
    hands = Hands()
    clock = hands.clock()
    hands.turn(1.0, -500.0)
    assert clock.now() == 101.0


def test_small_differences_do_not_add_up() -> None:
    """Two clocks that are read one after the other never agree to the microsecond, and need not."""
    hands = Hands()
    clock = hands.clock()
    for _ in range(10_000):
        hands.turn(0.01, 0.0101)
        clock.now()
    assert clock.now() == pytest.approx(200.0)


steps = st.lists(st.tuples(st.floats(0, 100), st.floats(-100, 100)), max_size=30)


@given(steps)
def test_it_never_goes_back(turns: list[tuple[float, float]]) -> None:
    """Whatever the wall clock does, later is never earlier, and never less than the monotonic clock says."""
    hands = Hands()
    clock = hands.clock()
    before = clock.now()
    for monotonic, wall in turns:
        hands.turn(monotonic, wall)
        now = clock.now()
        assert now >= before + monotonic - 1e-6
        before = now


OFFSET = 1e9
"""Of our wall clock."""


@given(
    skew=st.floats(-1.9, 1.9),
    there=st.floats(0, 0.9),
    back=st.floats(0, 0.9),
    lag=st.floats(0, 100),
    later=st.floats(0, 100),
)
def test_no_price_is_younger_than_it_is(
    skew: float, there: float, back: float, lag: float, later: float
) -> None:
    """However the two ways of the question differ, the age that follows is not below the true one."""
    true_offset = OFFSET + skew
    clock = ExchangeClock(OFFSET, SKEW)
    asked = 50.0
    clock.told(asked, asked + there + back, _cut(asked + there + true_offset))
    received = asked + there + back + later
    truly_born = received - lag
    born = clock.born(truly_born + true_offset, received)
    assert born <= truly_born + 1e-6
    assert born >= truly_born - there - back - 0.05


def _cut(seconds: float) -> float:
    return int(seconds * 1000) / 1000


def test_our_own_clock_is_believed_until_somebody_asked() -> None:
    """Without an answer, ages are by the wall clock."""
    clock = ExchangeClock(OFFSET, SKEW)
    assert clock.born(OFFSET + 10.0, 11.5) == 10.0
    assert clock.skew is None


def test_messages_correct_a_clock_that_is_behind() -> None:
    """A message cannot come from the future: if it seems to, ours is behind, and every price older."""
    clock = ExchangeClock(OFFSET, SKEW)
    assert clock.born(OFFSET + 11.5, 10.0) == 10.0  # ours is 1.5 s behind at least
    assert clock.born(OFFSET + 11.5, 12.0) == 10.0


def test_a_message_from_far_in_the_future_is_refused() -> None:
    """It corrects nothing."""
    clock = ExchangeClock(OFFSET, SKEW)
    with pytest.raises(Nonsense, match="future"):
        clock.born(OFFSET + 15.0, 10.0)
    assert clock.born(OFFSET + 10.0, 11.5) == 10.0


def test_once_asked_no_message_is_from_the_future() -> None:
    """The answer says how late it can be there at most."""
    clock = ExchangeClock(OFFSET, SKEW)
    clock.told(10.0, 10.1, OFFSET + 10.05)
    with pytest.raises(Nonsense, match="future"):
        clock.born(OFFSET + 20.5, 20.0)


def test_an_exchange_far_behind_makes_everything_old() -> None:
    """Whoever says that it is a minute ago is believed for as much as clocks may differ, and no more."""
    clock = ExchangeClock(OFFSET, SKEW)
    clock.told(10.0, 10.1, OFFSET + 10.05 - 60.0)
    assert clock.born(OFFSET + 20.0 - 60.0, 20.0) == pytest.approx(20.0 - 60.0 + SKEW)
    assert clock.skew == pytest.approx(-60.0, abs=0.2)


def test_the_better_answer_stays() -> None:
    """A slow answer says less than a quick one before it."""
    clock = ExchangeClock(OFFSET, SKEW)
    clock.told(10.0, 10.02, OFFSET + 10.01)
    clock.told(20.0, 21.5, OFFSET + 20.2)
    assert clock.latest(21.5) == pytest.approx(OFFSET + 21.5, abs=0.02)


def test_a_very_slow_answer_says_nothing() -> None:
    """It would make every price old that is not."""
    clock = ExchangeClock(OFFSET, SKEW)
    clock.told(10.0, 20.0, OFFSET + 19.0)
    assert clock.skew is None


def test_a_clock_that_was_set_is_noticed() -> None:
    """An answer that cannot be true together with the one before takes its place, even a slower one."""
    clock = ExchangeClock(OFFSET, SKEW)
    clock.told(10.0, 10.02, OFFSET + 10.01)
    clock.told(20.0, 20.2, OFFSET + 20.1 + 1.5)
    assert clock.latest(20.2) == pytest.approx(OFFSET + 20.2 + 1.5, abs=0.2)


def test_what_is_known_widens_with_time() -> None:
    """Clocks drift apart: after an hour less is sure, and a fresh answer of the same quality is better."""
    clock = ExchangeClock(OFFSET, SKEW)
    clock.told(10.0, 10.1, OFFSET + 10.05)
    early, late = clock.latest(11.0) - 11.0, clock.latest(3611.0) - 3611.0
    assert late > early
    clock.told(3611.0, 3611.1, OFFSET + 3611.05)
    assert clock.latest(3612.0) - 3612.0 < late
