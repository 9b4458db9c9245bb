from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot_v2.features.brokerages.coinbase.streaming.pace import Pace
from bot_v2.features.brokerages.coinbase.streaming.settings import StreamingSettings

SETTINGS = StreamingSettings(data_timeout=60, data_timeout_busy=12, pace_memory=600)


def after(updates: Sequence[float]) -> Pace:
    pace = Pace(SETTINGS)
    for now in updates:
        pace.updated(now)
    return pace


def test_a_busy_channel_has_the_short_limit() -> None:
    """Ten updates a second, and twelve seconds are suspicious."""
    assert after([n / 10 for n in range(100)]).limit == 12


def test_a_slow_channel_is_given_three_times_its_longest_silence() -> None:
    """A market that moves every ten seconds is not dead after twelve."""
    assert after([0, 10, 11, 12]).limit == pytest.approx(30, rel=0.01)


def test_no_channel_is_given_more_than_the_cap() -> None:
    """A market that moves once an hour is looked after once a minute at most."""
    assert after([0, 3600]).limit == 60


def test_a_long_silence_fades() -> None:
    """Its memory halves, until the channel is busy again."""
    pace = after([0, 10])
    for second in range(11, 611):
        pace.updated(second)
    assert pace.limit == pytest.approx(15, rel=0.02)
    for second in range(611, 1211):
        pace.updated(second)
    assert pace.limit == 12


def test_time_away_is_no_silence_of_the_market() -> None:
    """What the link did is not held against the channel."""
    pace = after([0, 1])
    pace.interrupted()
    pace.updated(3000)
    assert pace.limit == 12


@given(st.lists(st.floats(0, 1e5), max_size=50))
def test_the_limit_stays_within_its_bounds(silences: list[float]) -> None:
    """Whatever the market does, and a market is never given less than its last silence."""
    pace = Pace(SETTINGS)
    now = 0.0
    pace.updated(now)
    for silence in silences:
        now += silence
        pace.updated(now)
        assert 12 <= pace.limit <= 60
        assert pace.limit >= min(60, 2.9 * silence)
