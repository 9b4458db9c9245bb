"""A market's seconds and the wall clock convert into each other at every time scale."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from downtick.exchange.market import MarketClock

START = 1_700_000_000_000_000_000


@given(at=st.floats(-1000, 100_000), scale=st.sampled_from([0.1, 0.25, 1.0, 2.0]))
@settings(deadline=None)
def test_wall_and_nominal_agree(at: float, scale: float) -> None:
    """The nominal second of an instant's wall clock is the instant again."""
    clock = MarketClock(START, scale)
    assert clock.wall(at) == pytest.approx(START + at * scale * 1e9, abs=1000)
    assert clock.nominal(clock.wall(at) / 1e9) - clock.origin == pytest.approx(at, abs=1e-4)


def test_candles_are_labelled_by_the_wall() -> None:
    """The label of a nominal second is a whole second of the wall clock."""
    clock = MarketClock(START, 0.1)
    assert clock.label(clock.origin + 300) == 1_700_000_030
