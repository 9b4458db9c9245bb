"""The ledger's door: orders of every kind, their cancels and edits, and what lies need."""

from __future__ import annotations

from decimal import Decimal
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from downtick.errors import InputError
from downtick.exchange.ledger import (
    Edited,
    Flags,
    LedgerSettings,
    Order,
    Refused,
    Ticket,
    replay,
)
from tests.exchange.ledger.desk import FUTURE, PERPETUAL, SPOT, Desk, ticket

D = Decimal
FOK: Any = "limit_limit_fok"
IOC: Any = "sor_limit_ioc"
GTD: Any = "limit_limit_gtd"


def test_market_buy_takes_several_levels_and_pays_the_taker_fee() -> None:
    """A market order goes up the book, level by level; its value and 1.2 % of it leave the account."""
    desk = Desk()
    order = desk.place("BUY", "2.5")
    assert order.status == "FILLED"
    assert desk.fills(order) == [("101", "1", "TAKER"), ("102", "1.5", "TAKER")]
    assert order.filled_value == D("254")
    assert order.fees == D("3.048")
    assert order.average_price == D("101.6")
    assert desk.account("USD") == (D("9742.952"), 0)
    assert desk.account("BTC") == (D("12.5"), 0)


def test_market_sell_brings_its_value_less_the_fee() -> None:
    """A market order goes down the book; nothing stays on hold."""
    desk = Desk()
    order = desk.place("SELL", "3")
    assert desk.fills(order) == [("99", "2", "TAKER"), ("98", "1", "TAKER")]
    assert desk.account("BTC") == (7, 0)
    assert desk.account("USD") == (D("10000") + 296 - D("3.552"), 0)


def test_market_order_that_empties_the_book_is_cancelled_with_what_it_got() -> None:
    """Immediate or cancel: what nobody offers is not waited for."""
    desk = Desk()
    order = desk.place("BUY", "8")
    assert order.status == "CANCELLED"
    assert order.reason.startswith("Immediate or cancel")
    assert order.filled_size == 7
    assert order.hold == 0
    assert desk.account("USD")[1] == 0


def test_order_of_the_quote_currency_spends_fees_included() -> None:
    """A quote_size is all that is spent, to the last lot that it buys."""
    desk = Desk()
    order = desk.place("BUY", None, quote_size=D("204.42"))
    assert order.status == "FILLED"
    spent = order.filled_value + order.fees
    assert spent <= D("204.42")
    assert D("204.42") - spent < SPOT.base_increment * 102 * D("1.012")
    assert desk.fills(order) == [("101", "1", "TAKER"), ("102", "0.99015732", "TAKER")]
    assert desk.account("USD") == (D(10000) - spent, 0)


def test_order_of_the_quote_currency_ends_with_the_book() -> None:
    """Money for which nobody sells anything stays with the user."""
    desk = Desk()
    order = desk.place("BUY", None, quote_size=D(5000))
    assert order.status == "CANCELLED"
    assert order.filled_size == 7
    assert desk.account("USD") == (D(10000) - order.filled_value - order.fees, 0)


@pytest.mark.parametrize(
    ("size", "status", "filled"), [("3", "FILLED", "3"), ("3.00000001", "CANCELLED", "0")]
)
def test_fill_or_kill_takes_all_or_nothing(size: str, status: str, filled: str) -> None:
    """One lot more than is offered up to the limit, and nothing at all is matched."""
    desk = Desk()
    order = desk.place("BUY", size, "102", configuration=FOK)
    assert (order.status, order.filled_size) == (status, D(filled))
    assert desk.account("USD")[1] == 0
    if filled == "0":
        assert desk.account("USD") == (10000, 0)
        assert order.reason.startswith("Fill or kill")


def test_market_fill_or_kill_takes_all_or_nothing() -> None:
    """The same for a market order, by size and by money."""
    desk = Desk()
    kind: Any = "market_market_fok"
    assert desk.place("SELL", "10", configuration=kind).status == "FILLED"
    assert desk.place("BUY", "7.1", configuration=kind).filled_size == 0
    assert desk.place("BUY", None, quote_size=D(900), configuration=kind).filled_size == 0


def test_immediate_or_cancel_takes_what_its_limit_allows() -> None:
    """The remainder is cancelled, and its hold is free."""
    desk = Desk()
    order = desk.place("BUY", "5", "102", configuration=IOC)
    assert [order.status, order.filled_size] == ["CANCELLED", 3]
    assert desk.account("USD") == (D(10000) - 305 * D("1.012"), 0)


