"""Attempts to connect grow apart, up to a cap."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import accumulate

from downtick.checks.backs_off import check
from downtick.checks.finding import Outcome
from tests.checks.transcript import Transcript

GIVEN = {"max_rate": 2, "cap": 60, "healthy": 5}


def storm(pauses: Iterable[float], *, feeds: int = 1) -> Transcript:
    """Tell of feeds that are lost at 10, of attempts that are refused after these pauses, and of one that lasts."""
    t = Transcript()
    lost = [t.feed(0) for _ in range(feeds)]
    t.fault("abort", 10, 10, hits=[(10, conn) for conn in lost])
    for conn in lost:
        t.closes(conn, 10, by="fault", how="abort")
    times = list(accumulate(pauses, initial=10.0))[1:]
    for at in times[:-1]:
        conn = t.opens("market_ws", at)
        t.tell(at, "refused", conn=conn, status=503)
        t.closes(conn, at, by="exchange")
    for at in times[-1:]:
        t.feed(at)
    t.over(200)
    return t


def outcome(t: Transcript) -> Outcome:
    """Return what the check says."""
    return check(t.run(), GIVEN).outcome


def test_pauses_that_double_hold() -> None:
    """As most clients do it."""
    assert outcome(storm([0.5, 1, 2, 4, 8])) is Outcome.HOLDS


def test_pauses_that_are_drawn_at_random_below_a_growing_bound_hold() -> None:
    """One may be shorter than the one before."""
    assert outcome(storm([0.4, 1.1, 0.9, 3.8, 2.5])) is Outcome.HOLDS


def test_reconnecting_without_a_pause_violates() -> None:
    """Twenty attempts a second are more than two."""
    found = check(storm([0.05] * 40).run(), GIVEN)
    assert found.outcome is Outcome.VIOLATED
    assert "40 of them within 5 s: 10 are allowed" in found.sentence


def test_pauses_that_do_not_grow_violate() -> None:
    """However long they are, short of the cap."""
    assert outcome(storm([3, 3, 3, 3, 3])) is Outcome.VIOLATED


def test_pauses_at_the_cap_grow_no_more() -> None:
    """They are long enough."""
    assert outcome(storm([60] * 3)) is Outcome.HOLDS


def test_a_pause_beyond_the_cap_violates() -> None:
    """The market is long back."""
    assert outcome(storm([1, 2, 90])) is Outcome.VIOLATED


def test_each_lost_connection_may_try() -> None:
    """Four feeds have four times the attempts of one."""
    attempts = [0.1] * 30
    assert outcome(storm(attempts)) is Outcome.VIOLATED
    assert outcome(storm(attempts, feeds=4)) is Outcome.HOLDS


def test_one_attempt_that_succeeds_shows_nothing() -> None:
    """There was nothing to grow."""
    assert outcome(storm([0.5])) is Outcome.NOT_EXERCISED


def test_under_a_link_that_is_down_the_attempts_are_not_all_seen() -> None:
    """The exchange never hears of those that fail."""
    t = storm([0.5, 3, 8])
    t.breaks("market_ws", "down", 10, until=15)
    assert outcome(t) is Outcome.NOT_EXERCISED


def test_a_sound_feed_begins_anew() -> None:
    """After it the first pause may be short again."""
    t = Transcript()
    for start in (10, 40):
        conn = t.feed(start - 10)
        t.fault("abort", start, start, hits=[(start, conn)])
        t.closes(conn, start, by="fault", how="abort")
        for at in (start + 1, start + 3):
            t.closes(t.opens("market_ws", at), at, by="exchange")
    t.feed(47)
    t.feed(17)
    t.over(100)
    assert outcome(t) is Outcome.HOLDS
