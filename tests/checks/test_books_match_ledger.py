"""What the bot believes at the end is what the exchange did."""

from __future__ import annotations

import pytest

from downtick.checks.books_match_ledger import check
from downtick.checks.finding import Outcome
from downtick.checks.run import Reading, unwitnessed
from tests.checks.transcript import Transcript, at_once


def filled(t: Transcript) -> int:
    """Tell of an order that is filled at 12; return its connection."""
    conn = t.opens("rest", 9)
    t.places(conn, 10, "a")
    t.fills("a", 12)
    return conn


def outcome(t: Transcript, read: Reading = unwitnessed) -> Outcome:
    """Return what the check says."""
    return check(t.run(read=read), {}).outcome


@pytest.mark.parametrize("path", ["fills", "batch", "id-of-a"])
def test_a_fill_that_was_read_holds(path: str) -> None:
    """By any route that tells of it."""
    t = Transcript()
    conn = filled(t)
    t.asks(conn, 13, f"orders/historical/{path}")
    t.asks(conn, 14)
    assert outcome(t) is Outcome.HOLDS


def test_what_was_asked_before_the_fill_does_not_tell_of_it() -> None:
    """Nor does the answer to the order."""
    t = Transcript()
    conn = filled(t)
    t.asks(conn, 11, "orders/historical/fills")
    t.asks(conn, 14)
    assert outcome(t) is Outcome.NOT_EXERCISED


def test_a_list_of_open_orders_does_not_hold_one_that_is_filled() -> None:
    """It is no longer open."""
    t = Transcript()
    conn = filled(t)
    t.asks(conn, 13, "orders/historical/batch", query="order_status=OPEN")
    t.asks(conn, 14)
    assert outcome(t) is Outcome.NOT_EXERCISED


def test_a_list_from_a_later_time_does_not_hold_it() -> None:
    """The fill's own time is 1970 here."""
    for start, holds in (("1970-01-01T00:00:00Z", True), ("2026-01-01T00:00:00Z", False)):
        t = Transcript()
        conn = filled(t)
        query = f"start_sequence_timestamp={start}&limit=250"
        t.asks(conn, 13, "orders/historical/fills", query=query)
        t.asks(conn, 14)
        assert (outcome(t) is Outcome.HOLDS) is holds


def test_a_frame_of_the_users_feed_tells_when_it_is_read() -> None:
    """The one of the fill, not one of before."""
    t = Transcript()
    feed = t.feed(0, listener="user_ws", channel="user")
    filled(t)
    t.frame(feed, 13, "user", entry=1)
    assert outcome(t, at_once) is Outcome.NOT_EXERCISED
    t.frame(feed, 14, "user", entry=2)
    assert outcome(t, at_once) is Outcome.HOLDS
    assert outcome(t) is Outcome.NOT_EXERCISED


def test_one_fill_of_two_is_not_enough() -> None:
    """Both must have been read."""
    t = Transcript()
    conn = t.opens("rest", 9)
    t.places(conn, 10, "a", size="2")
    t.fills("a", 12, complete=False)
    t.asks(conn, 13, "orders/historical/fills")
    t.asks(conn, 14)
    assert outcome(t) is Outcome.HOLDS
    t.fills("a", 15)
    assert outcome(t) is Outcome.NOT_EXERCISED


def test_without_a_fill_there_is_nothing_to_match() -> None:
    """An open order is in no book."""
    t = Transcript()
    t.places(t.opens("rest", 9), 10, "a")
    assert outcome(t) is Outcome.NOT_EXERCISED


def test_a_list_that_nobody_saw_read_is_a_doubt() -> None:
    """No request followed it on its connection."""
    t = Transcript()
    t.asks(filled(t), 13, "orders/historical/fills")
    assert outcome(t) is Outcome.NOT_EXERCISED