def test_limit_order_takes_what_it_can_and_rests() -> None:
    """A marketable limit order is a taker first; the rest is held at its limit price and the taker's fee."""
    desk = Desk()
    order = desk.place("BUY", "2", "101")
    assert [order.status, order.filled_size] == ["OPEN", 1]
    assert order.hold == D("101") * D("1.012")
    assert desk.account("USD") == (D(10000) - 2 * D("102.212"), D("102.212"))


def test_limit_order_gets_the_better_price() -> None:
    """A buy at 110 pays 101 while that is asked."""
    desk = Desk()
    order = desk.place("BUY", "1", "110")
    assert order.filled_value == 101
    assert desk.account("USD")[0] == D(10000) - D("102.212")


def test_a_fill_pays_by_the_tier_of_the_day_it_was_placed() -> None:
    """Rates are those of the tier at the time of the order; it fills a maker's for the rest."""
    desk = Desk(settings=LedgerSettings(volume_30d=D("9990")))
    order = desk.place("BUY", "2", "101")
    assert desk.ledger.state.fee_tier.name == "Intro 2"
    desk.trade("100.99", "9")
    assert desk.now_is(order).fees == D("1.212") + D("0.606")
    assert desk.place("BUY", "1", "102").fees == D("0.765")


def test_post_only_rests() -> None:
    """A post-only order beside the market is taken."""
    assert Desk().place("BUY", "1", "100.99", post_only=True).status == "OPEN"


def test_post_only_that_would_match_is_refused() -> None:
    """At the best offer it would take."""
    desk = Desk()
    assert desk.refusal("BUY", "1", "101", post_only=True) == "INVALID_LIMIT_PRICE_POST_ONLY"
    assert desk.refusal("SELL", "1", "99", post_only=True) == "INVALID_LIMIT_PRICE_POST_ONLY"


def test_one_client_order_id_is_one_order() -> None:
    """A repeated place returns the order as it stands now, whatever else the ticket says."""
    desk = Desk()
    first = desk.place("BUY", "1", "90", client_order_id="mine")
    desk.ledger.cancel(first.order_id, 9)
    entries = len(desk.ledger.entries)
    again = desk.place("SELL", "3", client_order_id="mine")
    assert (again.order_id, again.status) == (first.order_id, "CANCELLED")
    assert len(desk.ledger.entries) == entries


def test_one_client_order_id_may_be_refused_the_second_time() -> None:
    """Switched, a repeated place is a rejection; another name is another order."""
    desk = Desk(settings=LedgerSettings(duplicate_client_order_id="reject"))
    desk.place("BUY", "1", "90", client_order_id="mine")
    again = desk.ask(ticket("BUY", "1", "90", client_order_id="mine"))
    assert isinstance(again, Refused)
    assert again.reason == "DUPLICATE_CLIENT_ORDER_ID"
    assert desk.place("BUY", "1", "90", client_order_id="other").status == "OPEN"


def test_a_refused_ticket_leaves_its_client_order_id_free() -> None:
    """What was never an order can be asked again under the same name."""
    desk = Desk()
    assert desk.refusal("BUY", "0", "90", client_order_id="mine") == "INVALID_BASE_SIZE_TOO_SMALL"
    assert desk.place("BUY", "1", "90", client_order_id="mine").status == "OPEN"


def test_nameless_orders_are_each_new() -> None:
    """An empty client_order_id is no name."""
    desk = Desk()
    assert desk.place("BUY", "1", "90").order_id != desk.place("BUY", "1", "90").order_id


def test_a_balance_may_be_spent_to_the_last_cent() -> None:
    """What covers value and fee exactly is enough; a cent less is not."""
    assert Desk({"USD": "91.08"}).place("BUY", "1", "90").hold == D("91.08")
    assert Desk({"USD": "91.07"}).refusal("BUY", "1", "90") == "INSUFFICIENT_FUND"


