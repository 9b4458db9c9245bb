"""Wrong balances, orders or prices do not make the bot take more risk."""

from __future__ import annotations

import pytest

from downtick.checks.believes_no_lies import check
from downtick.checks.finding import Outcome
from tests.checks.transcript import Transcript


def lied(t: Transcript, what: str = "zero_balances", *, hit: bool = True) -> int:
    """Tell of a bot that buys one, and of a lie from 10 on; return its connection."""
    conn = t.opens("rest", 0)
    t.places(conn, 1, "a")
    t.fills("a", 2)
    t.fault("wrong_data", 10, 20, hits=[(11, conn)] if hit else [], what=what)
    return conn


def outcome(t: Transcript, limit: float | None = None) -> Outcome:
    """Return what the check says."""
    return check(t.run(), {} if limit is None else {"max_position": limit}).outcome


@pytest.mark.parametrize("what", ["zero_balances", "empty_orders"])
def test_buying_again_because_nothing_seems_to_be_there_violates(what: str) -> None:
    """Two are more than it may have, and eleven are more than any drift."""
    t = Transcript()
    t.places(lied(t, what), 12, "b")
    assert outcome(t, 1.5) is Outcome.VIOLATED
    assert outcome(t, 2) is Outcome.HOLDS
    t = Transcript()
    t.places(lied(t, what), 12, "b", size="10")
    assert outcome(t) is Outcome.VIOLATED


def test_more_than_before_is_a_doubt_where_no_limit_was_given() -> None:
    """Positions drift."""
    t = Transcript()
    t.places(lied(t), 12, "b", size="3")
    assert outcome(t) is Outcome.NOT_EXERCISED
    assert outcome(t, 1.5) is Outcome.VIOLATED


def test_what_follows_after_the_lie_counts_too() -> None:
    """The bot may have kept it in mind."""
    t = Transcript()
    t.places(lied(t), 30, "b")
    assert outcome(t, 1.5) is Outcome.VIOLATED


def test_trading_within_what_was_usual_holds() -> None:
    """It sells what it has."""
    t = Transcript()
    t.places(lied(t), 12, "b", side="SELL")
    assert outcome(t) is Outcome.HOLDS


def test_without_an_order_afterwards_nothing_is_shown() -> None:
    """Nor if nobody was lied to."""
    t = Transcript()
    lied(t)
    assert outcome(t) is Outcome.NOT_EXERCISED
    t = Transcript()
    t.places(lied(t, hit=False), 12, "b")
    assert outcome(t) is Outcome.NOT_EXERCISED


def test_a_lie_about_prices_is_a_doubt_as_long_as_the_true_book_is_not_told() -> None:
    """How far off an order is cannot be seen."""
    t = Transcript()
    t.places(lied(t, "price_off_by_ten"), 12, "b")
    found = check(t.run(), {})
    assert found.outcome is Outcome.NOT_EXERCISED
    assert "true book" in found.sentence
