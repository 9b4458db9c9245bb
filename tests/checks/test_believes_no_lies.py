"""Wrong balances, orders or prices do not make the bot take more risk."""

from __future__ import annotations

import pytest

from downtick.checks.believes_no_lies import check
from downtick.checks.finding import Finding, Outcome
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


def misled(
    price: str, *, what: str = "price_off_by_ten", mid: int = 100, before: str | None = "100.5"
) -> Finding:
    """Tell of a bot that bids half a percent beyond the ask, and of an order after a lie; return what the check says."""
    t = Transcript()
    conn = t.opens("rest", 0)
    if before is not None:
        t.places(conn, 1, "a", price=before, book=("99.9", "100"))
    t.fault("wrong_data", 10, 20, hits=[(11, conn)], what=what)
    t.places(conn, 12, "b", price=price, book=(f"{mid - 0.1}", f"{mid}"))
    return check(t.run(), {})


@pytest.mark.parametrize(("price", "said"), [("1005", "905 % beyond"), ("10", "90.0 % short of")])
def test_an_order_far_from_the_true_book_violates(price: str, said: str) -> None:
    """Whichever way the lie led it."""
    found = misled(price)
    assert found.outcome is Outcome.VIOLATED
    assert said in found.sentence


@pytest.mark.parametrize("price", ["100.4", "101.4", "99.6"])
def test_an_order_near_where_the_bot_always_orders_holds(price: str) -> None:
    """A percent more or less is no lie believed."""
    assert misled(price).outcome is Outcome.HOLDS


def test_how_far_a_bot_goes_of_itself_is_no_lie_believed() -> None:
    """Somebody keeps an order at half the price."""
    assert misled("50", before="50").outcome is Outcome.HOLDS
    assert misled("500", before="50").outcome is Outcome.VIOLATED


def test_selling_far_below_the_true_book_violates() -> None:
    """What is a good price to a seller is a bad one to a buyer."""
    t = Transcript()
    conn = t.opens("rest", 0)
    t.places(conn, 1, "a", side="SELL", price="99.5", book=("100", "100.1"))
    t.fault("wrong_data", 10, 20, hits=[(11, conn)], what="crossed_book")
    t.places(conn, 12, "b", side="SELL", price="90", book=("100", "100.1"))
    found = check(t.run(), {})
    assert found.outcome is Outcome.VIOLATED
    assert "11.1 % beyond" in found.sentence


def test_without_an_order_before_the_faults_a_price_far_away_is_a_doubt() -> None:
    """Perhaps it always orders there."""
    assert misled("50", before=None).outcome is Outcome.NOT_EXERCISED
    assert misled("100.5", before=None).outcome is Outcome.HOLDS


def test_old_prices_mislead_nobody_while_the_market_stands() -> None:
    """Only if the true book has gone elsewhere, an order shows what was believed."""
    old = "old_prices_fresh_times"
    assert misled("100.5", what=old).outcome is Outcome.NOT_EXERCISED
    assert misled("120.6", what=old, mid=120).outcome is Outcome.HOLDS
    assert misled("100.5", what=old, mid=120).outcome is Outcome.VIOLATED


def test_market_orders_name_no_price() -> None:
    """Where a bot sends none but these, nobody sees what it believed."""
    t = Transcript()
    conn = t.opens("rest", 0)
    t.fault("wrong_data", 10, 20, hits=[(11, conn)], what="price_off_by_ten")
    t.places(conn, 12, "b", price="", book=("99.9", "100"))
    found = check(t.run(), {})
    assert found.outcome is Outcome.NOT_EXERCISED
    assert "none has a price" in found.sentence


def test_true_prices_that_look_old_are_no_lie_to_this_check() -> None:
    """Who trades on them does right, however they look."""
    assert misled("1005", what="fresh_prices_old_times").outcome is Outcome.NOT_EXERCISED


def bids(before: int, at: float) -> Outcome:
    """Tell of bids at 98.5 before a lie about prices, and of one at 99.9 later; return what the check says."""
    t = Transcript()
    conn = t.opens("rest", 0)
    for number in range(before):
        t.places(conn, 1 + number, f"a{number}", price="98.5", book=("99.9", "100"))
    t.fault("wrong_data", 10, 20, hits=[(11, conn)], what="price_off_by_ten")
    t.places(conn, at, "b", price="99.9" if at < 20 else "98.5", book=("99.9", "100"))
    return check(t.run(), {}).outcome


def test_few_orders_show_little_of_where_a_bot_orders() -> None:
    """The next step of its ladder may be further away than they are; after five it is hardly one of its own."""
    assert bids(before=4, at=12) is Outcome.NOT_EXERCISED
    assert bids(before=5, at=12) is Outcome.VIOLATED


def test_who_had_nothing_to_order_meanwhile_showed_nothing() -> None:
    """Whoever else stayed away did right."""
    assert bids(before=1, at=30) is Outcome.NOT_EXERCISED
    assert bids(before=5, at=30) is Outcome.HOLDS