def test_what_is_held_cannot_be_spent_twice() -> None:
    """Two orders for all the money: the second is refused, until the first is cancelled."""
    desk = Desk({"USD": "0", "BTC": "1"})
    first = desk.place("SELL", "1", "120")
    assert desk.refusal("SELL", "0.1", "120") == "INSUFFICIENT_FUND"
    desk.ledger.cancel(first.order_id, 5)
    assert desk.place("SELL", "1", "120").status == "OPEN"


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
    assert _reason(desk.ledger.cancel(filled.order_id, 1)) == "ORDER_IS_FULLY_FILLED"
    assert _reason(desk.ledger.cancel("nobody", 1)) == "UNKNOWN_CANCEL_ORDER"
    desk.ledger.cancel(resting.order_id, 1, queued=True)
    assert _reason(desk.ledger.cancel(resting.order_id, 1)) == "DUPLICATE_CANCEL_REQUEST"
    desk.ledger.finish_cancel(resting.order_id, 1)
    assert _reason(desk.ledger.cancel(resting.order_id, 1)) == "UNKNOWN_CANCEL_ORDER"


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
    assert _reason(desk.ledger.finish_cancel("nobody", 6)) == "UNKNOWN_CANCEL_ORDER"


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
    assert _reason(desk.edit(order, "100.01", "1")) == "INSUFFICIENT_FUND"
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


def test_good_till_date_ends_by_itself() -> None:
    """An order expires at its end_time, not before; what it held is free."""
    desk = Desk()
    later = desk.place("BUY", "1", "90", configuration=GTD, end_time=60)
    sooner = desk.place("BUY", "1", "90", configuration=GTD, end_time=50)
    assert desk.ledger.next_expiry() == 50
    desk.ledger.expire(49)
    assert desk.now_is(sooner).status == "OPEN"
    desk.ledger.expire(50)
    assert (desk.now_is(sooner).status, desk.now_is(later).status) == ("EXPIRED", "OPEN")
    desk.ledger.cancel(later.order_id, 51)
    assert desk.ledger.next_expiry() is None
    assert desk.account("USD") == (10000, 0)


@pytest.mark.parametrize(("opened", "closed"), [("BUY", "SELL"), ("SELL", "BUY")])
def test_closing_a_position_trades_it_back(opened: Any, closed: str) -> None:
    """Close position is a market order that only makes it smaller; a part of it first."""
    desk = Desk()
    desk.place(opened, "1", product_id=PERPETUAL.product_id)
    book = desk.books[PERPETUAL.product_id]
    part = desk.ledger.close_position(PERPETUAL.product_id, D("0.4"), "part", 5, book)
    assert isinstance(part, Order)
    assert [part.ticket.side, part.status, part.filled_size] == [closed, "FILLED", D("0.4")]
    assert abs(desk.ledger.state.positions[PERPETUAL.product_id].size) == D("0.6")
    desk.ledger.close_position(PERPETUAL.product_id, None, "rest", 6, book)
    assert desk.ledger.state.positions == {}
    assert desk.account("USDC")[1] == 0


def test_closing_twice_under_one_name_closes_once() -> None:
    """A retry returns the order that closed the position, although there is no position left."""
    desk = Desk()
    desk.place("BUY", "1", product_id=PERPETUAL.product_id)
    book = desk.books[PERPETUAL.product_id]
    first = desk.ledger.close_position(PERPETUAL.product_id, None, "mine", 5, book)
    assert desk.ledger.close_position(PERPETUAL.product_id, None, "mine", 6, book) == first


@pytest.mark.parametrize(
    ("product_id", "size", "reason"),
    [
        (PERPETUAL.product_id, "1.1", "REDUCE_ONLY_INCREASED_POSITION_SIZE"),
        (PERPETUAL.product_id, "0", "INVALID_BASE_SIZE_TOO_SMALL"),
        (FUTURE.product_id, "1", "REDUCE_ONLY_INCREASED_POSITION_SIZE"),
        ("XYZ-PERP-INTX", "1", "INVALID_PRODUCT_ID"),
    ],
)
def test_what_is_not_there_cannot_be_closed(product_id: str, size: str, reason: str) -> None:
    """More than the position, nothing, no position, no product."""
    desk = Desk()
    desk.place("BUY", "1", product_id=PERPETUAL.product_id)
    book = desk.books[PERPETUAL.product_id]
    assert _reason(desk.ledger.close_position(product_id, D(size), "x", 5, book)) == reason


