"""What a ticket would do now."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from tests.exchange.ledger.desk import BIDS, PERPETUAL, Desk

D = Decimal
STOP: Any = "stop_limit_stop_limit_gtc"
BRACKET: Any = "trigger_bracket_gtc"
UP: Any = "STOP_DIRECTION_STOP_UP"
DOWN: Any = "STOP_DIRECTION_STOP_DOWN"


def test_a_preview_tells_what_the_order_then_does() -> None:
    """Size, value, fee and hold of a market order; nothing is written."""
    desk = Desk()
    entries = len(desk.ledger.entries)
    shown = desk.preview("BUY", "2.5")
    assert len(desk.ledger.entries) == entries
    order = desk.place("BUY", "2.5")
    assert shown.base_size == order.filled_size
    assert shown.quote_size == order.filled_value
    assert shown.commission == order.fees
    assert shown.average_price == order.average_price
    assert shown.hold == order.filled_value + order.fees
    assert [shown.best_bid, shown.best_ask] == [99, 101]
    assert shown.slippage == D("0.6") / 101


def test_a_preview_of_what_rests_counts_the_makers_fee() -> None:
    """One coin is taken at 101, one would rest at the limit."""
    shown = Desk().preview("BUY", "2", "101.5")
    assert [shown.base_size, shown.quote_size] == [2, D("202.5")]
    assert shown.commission == D("101") * D("0.012") + D("101.5") * D("0.006")
    assert shown.hold == 203 * D("1.012")


def test_a_preview_of_what_takes_nothing_has_no_slippage() -> None:
    """Its price is its limit."""
    shown = Desk().preview("SELL", "1", "130")
    assert [shown.average_price, shown.slippage, shown.hold] == [130, 0, 1]


def test_a_preview_of_an_order_that_is_killed_is_empty() -> None:
    """Fill or kill without enough in the book would do nothing."""
    kind: Any = "limit_limit_fok"
    shown = Desk().preview("BUY", "4", "102", configuration=kind)
    assert [shown.base_size, shown.commission, shown.average_price] == [0, 0, 102]


def test_a_preview_of_a_contract_tells_its_price() -> None:
    """The average is a price of a coin, not of a contract."""
    shown = Desk().preview("BUY", "1", product_id="BIT-26DEC26-CDE")
    assert [shown.average_price, shown.quote_size] == [101, D("1.01")]


def test_nothing_is_bought_from_an_empty_book() -> None:
    """A market order without anybody to trade with is refused."""
    desk = Desk()
    desk.place("SELL", "10")
    desk.ledger.credit("BTC", D(1), 1)
    assert desk.refusal("SELL", "1") == "INVALID_NO_LIQUIDITY"
    for price, _ in BIDS:
        desk.quote("bid", price, "0")
    assert desk.preview("BUY", "1", "90").best_bid == 0
    assert desk.refusal("SELL", "1") == "INVALID_NO_LIQUIDITY"


def test_money_that_buys_no_lot_is_refused() -> None:
    """One dollar does not buy a whole contract's step of 0.01."""
    lot = Desk(products=[_with_lot("0.1")])
    assert lot.refusal("BUY", None, quote_size=D(10)) == "INVALID_QUOTE_SIZE_TOO_SMALL"
    assert lot.place("BUY", None, quote_size=D(11)).filled_size == D("0.1")


def test_an_unknown_product_is_refused() -> None:
    """By the name that Coinbase has for it."""
    desk = Desk()
    desk.books["XRP-USD"] = desk.books["BTC-USD"]
    assert desk.refusal("BUY", "1", product_id="XRP-USD") == "INVALID_PRODUCT_ID"


@pytest.mark.parametrize(
    ("direction", "stop", "reason"),
    [
        (UP, "100.01", None),
        (UP, "100", "STOP_PRICE_BELOW_LAST_TRADE_PRICE"),
        (DOWN, "99.99", None),
        (DOWN, "100", "STOP_PRICE_ABOVE_LAST_TRADE_PRICE"),
    ],
)
def test_a_stop_lies_beyond_the_last_trade(direction: Any, stop: str, reason: str | None) -> None:
    """One that is reached already is refused."""
    desk = Desk()
    desk.trade("100")
    more: dict[str, Any] = {
        "configuration": STOP,
        "stop_price": D(stop),
        "stop_direction": direction,
    }
    side: Any = "BUY" if direction == UP else "SELL"
    if reason is None:
        assert desk.place(side, "1", stop, **more).status == "OPEN"
    else:
        assert desk.refusal(side, "1", stop, **more) == reason


def test_before_any_trade_the_book_says_what_is_reached() -> None:
    """A stop inside the spread may still be reached; one behind the best price cannot be awaited."""
    desk = Desk()
    more: dict[str, Any] = {"configuration": STOP, "stop_direction": UP}
    assert desk.place("BUY", "1", "120", stop_price=D(100), **more).status == "OPEN"
    refused = desk.refusal("BUY", "1", "120", stop_price=D(99), **more)
    assert refused == "STOP_PRICE_BELOW_LAST_TRADE_PRICE"


def test_a_bracket_whose_stop_is_reached_is_refused() -> None:
    """It would leave at once."""
    desk = Desk()
    desk.trade("100")
    kind: dict[str, Any] = {"configuration": BRACKET}
    refused = desk.refusal("SELL", "1", "120", stop_price=D(100), **kind)
    assert refused == "INVALID_BRACKET_STOP_TRIGGER_PRICE"
    assert desk.place("SELL", "1", "120", stop_price=D("99.99"), **kind).status == "OPEN"


def test_a_bracket_of_a_future_closes_a_position() -> None:
    """It needs one, as large as it is, that no other order closes already; and no money."""
    desk = Desk()
    more: dict[str, Any] = {
        "product_id": PERPETUAL.product_id,
        "configuration": BRACKET,
        "stop_price": D(90),
    }
    exceeds = "BRACKET_ORDER_SIZE_EXCEEDS_POSITION"
    assert desk.refusal("SELL", "1", "120", **more) == exceeds
    desk.place("BUY", "1", product_id=PERPETUAL.product_id)
    assert desk.refusal("SELL", "1.1", "120", **more) == exceeds
    assert desk.refusal("BUY", "1", "80", **more | {"stop_price": D(120)}) == exceeds
    assert desk.place("SELL", "0.7", "120", **more).hold == 0
    assert desk.refusal("SELL", "0.4", "120", **more) == exceeds


def test_a_sale_at_a_better_price_needs_the_margin_of_that_price() -> None:
    """A future sold above its limit needs more margin than at the limit."""
    desk = Desk({"USDC": "9.9"})
    asked: dict[str, Any] = {"product_id": PERPETUAL.product_id}
    assert desk.refusal("SELL", "1", "98", **asked) == "INSUFFICIENT_FUNDS_FOR_FUTURES"
    desk.ledger.credit("USDC", D("0.0297"), 1)
    assert desk.place("SELL", "1", "98", **asked).status == "FILLED"
    assert desk.account("USDC") == (0, D("9.9"))


def _with_lot(lot: str) -> Any:
    from downtick.exchange.market.products import product  # noqa: PLC0415

    return product("BTC-USD", D(lot), D("0.01"))
