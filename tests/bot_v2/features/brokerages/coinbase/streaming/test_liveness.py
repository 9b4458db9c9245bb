from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot_v2.features.brokerages.coinbase.streaming.liveness import PARTIAL, AwakeClock, Liveness
from bot_v2.features.brokerages.coinbase.streaming.losses import Reason
from bot_v2.features.brokerages.coinbase.streaming.pace import Pace
from bot_v2.features.brokerages.coinbase.streaming.settings import StreamingSettings

SETTINGS = StreamingSettings(
    ping_interval=5,
    ping_timeout=10,
    silence_timeout=6,
    heartbeat_timeout=12,
    data_timeout=60,
    data_timeout_busy=12,
    message_timeout=100,
)


def made(**settings: Any) -> Liveness:
    chosen = replace(SETTINGS, **settings)
    return Liveness(chosen, {"ticker": Pace(chosen)}, 0.0)


def fed(until: float, *, heartbeats: bool, data: bool, **settings: Any) -> Liveness:
    """Return a liveness that got one message of each kind a second."""
    liveness = made(**settings)
    feed(liveness, 0, until, heartbeats=heartbeats, data=data)
    return liveness


def feed(liveness: Liveness, start: int, until: float, *, heartbeats: bool, data: bool) -> None:
    for second in range(start, int(until) + 1):
        if heartbeats:
            liveness.heard_heartbeat(float(second))
        if data:
            liveness.heard_update("ticker", float(second))
        if heartbeats or data:
            liveness.heard_message(float(second))


def test_a_silent_peer_is_dead_though_it_answers_pings() -> None:
    """Pongs do not keep a feed alive that says nothing else."""
    liveness = made()
    for second in (1.0, 3.0, 5.0):
        liveness.pinged(second)
        liveness.ponged()
    assert liveness.dead(6.0) is None
    assert liveness.dead(6.1) is Reason.SILENCE


def test_a_quiet_market_with_heartbeats_is_alive() -> None:
    """Heartbeats alone are enough while no data is expected."""
    liveness = fed(500, heartbeats=True, data=False)
    assert liveness.dead(500.5) is None


def test_data_without_heartbeats_is_dead() -> None:
    """A feed whose heartbeats stopped cannot be told from a dying one."""
    liveness = fed(12, heartbeats=False, data=True)
    assert liveness.dead(12.0) is None
    assert liveness.dead(12.1) is Reason.HEARTBEATS


def test_data_that_stopped_behind_living_heartbeats_is_dead_in_the_end() -> None:
    """A feed that had updates must go on having some."""
    liveness = fed(10, heartbeats=True, data=True)
    feed(liveness, 11, 24, heartbeats=True, data=False)
    assert liveness.dead(22.0) is None
    assert liveness.dead(22.1) is Reason.DATA


def test_a_channel_that_was_left_is_expected_no_longer() -> None:
    """Only channels that are still subscribed have to go on."""
    liveness = fed(10, heartbeats=True, data=True)
    liveness.expect_only({"level2"})
    feed(liveness, 11, 100, heartbeats=True, data=False)
    assert liveness.dead(100.0) is None


def test_the_data_limit_can_be_switched_off() -> None:
    """With None, heartbeats alone decide."""
    liveness = fed(10, heartbeats=True, data=True, data_timeout=None)
    feed(liveness, 11, 1000, heartbeats=True, data=False)
    assert liveness.dead(1000.0) is None


def test_an_unanswered_ping_is_dead_though_data_flows() -> None:
    """Data that flows in front of a pong is too old by then."""
    liveness = fed(4, heartbeats=True, data=True)
    liveness.pinged(5.0)
    feed(liveness, 5, 20, heartbeats=True, data=True)
    assert liveness.dead(15.0) is None
    assert liveness.dead(15.1) is Reason.PING


def test_pings_are_due_at_their_interval_and_one_at_a_time() -> None:
    """The next ping waits for the interval, and for the pong of the last."""
    liveness = made()
    assert not liveness.ping_due(4.9)
    assert liveness.ping_due(5.0)
    liveness.pinged(5.0)
    assert not liveness.ping_due(11.0)
    liveness.ponged()
    assert liveness.ping_due(11.0)


def test_a_large_message_on_its_way_is_a_sign_of_life() -> None:
    """Bytes of a message that has not ended yet suspend the limits, until the message's own."""
    liveness = made()
    for second in range(1, 120):
        liveness.heard_bytes(PARTIAL * (second + 1), float(second))
        assert liveness.dead(float(second)) is (None if second < 100 else Reason.SILENCE)


def test_a_large_message_that_stops_half_way_is_not() -> None:
    """Without further bytes the limits apply again."""
    liveness = made()
    liveness.heard_bytes(PARTIAL * 10, 5.0)
    assert liveness.dead(10.9) is None
    assert liveness.dead(11.0) is Reason.SILENCE


def test_bytes_of_whole_frames_are_no_message_on_its_way() -> None:
    """Frames that cannot be read keep nobody alive, however many they are."""
    liveness = made()
    for second in range(1, 8):
        liveness.heard_bytes(PARTIAL * 10 * second, float(second))
        liveness.heard_frame()
    assert liveness.dead(7.0) is Reason.SILENCE


def test_the_awake_clock_stands_still_while_nobody_reads_it() -> None:
    """A long time between two readings counts as the longest that is counted."""
    clock = AwakeClock(0.5, 100.0)
    assert clock.read(100.3) == pytest.approx(0.3)
    assert clock.read(160.0) == pytest.approx(0.8)
    assert clock.read(160.1) == pytest.approx(0.9)


@given(st.lists(st.floats(0, 100), min_size=1, max_size=50))
def test_the_awake_clock_never_runs_fast_nor_back(steps: list[float]) -> None:
    """It advances by no more than real time, and never goes back."""
    clock = AwakeClock(0.5, 0.0)
    now = awake = 0.0
    for step in steps:
        now += step
        reading = clock.read(now)
        assert awake <= reading <= awake + step + 1e-9
        awake = reading