def test_a_voided_fill_gives_the_money_back() -> None:
    """Size, value and fee return; an order that was filled counts as cancelled, and its volume stays counted."""
    desk = Desk()
    order = desk.place("BUY", "2.5")
    volume = desk.ledger.state.volume_30d
    voided = desk.ledger.void(2, 9)
    assert isinstance(voided, Order)
    assert [voided.status, voided.filled_size, voided.voided_size] == ["CANCELLED", 1, D("1.5")]
    assert [voided.filled_value, voided.fees, voided.number_of_fills] == [101, D("1.212"), 1]
    assert desk.account("USD") == (D(10000) - D("102.212"), 0)
    assert desk.account("BTC") == (11, 0)
    assert [fill.voided for fill in desk.ledger.state.fills] == [False, True]
    assert desk.ledger.state.volume_30d == volume
    assert voided.order_id == order.order_id


def test_a_voided_sale_gives_the_coins_back() -> None:
    """The value that the sale brought is taken from the account."""
    desk = Desk()
    desk.place("SELL", "1")
    desk.ledger.void(1, 9)
    assert desk.account("USD") == (10000, 0)
    assert desk.account("BTC") == (10, 0)


def test_what_was_voided_is_not_matched_again() -> None:
    """An open order goes on with what was left of it; at its end it counts as cancelled."""
    desk = Desk()
    order = desk.place("BUY", "2", "101")
    desk.ledger.void(1, 5)
    assert [desk.now_is(order).status, desk.now_is(order).remaining] == ["OPEN", 1]
    desk.trade("100", "9")
    ended = desk.now_is(order)
    assert [ended.status, ended.filled_size] == ["CANCELLED", 1]
    assert ended.reason == "Fill voided by the exchange"


def test_a_fill_is_voided_once() -> None:
    """The second time, and a number that nobody knows, are refused."""
    desk = Desk()
    desk.place("BUY", "1")
    desk.ledger.void(1, 5)
    assert _reason(desk.ledger.void(1, 6)) == "INVALID_REQUEST"
    assert _reason(desk.ledger.void(2, 6)) == "INVALID_REQUEST"


def test_what_was_spent_cannot_be_voided() -> None:
    """No balance becomes negative: coins that were sold on cannot be taken back."""
    spent, kept = Desk({"USD": "1000"}), Desk({"USD": "1000"})
    spent.place("BUY", "1")
    kept.place("BUY", "1")
    spent.place("SELL", "0.00000001")
    assert _reason(spent.ledger.void(1, 9)) == "INSUFFICIENT_FUND"
    assert isinstance(kept.ledger.void(1, 9), Order)
    assert kept.account("BTC") == (0, 0)


def test_a_voided_fill_of_a_future_is_as_if_it_had_never_been() -> None:
    """Position, margin and money are those without it, also when a part was closed meanwhile."""
    kept, voided = Desk(), Desk()
    for desk in (kept, voided):
        desk.place("BUY", "1", "101", product_id=PERPETUAL.product_id)
    voided.place("BUY", "1", "102", product_id=PERPETUAL.product_id, leverage=D(2))
    for desk in (kept, voided):
        desk.place("SELL", "0.5", "99", product_id=PERPETUAL.product_id)
    assert voided.account("USDC") != kept.account("USDC")
    voided.ledger.void(2, 9)
    assert voided.account("USDC") == kept.account("USDC")
    assert voided.ledger.state.positions == kept.ledger.state.positions


def test_a_profit_that_was_spent_cannot_be_voided() -> None:
    """The position comes back with its margin, and the profit goes: there must be money for both."""
    desk = Desk({"USDC": "10.14"})
    future: Any = {"product_id": PERPETUAL.product_id}
    desk.place("BUY", "1", **future)
    before = desk.account("USDC")
    desk.quote("bid", "100.9", "5", PERPETUAL.product_id)
    desk.quote("bid", "111", "5", PERPETUAL.product_id)
    desk.place("SELL", "1", **future)
    hold = desk.place("BUY", "0.1", "50", **future)
    assert _reason(desk.ledger.void(2, 9)) == "INSUFFICIENT_FUND"
    desk.ledger.cancel(hold.order_id, 9)
    assert isinstance(desk.ledger.void(2, 9), Order)
    assert desk.account("USDC") == before


def test_a_rolled_back_exchange_forgets() -> None:
    """Orders and fills after the entry are gone, those before it are as they were; the journal grows."""
    desk = Desk()
    resting = desk.place("BUY", "1", "90")
    number = len(desk.ledger.entries)
    gone = desk.place("BUY", "1", client_order_id="gone")
    desk.ledger.cancel(resting.order_id, 5)
    length = len(desk.ledger.entries)
    desk.ledger.roll_back(number, 9)
    assert len(desk.ledger.entries) == length + 1
    assert desk.now_is(resting).status == "OPEN"
    assert gone.order_id not in desk.ledger.state.orders
    assert desk.ledger.state.fills == []
    assert desk.account("USD") == (D(10000) - 90 * D("1.012"), 90 * D("1.012"))
    assert replay(desk.ledger.state.products, desk.ledger.entries) == desk.ledger.state


