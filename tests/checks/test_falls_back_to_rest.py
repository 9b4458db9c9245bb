"""Without a stream, prices are asked over REST."""

from __future__ import annotations

from downtick.checks.finding import Outcome
from tests.checks.rest_prices import PRICES, fallback, polls, silence
from tests.checks.transcript import Transcript


def test_prices_that_are_asked_in_time_hold() -> None:
    """Four seconds after the last frame."""
    t = Transcript()
    polls(t, silence(t), 24, 60)
    assert fallback(t) is Outcome.HOLDS


def test_prices_that_are_never_asked_violate() -> None:
    """Nor do those of another product help, nor an account."""
    t = Transcript()
    conn = silence(t)
    t.asks(conn, 23, PRICES, query="product_id=ETH-USD")
    t.asks(conn, 24, "accounts")
    assert fallback(t) is Outcome.VIOLATED


def test_prices_that_are_asked_too_late_violate() -> None:
    """The connection's last answer proves when the request left."""
    t = Transcript()
    conn = silence(t)
    t.asks(conn, 29)
    polls(t, conn, 30, 60)
    assert fallback(t) is Outcome.VIOLATED


def test_a_late_request_may_have_left_in_time() -> None:
    """Its connection was silent since before."""
    t = Transcript()
    polls(t, silence(t), 30, 60)
    assert fallback(t) is Outcome.NOT_EXERCISED


def test_who_asks_anyway_has_nothing_to_fall_back_to() -> None:
    """A poller without a stream is sound."""
    t = Transcript()
    polls(t, t.opens("rest", 0), 0, 19)
    silence(t)
    assert fallback(t) is Outcome.NOT_EXERCISED


def test_a_stream_that_is_back_sooner_asks_nothing_of_the_bot() -> None:
    """Four seconds are within the deadline."""
    t = Transcript()
    silence(t, until=24)
    assert fallback(t) is Outcome.NOT_EXERCISED


def test_a_quiet_market_is_no_outage() -> None:
    """No fault of the feed falls into it."""
    t = Transcript()
    feed = t.feed(0)
    t.frames(feed, 0, 20)
    t.breaks("user_ws", "reset", 30)
    t.frame(feed, 60)
    t.over(120)
    assert fallback(t) is Outcome.NOT_EXERCISED


def test_the_clock_runs_from_the_fault_where_the_market_was_quiet_before() -> None:
    """The last price is older than that, and nobody is to blame for it."""
    t = Transcript()
    feed = t.feed(0)
    t.frame(feed, 5)
    t.fault("data_silence", 20, 60, hits=[(21, feed)])
    conn = t.opens("rest", 1)
    t.asks(conn, 22)
    t.over(120)
    polls(t, conn, 24, 60)
    assert fallback(t) is Outcome.NOT_EXERCISED


def test_who_never_asks_after_a_fault_violates_however_quiet_the_market_was() -> None:
    """The deadline is counted from the fault."""
    t = Transcript()
    feed = t.feed(0)
    t.frame(feed, 5)
    t.fault("data_silence", 20, 60, hits=[(21, feed)])
    t.over(120)
    assert fallback(t) is Outcome.VIOLATED
