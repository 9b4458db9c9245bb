"""The fate of an order whose answer was lost is found out."""

from __future__ import annotations

from downtick.checks.finding import Outcome
from downtick.checks.run import Reading, unwitnessed
from downtick.checks.settles_unknown_orders import check
from tests.checks.transcript import Transcript, at_once


def lost(t: Transcript, end: float = 60) -> None:
    """Tell of an order whose answer is lost at 10, with the fault over at once."""
    conn = t.opens("rest", 9)
    handle = t.fault("lost_answer", 9, 10, hits=[(10, conn)])
    t.places(conn, 10, "a", size="1", fault=handle)
    t.events[-1].data["size"] = 0
    t.over(end)


def outcome(t: Transcript, read: Reading = unwitnessed) -> Outcome:
    """Return what the check says of ten seconds."""
    return check(t.run(read=read), {"within": 10}).outcome


def test_a_look_up_that_was_read_in_time_holds() -> None:
    """The next request of its connection proves it."""
    t = Transcript()
    lost(t)
    conn = t.opens("rest", 11)
    t.asks(conn, 15, "orders/historical/batch")
    t.asks(conn, 16)
    assert outcome(t) is Outcome.HOLDS


def test_a_look_up_that_nobody_saw_read_is_a_doubt() -> None:
    """It was answered in time."""
    t = Transcript()
    lost(t)
    t.asks(t.opens("rest", 11), 15, "orders/historical/batch")
    assert outcome(t) is Outcome.NOT_EXERCISED


def test_nothing_that_tells_violates() -> None:
    """Neither a list of fills before it was filled, nor an error, nor another order."""
    t = Transcript()
    lost(t)
    conn = t.opens("rest", 11)
    t.asks(conn, 12, "orders/historical/fills")
    t.asks(conn, 13, "orders/historical/batch", status=503)
    t.asks(conn, 14, "orders/historical/id-of-b")
    found = check(t.run(), {"within": 10})
    assert found.outcome is Outcome.VIOLATED
    assert "order 'a'" in found.sentence


def test_a_look_up_too_late_violates() -> None:
    """Ten seconds were allowed."""
    t = Transcript()
    lost(t)
    conn = t.opens("rest", 11)
    t.asks(conn, 25, "orders/historical/id-of-a")
    t.asks(conn, 26)
    assert outcome(t) is Outcome.VIOLATED


def test_a_repeat_under_its_name_settles_it() -> None:
    """The exchange answers with the order that it has."""
    t = Transcript()
    lost(t)
    conn = t.opens("rest", 11)
    t.places(conn, 12, "a", applied=False)
    t.asks(conn, 13)
    assert outcome(t) is Outcome.HOLDS


def test_a_list_of_fills_tells_of_one_that_was_filled() -> None:
    """It is in it."""
    t = Transcript()
    lost(t)
    t.fills("a", 11)
    conn = t.opens("rest", 11)
    t.asks(conn, 12, "orders/historical/fills")
    t.asks(conn, 13)
    assert outcome(t) is Outcome.HOLDS


def test_a_user_frame_settles_it_when_it_is_read() -> None:
    """A witness may have seen that."""
    t = Transcript()
    lost(t)
    feed = t.feed(0, listener="user_ws", channel="user")
    t.frame(feed, 10, "user", entry=1)
    assert outcome(t, at_once) is Outcome.HOLDS
    assert outcome(t) is Outcome.NOT_EXERCISED


def test_the_clock_runs_from_heal() -> None:
    """While everything fails nobody can look anything up."""
    t = Transcript()
    lost(t)
    t.fault("http_error", 9, 40)
    conn = t.opens("rest", 11)
    t.asks(conn, 45, "orders/historical/id-of-a")
    t.asks(conn, 46)
    assert outcome(t) is Outcome.HOLDS


def test_a_run_that_ends_too_soon_says_nothing() -> None:
    """There was still time."""
    t = Transcript()
    lost(t, end=15)
    assert outcome(t) is Outcome.NOT_EXERCISED


def test_answers_that_arrived_exercise_nothing() -> None:
    """Nothing was unknown."""
    t = Transcript()
    t.fault("abort", 5)
    t.places(t.opens("rest", 9), 10, "a")
    assert outcome(t) is Outcome.NOT_EXERCISED


def test_a_fault_that_has_no_answer_left_to_spoil_is_over() -> None:
    """Whenever the run takes it away: from then on nothing keeps the bot from asking."""
    for selectors in ({"times": 1}, {"once": True}, {"nth": 2}):
        t = Transcript()
        t.tell(9, "fault_on", handle=7, name="lost_answer", attributes={}, selectors=selectors)
        conn = t.opens("rest", 9)
        t.tell(10, "fault_hit", handle=7, name="lost_answer", conn=conn)
        t.places(conn, 10, "a", size="1", fault=7)
        t.events[-1].data["size"] = 0
        t.tell(40, "fault_off", handle=7, name="lost_answer", hits=1)
        t.over(40)
        assert outcome(t) is Outcome.VIOLATED