def test_a_restored_order_rests_again() -> None:
    """The market fills it, its time ends it; a new order never gets a name or a fill's number a second time."""
    desk = Desk()
    buy = desk.place("BUY", "1", "90")
    ends = desk.place("BUY", "1", "80", configuration=GTD, end_time=50)
    number = len(desk.ledger.entries)
    gone = desk.place("BUY", "1")
    desk.ledger.cancel(buy.order_id, 5)
    desk.ledger.cancel(ends.order_id, 5)
    desk.ledger.roll_back(number, 9)
    desk.trade("85", "9")
    assert desk.now_is(buy).status == "FILLED"
    assert [fill.number for fill in desk.ledger.state.fills] == [2]
    assert desk.ledger.next_expiry() == 50
    assert desk.place("BUY", "1").order_id != gone.order_id


def test_a_roll_back_into_the_midst_of_an_order_cancels_it() -> None:
    """An order of a kind that never rests cannot be restored half matched."""
    desk = Desk()
    order = desk.place("BUY", "2.5")
    desk.ledger.roll_back(len(desk.ledger.entries) - 1, 9)
    assert [desk.now_is(order).status, desk.now_is(order).filled_size] == ["CANCELLED", 1]
    assert desk.account("USD")[1] == 0


@pytest.mark.parametrize("number", [-1, 0, 5])
def test_only_what_happened_can_be_rolled_back_to(number: int) -> None:
    """Entries are numbered from 1."""
    with pytest.raises(InputError, match="expected 1 to 4"):
        Desk().ledger.roll_back(number, 1)


def test_the_exchange_can_fill_a_resting_order_by_itself() -> None:
    """A part at a better price, then the rest at its limit, as a maker."""
    desk = Desk()
    order = desk.place("SELL", "2", "120")
    desk.ledger.fill(order.order_id, 5, D("0.5"), D(121))
    filled = desk.ledger.fill(order.order_id, 6)
    assert isinstance(filled, Order)
    assert filled.status == "FILLED"
    assert desk.fills(order) == [("121", "0.5", "MAKER"), ("120", "1.5", "MAKER")]
    assert filled.fees == D("0.006") * D("240.5")


@pytest.mark.parametrize(
    ("size", "price", "reason"),
    [
        ("2.1", None, "INVALID_SIZE_PRECISION"),
        ("0", None, "INVALID_SIZE_PRECISION"),
        ("0.000000001", None, "INVALID_SIZE_PRECISION"),
        ("1", "119.99", "INVALID_LIMIT_PRICE"),
    ],
)
def test_a_forced_fill_stays_within_its_order(size: str, price: str | None, reason: str) -> None:
    """No more than is left, in whole lots, no worse than the limit."""
    desk = Desk()
    order = desk.place("SELL", "2", "120")
    asked = None if price is None else D(price)
    assert _reason(desk.ledger.fill(order.order_id, 5, D(size), asked)) == reason
    assert desk.now_is(order) == order


def test_only_open_orders_can_be_filled() -> None:
    """What is over stays as it is."""
    desk = Desk()
    order = desk.place("BUY", "1")
    assert _reason(desk.ledger.fill(order.order_id, 5)) == "ORDER_NOT_FOUND"


def test_a_state_can_be_asked_for_as_it_was() -> None:
    """A replica is behind; what it says was true then, in whichever order one asks."""
    desk = Desk()
    resting = desk.place("BUY", "1", "90")
    number = len(desk.ledger.entries)
    desk.ledger.cancel(resting.order_id, 5)
    desk.place("BUY", "1")
    assert desk.ledger.as_of(number).orders[resting.order_id].status == "OPEN"
    assert desk.ledger.as_of(len(desk.ledger.entries)) == desk.ledger.state
    assert desk.ledger.as_of(number).available("BTC") == 10
    assert desk.ledger.as_of(0).accounts == {}


def test_the_same_seed_gives_the_same_journal() -> None:
    """Ids too: everything is drawn from the seed."""
    journals = []
    for _ in range(2):
        desk = Desk()
        desk.place("BUY", "2.5")
        desk.place("SELL", "1", "120")
        journals.append(desk.ledger.entries)
    assert journals[0] == journals[1]


