"""No order stays open that the bot does not know of."""

from __future__ import annotations

from downtick.checks.finding import Outcome
from downtick.checks.leaves_no_orphans import check
from tests.checks.transcript import Transcript


def lost(t: Transcript) -> int:
    """Tell of an order whose answer never comes; return a connection of after it."""
    conn = t.opens("rest", 9)
    handle = t.fault("lost_answer", 9, 10, hits=[(10, conn)])
    t.places(conn, 10, "a", fault=handle)
    t.events[-1].data["size"] = 0
    t.over(60)
    return t.opens("rest", 11)


def outcome(t: Transcript) -> Outcome:
    """Return what the check says."""
    return check(t.run(), {}).outcome


def test_an_open_order_that_nothing_told_of_violates() -> None:
    """It may be filled any day."""
    t = Transcript()
    lost(t)
    found = check(t.run(), {})
    assert found.outcome is Outcome.VIOLATED
    assert "order 'a' is open at the end" in found.sentence


def test_an_open_order_that_the_bot_read_of_holds() -> None:
    """In a list of open orders, for example."""
    t = Transcript()
    conn = lost(t)
    t.asks(conn, 20, "orders/historical/batch")
    t.asks(conn, 21)
    assert outcome(t) is Outcome.HOLDS


def test_a_list_that_nobody_saw_read_is_a_doubt() -> None:
    """The run ended after it."""
    t = Transcript()
    t.asks(lost(t), 20, "orders/historical/batch")
    assert outcome(t) is Outcome.NOT_EXERCISED


def test_a_list_of_before_the_order_tells_nothing_of_it() -> None:
    """It was not there yet."""
    t = Transcript()
    conn = t.opens("rest", 1)
    t.asks(conn, 2, "orders/historical/batch")
    t.asks(conn, 3)
    lost(t)
    assert outcome(t) is Outcome.VIOLATED


def test_a_lost_order_that_is_over_is_no_orphan() -> None:
    """Whoever ended it."""
    t = Transcript()
    lost(t)
    t.ends("a", 30)
    assert outcome(t) is Outcome.HOLDS


def test_without_open_or_lost_orders_nothing_is_shown() -> None:
    """There was nobody to forget."""
    t = Transcript()
    t.places(t.opens("rest", 9), 10, "a")
    t.fills("a", 11)
    assert outcome(t) is Outcome.NOT_EXERCISED
