"""Positions and open orders are still asked for in an outage."""

from __future__ import annotations

from downtick.checks.finding import Outcome
from downtick.checks.keeps_watching import check
from tests.checks.transcript import Transcript


def outage(
    t: Transcript, name: str = "http_error", *, order: bool = True, reads: bool = True
) -> int:
    """Tell of a bot with an open order, and of an outage from 20 to 60; return its connection."""
    conn = t.opens("rest", 0)
    if order:
        t.places(conn, 1, "a")
    for at in range(2, 20, 4) if reads else ():
        t.asks(conn, at, "orders/historical/batch")
    if name == "http_error":
        t.fault(name, 20, 60, hits=[(21, conn)])
    else:
        t.breaks("rest", name, 20, until=60)
    t.asks(conn, 21, "time", status=503)
    t.over(80)
    return conn


def outcome(t: Transcript) -> Outcome:
    """Return what the check says."""
    return check(t.run(), {}).outcome


def test_an_attempt_is_enough() -> None:
    """Even if it fails."""
    for path in ("orders/historical/batch", "accounts", "orders/historical/id-of-a"):
        t = Transcript()
        t.asks(outage(t), 30, path, status=503)
        assert outcome(t) is Outcome.HOLDS


def test_the_attempt_that_shows_the_outage_is_none_in_spite_of_it() -> None:
    """Nor is one on its way when it began: after what it was answered none followed."""
    t = Transcript()
    conn = t.opens("rest", 0)
    t.places(conn, 1, "a")
    for at in range(2, 20, 4):
        t.asks(conn, at, "accounts")
    t.fault("http_error", 20, 60, hits=[(21, conn)])
    t.asks(conn, 21, "accounts", status=503)
    t.asks(conn, 30, "time", status=503)
    t.over(80)
    assert outcome(t) is Outcome.VIOLATED


def test_no_attempt_violates() -> None:
    """Ten were usual."""
    t = Transcript()
    outage(t)
    assert outcome(t) is Outcome.VIOLATED


def test_asking_for_prices_is_not_watching() -> None:
    """They say nothing of what the bot owns."""
    t = Transcript()
    t.asks(outage(t), 30, "product_book", status=503)
    assert outcome(t) is Outcome.VIOLATED


def test_a_read_that_may_have_left_before_is_a_doubt() -> None:
    """Its connection was silent since before the outage."""
    t = Transcript()
    other = t.opens("rest", 1)
    outage(t)
    t.asks(other, 30, "accounts")
    assert outcome(t) is Outcome.NOT_EXERCISED


def test_without_an_order_or_position_there_is_nothing_to_watch() -> None:
    """Nor over a link that is down, nor for a bot that never reads."""
    for told in ({"order": False}, {"name": "down"}, {"reads": False}):
        t = Transcript()
        outage(t, **told)
        assert outcome(t) is Outcome.NOT_EXERCISED
