"""No more requests than allowed, and none into a 429's pause."""

from __future__ import annotations

import pytest

from downtick.checks.finding import Outcome
from downtick.checks.respects_rate_limits import check
from tests.checks.transcript import Transcript


def burst(count: int, *, path: str = "accounts", spread: float = 0.5, conns: int = 1) -> Transcript:
    """Tell of so many requests from 10 on, after one at 9.9."""
    t = Transcript()
    open_ = [t.opens("rest", 9.5) for _ in range(conns)]
    for conn in open_:
        t.asks(conn, 9.9, path)
    for number in range(count):
        t.asks(open_[number % conns], 10 + number * spread / count, path)
    return t


def outcome(t: Transcript, scale: float = 1.0) -> Outcome:
    """Return what the check says."""
    return check(t.run(scale), {}).outcome


def test_a_flood_violates() -> None:
    """More than a full bucket and what comes back into it."""
    assert outcome(burst(70)) is Outcome.VIOLATED


def test_a_bot_just_below_the_limit_holds() -> None:
    """Thirty private requests a second, ten public ones."""
    assert outcome(burst(28)) is Outcome.HOLDS
    assert outcome(burst(9, path="market/products")) is Outcome.HOLDS
    assert outcome(burst(28, path="market/products")) is Outcome.VIOLATED


def test_a_burst_that_a_full_bucket_allows_is_a_doubt() -> None:
    """Nobody saw when the requests left."""
    assert outcome(burst(45)) is Outcome.NOT_EXERCISED


def test_limits_follow_the_time_scale() -> None:
    """Seventy in half a real second are fewer than allowed at a tenth."""
    assert outcome(burst(70, spread=0.9), scale=0.1) is not Outcome.VIOLATED


def test_far_below_the_limit_nothing_is_shown() -> None:
    """One request keeps every limit."""
    assert outcome(burst(3)) is Outcome.NOT_EXERCISED


def limited(t: Transcript, fault: str = "rate_limited") -> int:
    """Tell of a 429 at 10 that asks for five seconds; return its connection."""
    conn = t.opens("rest", 9)
    handle = t.fault(fault, 9, 11, hits=[(10, conn)], retry_after=5)
    t.asks(conn, 10, status=429, fault=handle)
    return conn


@pytest.mark.parametrize("fault", ["rate_limited", "http_error"])
def test_a_request_into_the_pause_violates(fault: str) -> None:
    """It left after the 429 was read: the same connection carried both. Whoever made the 429, it asked for a pause."""
    t = Transcript()
    t.asks(limited(t, fault), 12)
    assert outcome(t) is Outcome.VIOLATED


def test_a_request_of_another_connection_may_have_left_before() -> None:
    """Without a witness."""
    t = Transcript()
    limited(t)
    t.asks(t.opens("rest", 9), 12)
    assert outcome(t) is Outcome.NOT_EXERCISED


def test_a_request_after_the_pause_holds_whenever_the_429_was_read() -> None:
    """The exchange has forgotten it by then."""
    t = Transcript()
    t.asks(limited(t), 15.1)
    assert outcome(t) is Outcome.HOLDS
    t = Transcript()
    t.asks(limited(t), 14.9)
    assert outcome(t) is Outcome.VIOLATED


def test_silence_after_a_429_holds() -> None:
    """Nothing came any more."""
    t = Transcript()
    limited(t)
    assert outcome(t) is Outcome.HOLDS
