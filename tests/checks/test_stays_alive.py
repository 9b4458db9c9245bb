"""The bot runs, and reads its sockets or sends."""

from __future__ import annotations

from downtick.checks.finding import Outcome
from downtick.checks.stays_alive import check
from tests.checks.transcript import Transcript


def hurt(t: Transcript) -> int:
    """Tell of a bot that is heard every second, and of a fault from 10 to 20; return its connection."""
    conn = t.opens("rest", 0)
    for at in range(1, 10):
        t.asks(conn, at)
    t.fault("http_error", 10, 20, hits=[(11, conn)])
    t.over(60)
    return conn


def outcome(t: Transcript) -> Outcome:
    """Return what the check says."""
    return check(t.run(), {}).outcome


def test_a_request_after_the_fault_is_a_sign_of_life() -> None:
    """So is a ping, and a new connection."""
    t = Transcript()
    conn = hurt(t)
    t.asks(conn, 19)
    t.asks(conn, 22)
    t.asks(conn, 23)
    assert outcome(t) is Outcome.HOLDS
    t = Transcript()
    feed = t.feed(1)
    hurt(t)
    t.tell(30, "frame_received", conn=feed, type="ping", size=4)
    assert outcome(t) is Outcome.HOLDS


def test_a_bot_without_sockets_that_is_silent_is_dead() -> None:
    """For longer than it ever was silent before."""
    t = Transcript()
    t.closes(hurt(t), 12)
    assert outcome(t) is Outcome.VIOLATED


def test_a_bot_with_an_open_socket_may_be_reading() -> None:
    """Only a witness can tell."""
    t = Transcript()
    hurt(t)
    assert outcome(t) is Outcome.NOT_EXERCISED


def test_a_bot_that_is_seldom_heard_may_be_waiting() -> None:
    """Its pauses before the fault were as long."""
    t = Transcript()
    conn = t.opens("rest", 0)
    t.asks(conn, 39)
    t.fault("http_error", 40, 50, hits=[(41, conn)])
    t.closes(conn, 41)
    t.over(90)
    assert outcome(t) is Outcome.NOT_EXERCISED


def test_without_a_fault_nothing_is_shown() -> None:
    """Living is no art then."""
    t = Transcript()
    t.asks(t.opens("rest", 0), 1)
    t.over(10)
    assert outcome(t) is Outcome.NOT_EXERCISED


def test_a_process_that_ended_by_itself_is_dead() -> None:
    """Whatever it did before; one that was stopped at the end is not."""
    t = Transcript()
    conn = hurt(t)
    t.asks(conn, 19)
    t.asks(conn, 22)
    t.tell(30, "bot_ended", "runner", exit_code=1, killed=False)
    assert outcome(t) is Outcome.VIOLATED
    t = Transcript()
    conn = hurt(t)
    t.asks(conn, 19)
    t.asks(conn, 22)
    t.tell(60, "bot_asked_to_stop", "runner", signal="SIGTERM")
    t.tell(61, "bot_ended", "runner", exit_code=0, killed=False)
    assert outcome(t) is Outcome.HOLDS
