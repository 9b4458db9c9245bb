"""Which edit is refused, and under which of Coinbase's names."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from downtick.exchange.ledger import Flags, Order, Refused
from tests.exchange.ledger.desk import PERPETUAL, Desk

D = Decimal
GTD: Any = "limit_limit_gtd"
STOP: Any = "stop_limit_stop_limit_gtc"
BRACKET: Any = "trigger_bracket_gtc"
UP: Any = "STOP_DIRECTION_STOP_UP"


@pytest.mark.parametrize(
    ("price", "size", "reason"),
    [
        (None, "1", "INVALID_EDITED_PRICE"),
        ("0", "1", "INVALID_EDITED_PRICE"),
        ("90.001", "1", "INVALID_EDITED_PRICE"),
        ("NaN", "1", "INVALID_EDITED_PRICE"),
        ("1E+50", "1", "INVALID_EDITED_PRICE"),
        ("90", None, "INVALID_EDITED_SIZE"),
        ("90", "0", "INVALID_EDITED_SIZE"),
        ("90", "-1", "INVALID_EDITED_SIZE"),
        ("90", "1.000000001", "INVALID_EDITED_SIZE"),
        ("90", "Infinity", "INVALID_EDITED_SIZE"),
        ("90", "1E+50", "INVALID_EDITED_SIZE"),
        ("100", "2", "EDIT_REQUEST_EQUAL_TO_ORIGINAL_REQUEST"),
        ("100", "0.5", "CANNOT_EDIT_TO_BELOW_FILLED_SIZE"),
        ("100", "0.49", "CANNOT_EDIT_TO_BELOW_FILLED_SIZE"),
        ("100", "0.51", None),
    ],
)
def test_figures(price: str | None, size: str | None, reason: str | None) -> None:
    """What is left out reads as 0; a size counts what is filled, and must leave something."""
    desk = Desk()
    order = desk.place("BUY", "2", "100")
    desk.trade("99.9", "0.5")
    assert _reason(desk.edit(order, price, size)) == reason


def test_only_orders_without_an_end_can_be_edited() -> None:
    """Good till cancelled, and no other kind."""
    desk = Desk()
    order = desk.place("BUY", "1", "90", configuration=GTD, end_time=50)
    assert _reason(desk.edit(order, "91", "1")) == "ONLY_LIMIT_ORDER_EDITS_SUPPORTED"


def test_only_open_orders_can_be_edited() -> None:
    """Not what is over, unknown, or about to be cancelled."""
    desk = Desk()
    order, over = desk.place("BUY", "1", "90"), desk.place("BUY", "1", "101")
    assert _reason(desk.edit(over, "91", "1")) == "ONLY_OPEN_ORDERS_CAN_BE_EDITED"
    desk.ledger.cancel(order.order_id, 5, queued=True)
    assert _reason(desk.edit(order, "91", "1")) == "CANNOT_EDIT_ORDER_PENDING_CANCEL"
    book = desk.books["BTC-USD"]
    unknown = desk.ledger.edit("nobody", price=D(1), size=D(1), at=1, book=book)
    assert _reason(unknown) == "ORDER_NOT_FOUND"


def test_orders_of_futures_cannot_be_edited() -> None:
    """As at Coinbase."""
    desk = Desk()
    order = desk.place("BUY", "1", "90", product_id=PERPETUAL.product_id)
    assert _reason(desk.edit(order, "91", "1")) == "CANNOT_EDIT_FUTURES_ORDER"


def test_a_stop_can_be_edited_until_it_is_reached() -> None:
    """Its stop price too; afterwards it is what it is."""
    desk = Desk()
    order = desk.place("BUY", "2", "101", configuration=STOP, stop_price=D(100), stop_direction=UP)
    moved = desk.edit(order, "101", "2", stop="100.5")
    assert isinstance(moved, Order)
    assert moved.ticket.stop_price == D("100.5")
    desk.trade("100.4", "1")
    assert not desk.now_is(order).triggered
    desk.trade("100.5", "1")
    assert _reason(desk.edit(order, "102", "2")) == "CANNOT_EDIT_TRIGGERED_ORDER"


def test_a_bracket_can_be_edited() -> None:
    """Both of its prices, within its own rule."""
    desk = Desk()
    order = desk.place("SELL", "1", "120", configuration=BRACKET, stop_price=D(90))
    assert _reason(desk.edit(order, "89", "1")) == "INVALID_BRACKET_PRICES"
    assert _reason(desk.edit(order, "110", "1", stop="95")) is None
    desk.trade("110.01", "9")
    assert desk.fills(order) == [("110", "1", "MAKER")]


def test_an_edit_obeys_the_products_state_and_the_orders_kind() -> None:
    """A post-only order cannot be moved into the market, and none while only cancels are taken."""
    desk = Desk()
    order = desk.place("BUY", "1", "90", post_only=True)
    assert _reason(desk.edit(order, "101", "1")) == "INVALID_LIMIT_PRICE_POST_ONLY"
    desk.ledger.set_flags("BTC-USD", Flags(cancel_only=True), 5)
    assert _reason(desk.edit(order, "91", "1")) == "ORDER_ENTRY_DISABLED"


def _reason(outcome: Order | Refused) -> str | None:
    return outcome.reason if isinstance(outcome, Refused) else None
