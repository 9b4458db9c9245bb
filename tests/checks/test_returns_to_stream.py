"""With the stream back, the extra REST calls end."""

from __future__ import annotations

from downtick.checks.finding import Outcome
from downtick.checks.run import unwitnessed
from tests.checks.rest_prices import back, polls, silence
from tests.checks.transcript import Transcript


def test_requests_that_end_with_the_outage_hold() -> None:
    """The last one comes within the deadline, seen read or not."""
    t = Transcript()
    polls(t, silence(t), 24, 63)
    assert back(t) is Outcome.HOLDS
    assert back(t, unwitnessed) is Outcome.HOLDS


def test_requests_that_go_on_violate() -> None:
    """The stream was read for a minute."""
    t = Transcript()
    polls(t, silence(t), 24, 118)
    assert back(t) is Outcome.VIOLATED


def test_what_the_machine_took_is_not_counted_as_time_without_requests() -> None:
    """Those that surely left late are held against the time in which they did."""
    t = Transcript()
    conn = silence(t)
    t.starved(66, 100)
    polls(t, conn, 24, 66)
    polls(t, conn, 100, 118)
    assert back(t) is Outcome.VIOLATED


def test_a_few_more_requests_than_before_are_chance() -> None:
    """He asks now and then of himself, and not as often as in the outage."""
    t = Transcript()
    conn = silence(t)
    polls(t, conn, 24, 60)
    polls(t, conn, 70, 115, every=9)
    assert back(t) is Outcome.NOT_EXERCISED


def test_who_goes_on_may_not_have_read_the_stream() -> None:
    """Without a witness nobody knows."""
    t = Transcript()
    polls(t, silence(t), 24, 118)
    assert back(t, unwitnessed) is Outcome.NOT_EXERCISED


def test_who_never_fell_back_never_returns() -> None:
    """Nor who was never back."""
    t = Transcript()
    silence(t)
    assert back(t) is Outcome.NOT_EXERCISED
    t = Transcript()
    polls(t, silence(t, until=None), 24, 118)
    assert back(t) is Outcome.NOT_EXERCISED


def test_who_asks_anyway_has_no_extra_calls() -> None:
    """A poller without a stream is sound."""
    t = Transcript()
    polls(t, t.opens("rest", 0), 0, 19)
    polls(t, silence(t), 24, 118)
    assert back(t) is Outcome.NOT_EXERCISED
