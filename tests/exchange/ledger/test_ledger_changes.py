"""Cancels and edits at the ledger's door."""

from __future__ import annotations

from decimal import Decimal

from downtick.exchange.ledger import (
    Edited,
    Order,
    Refused,
)
from tests.exchange.ledger.desk import Desk, reason_of

D = Decimal


def test_cancel_gives_the_hold_back() -> None:
    """A cancelled order holds nothing; what was filled stays."""
    desk = Desk()
    order = desk.place("SELL", "4", "99")
    assert desk.account("BTC") == (6, 2)
    cancelled = desk.ledger.cancel(order.order_id, 9)
    assert isinstance(cancelled, Order)
    assert [cancelled.status, cancelled.filled_size] == ["CANCELLED", 2]
    assert cancelled.reason == "User requested cancel"
    assert desk.account("BTC") == (8, 0)


def test_what_cannot_be_cancelled_says_why() -> None:
    """Filled, over, unknown and being cancelled are four different answers, or three."""
    desk = Desk()
    filled, resting = desk.place("BUY", "1"), desk.place("BUY", "1", "90")
    assert reason_of(desk.ledger.cancel(filled.order_id, 1)) == "ORDER_IS_FULLY_FILLED"
    assert reason_of(desk.ledger.cancel("nobody", 1)) == "UNKNOWN_CANCEL_ORDER"
    desk.ledger.cancel(resting.order_id, 1, queued=True)
    assert reason_of(desk.ledger.cancel(resting.order_id, 1)) == "DUPLICATE_CANCEL_REQUEST"
    desk.ledger.finish_cancel(resting.order_id, 1)
    assert reason_of(desk.ledger.cancel(resting.order_id, 1)) == "UNKNOWN_CANCEL_ORDER"


def test_a_queued_cancel_still_holds_and_may_be_filled() -> None:
    """Between a cancel's acknowledgement and its end the market may come."""
    desk = Desk()
    order = desk.place("BUY", "2", "100")
    queued = desk.ledger.cancel(order.order_id, 5, queued=True)
    assert isinstance(queued, Order)
    assert (queued.status, queued.hold) == ("CANCEL_QUEUED", order.hold)
    desk.trade("99.5", "0.5")
    assert (desk.now_is(order).status, desk.now_is(order).filled_size) == (
        "CANCEL_QUEUED",
        D("0.5"),
    )
    desk.trade("99.5", "9")
    assert desk.now_is(order).status == "FILLED"
    finished = desk.ledger.finish_cancel(order.order_id, 9)
    assert finished == desk.now_is(order)


def test_a_cancel_is_finished_once_queued_or_not() -> None:
    """The end of a queued cancel frees the hold; an unknown order cannot be ended."""
    desk = Desk()
    order = desk.place("BUY", "2", "100")
    desk.ledger.cancel(order.order_id, 5, queued=True)
    finished = desk.ledger.finish_cancel(order.order_id, 6)
    assert isinstance(finished, Order)
    assert finished.status == "CANCELLED"
    assert desk.account("USD") == (10000, 0)
    assert reason_of(desk.ledger.finish_cancel("nobody", 6)) == "UNKNOWN_CANCEL_ORDER"


def test_an_edit_holds_more_or_less() -> None:
    """The hold follows price and size; the edit is remembered with its time."""
    desk = Desk()
    order = desk.place("BUY", "2", "90")
    bigger = desk.edit(order, "95", "3")
    assert isinstance(bigger, Order)
    assert bigger.hold == 285 * D("1.012")
    smaller = desk.edit(order, "80", "1")
    assert isinstance(smaller, Order)
    assert desk.account("USD") == (D(10000) - 80 * D("1.012"), 80 * D("1.012"))
    assert [[e.price, e.size] for e in smaller.edits] == [[95, 3], [80, 1]]
    assert smaller.ticket.limit_price == 80


def test_an_edit_that_is_not_covered_changes_nothing() -> None:
    """The money that the order itself holds counts, and no more."""
    desk = Desk({"USD": "101.2"})
    order = desk.place("BUY", "1", "90")
    assert reason_of(desk.edit(order, "100.01", "1")) == "INSUFFICIENT_FUND"
    assert desk.now_is(order) == order
    edited = desk.edit(order, "100", "1")
    assert isinstance(edited, Order)
    assert desk.account("USD") == (0, D("101.2"))


def test_an_edit_may_be_matched_at_once() -> None:
    """An order that is moved across the spread takes."""
    desk = Desk()
    order = desk.edit(desk.place("BUY", "2", "90"), "101", "2")
    assert isinstance(order, Order)
    assert desk.fills(order) == [("101", "1", "TAKER")]
    assert (order.status, order.hold) == ("OPEN", D("101") * D("1.012"))


def test_an_edited_order_takes_no_more_than_is_left_of_it() -> None:
    """Half filled, moved across the spread: the other half is matched."""
    desk = Desk()
    order = desk.place("BUY", "2", "101")
    edited = desk.edit(order, "102", "2.5")
    assert isinstance(edited, Order)
    assert desk.fills(order) == [("101", "1", "TAKER"), ("102", "1.5", "TAKER")]
    assert edited.status == "FILLED"


def test_an_edit_counts_what_is_filled() -> None:
    """The new size is the whole size: half of it may be matched already."""
    desk = Desk()
    order = desk.place("BUY", "2", "101")
    edited = desk.edit(order, "100", "1.5")
    assert isinstance(edited, Order)
    assert edited.hold == 50 * D("1.012")
    desk.trade("99.9", "7")
    assert (desk.now_is(order).status, desk.now_is(order).filled_size) == ("FILLED", D("1.5"))


def test_an_edited_order_waits_behind_others_of_its_price() -> None:
    """An edit costs an order its turn."""
    desk = Desk()
    first, second = desk.place("BUY", "1", "100"), desk.place("BUY", "1", "100")
    desk.edit(first, "100", "2")
    desk.trade("99.9", "1")
    assert desk.now_is(first).filled_size == 0
    assert desk.now_is(second).status == "FILLED"


def test_a_preview_of_an_edit_changes_nothing() -> None:
    """It tells the hold and the fee of what would rest."""
    desk = Desk()
    order = desk.place("BUY", "2", "101")
    entries = len(desk.ledger.entries)
    shown = desk.ledger.preview_edit(
        order.order_id, price=D(100), size=D("1.5"), at=1, book=desk.books["BTC-USD"]
    )
    assert not isinstance(shown, Refused)
    assert [shown.base_size, shown.quote_size, shown.hold] == [D("0.5"), 50, 50 * D("1.012")]
    assert shown.commission == D("0.3")
    assert len(desk.ledger.entries) == entries


def test_an_edit_is_journalled_with_its_ticket() -> None:
    """The entry tells the whole new ticket and what is held for it."""
    desk = Desk()
    order = desk.edit(desk.place("BUY", "1", "90"), "91", "2")
    assert isinstance(order, Order)
    assert desk.ledger.entries[-1].change == Edited(order.order_id, order.ticket, order.hold)
