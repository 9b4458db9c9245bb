"""What a venue can do to its own books: void a fill, roll back, restore, fill by itself."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from downtick.errors import InputError
from downtick.exchange.ledger import (
    Order,
    replay,
)
from tests.exchange.ledger.desk import PERPETUAL, Desk, reason_of

D = Decimal
GTD: Any = "limit_limit_gtd"


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
    assert reason_of(desk.ledger.void(1, 6)) == "INVALID_REQUEST"
    assert reason_of(desk.ledger.void(2, 6)) == "INVALID_REQUEST"


def test_what_was_spent_cannot_be_voided() -> None:
    """No balance becomes negative: coins that were sold on cannot be taken back."""
    spent, kept = Desk({"USD": "1000"}), Desk({"USD": "1000"})
    spent.place("BUY", "1")
    kept.place("BUY", "1")
    spent.place("SELL", "0.00000001")
    assert reason_of(spent.ledger.void(1, 9)) == "INSUFFICIENT_FUND"
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
    assert reason_of(desk.ledger.void(2, 9)) == "INSUFFICIENT_FUND"
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
    assert reason_of(desk.ledger.fill(order.order_id, 5, D(size), asked)) == reason
    assert desk.now_is(order) == order


def test_only_open_orders_can_be_filled() -> None:
    """What is over stays as it is."""
    desk = Desk()
    order = desk.place("BUY", "1")
    assert reason_of(desk.ledger.fill(order.order_id, 5)) == "ORDER_NOT_FOUND"


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
