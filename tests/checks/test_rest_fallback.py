"""Without a stream prices are asked over REST, and no longer than needed."""

from __future__ import annotations

from downtick.checks import falls_back_to_rest, returns_to_stream
from downtick.checks.finding import Outcome
from downtick.checks.run import Reading, unwitnessed
from tests.checks.transcript import Transcript, at_once

WITHIN = {"within": 5}
PRICES = "product_book"
QUERY = "product_id=BTC-USD"


def silence(t: Transcript, until: float | None = 60) -> int:
    """Tell of a feed that is cut at 20 and comes back at 60; return a connection for requests of after the cut."""
    feed = t.feed(0)
    t.frames(feed, 0, 20)
    t.breaks("market_ws", "down", 20, until=until or 200)
    t.closes(feed, 20)
    if until is not None:
        t.frames(t.feed(until), until, 120)
    t.over(120)
    return t.opens("rest", 21)


def polls(t: Transcript, conn: int, since: float, until: float, every: float = 2) -> None:
    """Tell of requests for prices."""
    for number in range(int((until - since) / every) + 1):
        t.asks(conn, since + number * every, PRICES, query=QUERY)


def fallback(t: Transcript) -> Outcome:
    """Return what the check of the fallback says."""
    return falls_back_to_rest.check(t.run(), WITHIN).outcome


def back(t: Transcript, read: Reading = at_once) -> Outcome:
    """Return what the check of the return says."""
    return returns_to_stream.check(t.run(read=read), WITHIN).outcome


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
    assert back(t) is Outcome.NOT_EXERCISED


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