def test_ids_look_like_uuids_and_differ() -> None:
    """Order ids and trade ids are UUIDs of version 4."""
    desk = Desk()
    desk.place("BUY", "2.5")
    ids = [*desk.ledger.state.orders, *(fill.trade_id for fill in desk.ledger.state.fills)]
    assert len(set(ids)) == 3
    for one in ids:
        assert [len(part) for part in one.split("-")] == [8, 4, 4, 4, 12]
        assert one[14] == "4"


def test_listeners_hear_every_entry_with_its_order() -> None:
    """In order, after it was applied; an entry without an order comes without one."""
    desk = Desk()
    heard: list[tuple[int, str, str | None]] = []
    desk.ledger.listeners.append(
        lambda entry, order: heard.append(
            (entry.number, type(entry.change).__name__, order.status if order else None)
        )
    )
    desk.place("BUY", "2.5")
    desk.edit(desk.place("BUY", "1", "90"), "91", "1")
    desk.ledger.set_flags("BTC-USD", Flags(cancel_only=True), 9)
    assert [kind for _, kind, _ in heard] == [
        "Accepted",
        "Matched",
        "Matched",
        "Accepted",
        "Edited",
        "Flagged",
    ]
    assert [status for _, _, status in heard] == ["PENDING", "OPEN", "FILLED", "OPEN", "OPEN", None]
    assert all(later[0] == sooner[0] + 1 for sooner, later in pairwise(heard))


@pytest.mark.parametrize("amount", ["-1", "NaN", "Infinity", "10000000000", "0.000000000000001"])
def test_only_countable_money_comes_in(amount: str) -> None:
    """Debts, no numbers, more than all money and less than the smallest amount are refused."""
    with pytest.raises(InputError, match="expected an amount"):
        Desk().ledger.credit("USD", D(amount), 1)


def test_money_may_come_in_later() -> None:
    """A deposit is available at once, also of a new currency."""
    desk = Desk()
    desk.ledger.credit("EUR", D("12.5"), 5)
    assert desk.account("EUR") == (D("12.5"), 0)


def test_an_edit_is_journalled_with_its_ticket() -> None:
    """The entry tells the whole new ticket and what is held for it."""
    desk = Desk()
    order = desk.edit(desk.place("BUY", "1", "90"), "91", "2")
    assert isinstance(order, Order)
    assert desk.ledger.entries[-1].change == Edited(order.order_id, order.ticket, order.hold)


figures = st.none() | st.decimals(places=3) | st.decimals() | st.sampled_from((D(100), D("99.5")))


@given(
    kind=st.sampled_from(
        (
            "market_market_ioc",
            "limit_limit_gtc",
            "limit_limit_gtd",
            "stop_limit_stop_limit_gtc",
            "trigger_bracket_gtc",
        )
    ),
    product_id=st.sampled_from((SPOT.product_id, PERPETUAL.product_id, "nothing")),
    drawn=st.tuples(figures, figures, figures, figures, figures),
    end_time=st.none() | st.integers(),
)
def test_no_figure_breaks_the_ledger(
    kind: Any, product_id: str, drawn: tuple[Decimal | None, ...], end_time: int | None
) -> None:
    """Whatever stands in a ticket or an edit, it is an order or a refusal, and no money moves unseen."""
    desk = Desk()
    base_size, quote_size, limit_price, stop_price, leverage = drawn
    wanted = Ticket(
        client_order_id="",
        product_id=product_id,
        side="BUY",
        configuration=kind,
        base_size=base_size,
        quote_size=quote_size,
        limit_price=limit_price,
        stop_price=stop_price,
        stop_direction="STOP_DIRECTION_STOP_UP",
        end_time=end_time,
        leverage=leverage,
    )
    book = desk.books[SPOT.product_id]
    assert isinstance(desk.ledger.place(wanted, 1, book), Order | Refused)
    resting = desk.place("BUY", "0.5", "90")
    edited = desk.ledger.edit(
        resting.order_id, price=limit_price, size=base_size, at=2, book=book, stop_price=stop_price
    )
    assert isinstance(edited, Order | Refused)
    assert not any(desk.ledger.state.totals().values())


def _reason(outcome: Order | Refused) -> str:
    assert isinstance(outcome, Refused), outcome
    return outcome.reason
