"""An order whose answer was lost is not sent a second time under another name."""

from __future__ import annotations

from typing import Any

from downtick.checks.exactly_once_orders import check
from downtick.checks.finding import Finding, Outcome
from tests.checks.transcript import Transcript


def lost(t: Transcript, at: float = 10, name: str = "a", **more: Any) -> int:
    """Tell of an order that is placed, and whose answer never comes; return the connection."""
    conn = t.opens("rest", at - 1)
    handle = t.fault("lost_answer", at - 1, at, hits=[(at, conn)])
    t.places(conn, at, name, size="1", answered=at, **{"fault": handle, **more})
    t.events[-1].data["size"] = 0
    t.closes(conn, at, by="fault", how="abort")
    return conn


def judged(t: Transcript) -> Finding:
    """Return what the check says."""
    return check(t.run(), {})


def test_a_second_order_under_another_name_violates() -> None:
    """Both stand in the ledger, and nobody had told the bot of the first."""
    t = Transcript()
    lost(t)
    t.places(t.opens("rest", 11), 12, "b")
    found = judged(t)
    assert found.outcome is Outcome.VIOLATED
    assert found.weaker is None
    assert "'b' was sent while the fate of 'a' was unknown" in found.sentence
    assert len(found.evidence) == 2


def test_a_repeat_under_the_same_name_is_one_order() -> None:
    """The exchange knows the name: that is what names are for."""
    t = Transcript()
    lost(t)
    t.places(t.opens("rest", 11), 12, "a", applied=False)
    assert judged(t).outcome is Outcome.HOLDS


def test_an_order_after_the_first_was_looked_up_is_a_new_one() -> None:
    """The answer was read before the order left: the same connection carried both."""
    t = Transcript()
    lost(t)
    conn = t.opens("rest", 11)
    t.asks(conn, 11, "orders/historical/batch")
    t.places(conn, 12, "b")
    assert judged(t).outcome is Outcome.HOLDS


def test_a_look_up_over_another_connection_may_not_have_been_read() -> None:
    """Without a witness nobody knows whether its answer came before the order left."""
    t = Transcript()
    lost(t)
    t.asks(t.opens("rest", 11), 11, "orders/historical/batch")
    t.places(t.opens("rest", 11), 12, "b")
    found = judged(t)
    assert found.outcome is Outcome.NOT_EXERCISED
    assert "may have been unknown" in found.sentence


def test_a_look_up_that_lies_is_no_excuse_and_no_proof() -> None:
    """An answer that a fault had a hand in may have told of the order, or not."""
    t = Transcript()
    lost(t)
    handle = t.fault("stale_replica", 10)
    conn = t.opens("rest", 11)
    t.asks(conn, 11, "orders/historical/batch", fault=handle)
    t.places(conn, 12, "b")
    assert judged(t).outcome is Outcome.NOT_EXERCISED


def test_a_list_that_leaves_the_order_out_tells_nothing() -> None:
    """The exchange says which it left out: not to find an order is no reason to send another."""
    for hidden, outcome in ((["id-of-a"], Outcome.VIOLATED), (["id-of-x"], Outcome.NOT_EXERCISED)):
        t = Transcript()
        lost(t)
        conn = t.opens("rest", 11)
        handle = t.fault("order_not_found", 9, 20)
        number = t.asks(conn, 11, "orders/historical/batch", fault=handle)
        t.tell(11, "fault_hit", handle=handle, name="", conn=conn, request=number, hidden=hidden)
        t.places(conn, 12, "b")
        t.over(40)
        assert judged(t).outcome is outcome


def test_a_look_up_of_other_orders_tells_nothing() -> None:
    """Filled orders are not among the open ones, and another product's list is another list."""
    for query in ("product_id=ETH-USD", "order_status=FILLED&product_id=ETH-USD"):
        t = Transcript()
        lost(t)
        conn = t.opens("rest", 11)
        t.asks(conn, 11, "orders/historical/batch", query=query)
        t.places(conn, 12, "b")
        assert judged(t).outcome is Outcome.VIOLATED


def test_an_order_whose_id_the_bot_names_is_known_to_it() -> None:
    """Nobody can cancel an order without having read its id."""
    t = Transcript()
    lost(t)
    conn = t.opens("rest", 11)
    t.frame(t.feed(5, listener="user_ws", channel="user"), 10.5, "user", entry=1)
    body = '{"order_ids": ["id-of-a"]}'
    t.asks(t.opens("rest", 11), 11.5, "orders/batch_cancel", method="POST", body=body)
    t.asks(conn, 11.6)
    t.places(conn, 12, "b")
    assert judged(t).outcome is Outcome.HOLDS


def test_a_user_frame_may_have_told() -> None:
    """It was sent before the second order; nobody saw when it was read."""
    t = Transcript()
    lost(t)
    t.frame(t.feed(5, listener="user_ws", channel="user"), 10.5, "user", entry=1)
    t.places(t.opens("rest", 11), 12, "b")
    assert judged(t).outcome is Outcome.NOT_EXERCISED


def test_a_second_order_that_was_refused_is_a_blind_retry() -> None:
    """It was luck that there are not two: the weaker finding."""
    t = Transcript()
    lost(t)
    t.places(t.opens("rest", 11), 12, "b", applied=False)
    found = judged(t)
    assert (found.outcome, found.weaker) == (Outcome.VIOLATED, "blind_retry")


