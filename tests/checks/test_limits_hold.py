"""The position limit holds at every instant, in the ledger and in the worst case."""

from __future__ import annotations

from downtick.checks.finding import Outcome
from downtick.checks.limits_hold import check
from tests.checks.transcript import Transcript


def outcome(t: Transcript, limit: float | None = 2) -> Outcome:
    """Return what the check says of a limit."""
    return check(t.run(), {} if limit is None else {"max_position": limit}).outcome


def test_open_orders_count_as_if_they_were_filled() -> None:
    """One is owned and two more may come: three is the worst case."""
    t = Transcript()
    conn = t.opens("rest", 0)
    t.places(conn, 1, "a")
    t.fills("a", 2)
    t.places(conn, 3, "b", size="2")
    found = check(t.run(), {"max_position": 2})
    assert found.outcome is Outcome.VIOLATED
    assert "a position of 3 was possible, the limit is 2" in found.sentence
    assert outcome(t, 3) is Outcome.HOLDS


def test_what_is_cancelled_counts_no_more() -> None:
    """The room is free again."""
    t = Transcript()
    conn = t.opens("rest", 0)
    t.places(conn, 1, "a", size="2")
    t.ends("a", 2)
    t.places(conn, 3, "b", size="2")
    assert outcome(t) is Outcome.HOLDS


def test_orders_of_two_sides_are_not_added() -> None:
    """Only one side can be the worst case."""
    t = Transcript()
    conn = t.opens("rest", 0)
    t.places(conn, 1, "a", size="2")
    t.places(conn, 3, "b", side="SELL", size="2")
    assert outcome(t) is Outcome.HOLDS


def test_a_short_position_counts_like_a_long_one() -> None:
    """What was sold and what may be sold."""
    t = Transcript()
    conn = t.opens("rest", 0)
    t.places(conn, 1, "a", side="SELL", size="2")
    t.fills("a", 2, "SELL", "2")
    t.places(conn, 3, "b", side="SELL", size="1")
    assert outcome(t) is Outcome.VIOLATED


def test_a_part_that_was_filled_counts_once() -> None:
    """As position, no longer as order."""
    t = Transcript()
    t.places(t.opens("rest", 0), 1, "a", size="2")
    t.fills("a", 2, complete=False)
    assert outcome(t) is Outcome.HOLDS


def test_far_from_the_limit_nothing_is_shown() -> None:
    """A bot that never came near it has not kept it."""
    t = Transcript()
    t.places(t.opens("rest", 0), 1, "a")
    assert outcome(t, 2) is Outcome.NOT_EXERCISED
    assert outcome(t, 1.25) is Outcome.HOLDS


def test_without_a_limit_nothing_can_be_said() -> None:
    """What a bot did before the faults is not what it allows itself: positions drift."""
    t = Transcript()
    conn = t.opens("rest", 0)
    t.places(conn, 1, "a")
    t.fault("abort", 5)
    t.places(conn, 6, "b")
    found = check(t.run(), {})
    assert found.outcome is Outcome.NOT_EXERCISED
    assert "no limit was given" in found.sentence


def test_a_fill_that_was_taken_back_is_no_position() -> None:
    """The exchange voided it."""
    t = Transcript()
    conn = t.opens("rest", 0)
    t.places(conn, 1, "a", size="2")
    t.fills("a", 2, size="2")
    t.tell(3, "ledger", entry=99, change="voided", detail={"fill_number": 1})
    t.places(conn, 4, "b", size="1")
    assert outcome(t, 2) is Outcome.HOLDS


def test_an_order_counts_as_it_was_last_edited() -> None:
    """Larger from then on, and smaller from then on."""
    for size, later, expected in (("1", "3", Outcome.VIOLATED), ("2", "1", Outcome.HOLDS)):
        t = Transcript()
        conn = t.opens("rest", 0)
        t.places(conn, 1, "a", size=size)
        t.tell(
            2,
            "ledger",
            entry=50,
            change="edited",
            detail={"ticket": {"base_size": later}},
            order_id=t.order_id("a"),
            status="OPEN",
        )
        t.places(conn, 3, "b", size="0.5")
        assert outcome(t) is expected