def test_a_second_order_after_one_that_never_arrived_whole_is_a_blind_retry() -> None:
    """The first was not taken, which the bot could not know."""
    t = Transcript()
    lost(t, applied=False)
    t.places(t.opens("rest", 11), 12, "b")
    assert judged(t).weaker == "blind_retry"


def test_an_error_although_applied_leaves_the_fate_open() -> None:
    """An answer of 500 says nothing of an order that was taken."""
    t = Transcript()
    conn = t.opens("rest", 9)
    handle = t.fault("error_although_applied", 9, 10, hits=[(10, conn)])
    t.places(conn, 10, "a", status=500, fault=handle)
    t.places(conn, 12, "b")
    assert judged(t).outcome is Outcome.VIOLATED


def test_an_error_for_an_order_that_was_not_taken_is_no_doubt() -> None:
    """It was read, and there is only one order."""
    t = Transcript()
    conn = t.opens("rest", 9)
    handle = t.fault("http_error", 9, 11, hits=[(10, conn)])
    t.places(conn, 10, "a", status=503, fault=handle, applied=False)
    t.places(conn, 12, "b")
    assert judged(t).outcome is Outcome.NOT_EXERCISED


def test_the_other_side_and_another_product_are_other_orders() -> None:
    """Neither is a second try."""
    t = Transcript()
    lost(t)
    t.places(t.opens("rest", 11), 12, "b", side="SELL")
    t.places(t.opens("rest", 11), 13, "c", product="ETH-USD")
    assert judged(t).outcome is Outcome.HOLDS


def overlapping(t: Transcript) -> None:
    """Tell of a grid: two orders in the air at a time, before any fault."""
    t.places(t.opens("rest", 1), 2.0, "g", answered=2.5)
    t.places(t.opens("rest", 1), 2.1, "h", price="90", answered=2.6)


def test_a_grid_may_go_on_with_its_other_orders() -> None:
    """A bot that always has several in the air is judged by identical ones alone."""
    t = Transcript()
    overlapping(t)
    lost(t)
    t.places(t.opens("rest", 11), 12, "b", price="99")
    assert judged(t).outcome is Outcome.HOLDS


def test_a_grid_may_not_repeat_an_order() -> None:
    """An identical one is a second try."""
    t = Transcript()
    overlapping(t)
    lost(t)
    t.places(t.opens("rest", 11), 12, "b")
    assert judged(t).outcome is Outcome.VIOLATED


def test_of_equal_orders_nobody_knows_which_is_a_second_try() -> None:
    """A grid that always sends the same several times at once does so when an answer is lost, too."""
    t = Transcript()
    t.places(t.opens("rest", 1), 2.0, "g", answered=2.5)
    t.places(t.opens("rest", 1), 2.1, "h", answered=2.6)
    lost(t)
    t.places(t.opens("rest", 9), 10.1, "b")
    assert judged(t).outcome is Outcome.NOT_EXERCISED


def test_answers_that_all_arrived_exercise_nothing() -> None:
    """Nothing was unknown, so nothing was shown."""
    t = Transcript()
    conn = t.opens("rest", 9)
    t.places(conn, 10, "a")
    t.places(conn, 12, "b")
    t.asks(conn, 13)
    found = judged(t)
    assert found.outcome is Outcome.NOT_EXERCISED
    assert "none was unknown" in found.sentence


def test_an_answer_that_nobody_saw_read_is_a_doubt() -> None:
    """It was sent, and its connection broke: the next order may have come before it was read."""
    t = Transcript()
    conn = t.opens("rest", 9)
    t.breaks("rest", "reset", 9.9)
    t.places(conn, 10, "a")
    t.closes(conn, 10.1, how="reset")
    t.places(t.opens("rest", 11), 12, "b")
    found = judged(t)
    assert found.outcome is Outcome.NOT_EXERCISED
    assert "may have been unknown" in found.sentence


def test_a_late_answer_is_unknown_until_it_is_there() -> None:
    """Whoever orders again before it comes has ordered twice."""
    t = Transcript()
    conn = t.opens("rest", 9)
    handle = t.fault("late_answer", 9, 10, hits=[(10, conn)])
    t.places(conn, 10, "a", answered=15, fault=handle)
    t.places(t.opens("rest", 11), 12, "b")
    t.asks(conn, 16)
    assert judged(t).outcome is Outcome.VIOLATED


def test_an_answer_on_a_link_that_nobody_hurt_was_read() -> None:
    """A bot that closes after each answer gives no proof, and needs none."""
    t = Transcript()
    conn = t.opens("rest", 9)
    t.places(conn, 10, "a")
    t.closes(conn, 10.1)
    lost(t, 11, "c")
    t.places(t.opens("rest", 12), 12, "b", side="SELL")
    assert judged(t).outcome is Outcome.HOLDS


def test_a_look_up_that_was_read_may_have_been_read_too_late() -> None:
    """The order left between 11 and 12, the answer was read between 11 and 11.9."""
    t = Transcript()
    lost(t)
    conn, other = t.opens("rest", 11), t.opens("rest", 11)
    t.asks(conn, 11, "orders/historical/batch")
    t.asks(conn, 11.9)
    t.places(other, 12, "b")
    assert judged(t).outcome is Outcome.NOT_EXERCISED


def test_a_list_may_have_told_that_an_order_was_never_taken() -> None:
    """What is not in it is not there."""
    t = Transcript()
    lost(t, applied=False)
    conn = t.opens("rest", 11)
    t.asks(conn, 11, "orders/historical/batch")
    t.places(conn, 12, "b")
    found = judged(t)
    assert found.outcome is Outcome.NOT_EXERCISED
    assert found.weaker is None
