"""Orders meet the market: resting ones fill when it reaches them, stops turn, margin decides."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from downtick.exchange.ledger import Flags
from downtick.exchange.market import BookChange, Level, Trade
from tests.exchange.ledger.desk import ASKS, BIDS, FUTURE, PERPETUAL, Desk

D = Decimal
STOP: Any = "stop_limit_stop_limit_gtc"
BRACKET: Any = "trigger_bracket_gtc"
UP: Any = "STOP_DIRECTION_STOP_UP"
DOWN: Any = "STOP_DIRECTION_STOP_DOWN"


def test_a_trade_beyond_its_price_fills_a_resting_order() -> None:
    """It is matched at its own price, as a maker, for as much as was traded."""
    desk = Desk()
    order = desk.place("BUY", "2", "100")
    desk.trade("99.99", "0.5")
    assert desk.fills(order) == [("100", "0.5", "MAKER")]
    assert desk.now_is(order).fees == D("0.3")
    assert desk.account("USD")[1] == 150 * D("1.012")
    desk.trade("99.99", "5")
    assert desk.now_is(order).status == "FILLED"
    assert desk.account("USD") == (D(10000) - 200 * D("1.006"), 0)


def test_a_trade_at_its_price_does_not() -> None:
    """Others of that price may have come before it."""
    desk = Desk()
    buy, sell = desk.place("BUY", "1", "100"), desk.place("SELL", "1", "100.01")
    desk.trade("100", "9")
    assert desk.now_is(buy).filled_size == 0
    desk.trade("100.01", "9")
    assert desk.now_is(sell).filled_size == 0


def test_one_trade_fills_the_best_prices_first_and_the_oldest_of_a_price() -> None:
    """What was traded is shared out by price, then by age, and not twice."""
    desk = Desk()
    low = desk.place("BUY", "1", "99.5")
    first, second = desk.place("BUY", "1", "100"), desk.place("BUY", "1", "100")
    desk.trade("99", "1.5")
    sizes = [desk.now_is(order).filled_size for order in (first, second, low)]
    assert sizes == [1, D("0.5"), 0]


def test_sells_fill_when_the_market_rises() -> None:
    """The mirror: a trade above a resting sell."""
    desk = Desk()
    near, far = desk.place("SELL", "1", "105"), desk.place("SELL", "1", "106")
    desk.trade("105.5", "9")
    assert [desk.now_is(order).status for order in (near, far)] == ["FILLED", "OPEN"]
    assert desk.account("USD")[0] == D(10000) + 105 - D("0.63")


def test_a_book_that_comes_to_its_price_fills_a_resting_order() -> None:
    """Somebody who asks what it bids trades with it, for as much as he has, once."""
    desk = Desk()
    order = desk.place("BUY", "2", "100")
    desk.quote("offer", "100", "0.5")
    assert desk.fills(order) == [("100", "0.5", "MAKER")]
    desk.quote("offer", "104", "1")
    assert len(desk.fills(order)) == 1
    desk.quote("offer", "99.5", "9")
    assert desk.fills(order)[1:] == [("100", "1.5", "MAKER")]


def test_a_side_without_quotes_crosses_nothing() -> None:
    """An order may rest where nobody is on the other side."""
    desk = Desk()
    for price, _ in BIDS:
        desk.quote("bid", price, "0")
    sell = desk.place("SELL", "1", "120")
    for price, _ in ASKS:
        desk.quote("offer", price, "0")
    desk.place("BUY", "1", "90")
    desk.quote("bid", "80", "0")
    desk.trade("100")
    assert desk.now_is(sell) == sell


def test_orders_share_what_crosses_them() -> None:
    """What one order took of a level is gone for the next."""
    desk = Desk()
    first, second = desk.place("SELL", "1", "100"), desk.place("SELL", "1", "100.5")
    desk.quote("bid", "100.7", "1.2")
    assert [desk.now_is(order).filled_size for order in (first, second)] == [1, D("0.2")]


def test_liquidity_that_was_taken_is_gone_until_the_level_changes() -> None:
    """The market's book is not moved by the user, but he cannot take it twice."""
    desk = Desk()
    desk.place("BUY", "0.6")
    assert desk.fills(desk.place("BUY", "0.6")) == [
        ("101", "0.4", "TAKER"),
        ("102", "0.2", "TAKER"),
    ]
    desk.quote("offer", "101", "0.3")
    assert desk.fills(desk.place("BUY", "0.3")) == [("101", "0.3", "TAKER")]


def test_an_event_of_a_product_that_is_not_traded_is_nothing() -> None:
    """A market may have more products than the ledger."""
    desk = Desk()
    desk.ledger.happened(Trade(1.0, "XRP-USD", 1, D(1), D(1), "BUY"), desk.books["BTC-USD"], 1)
    change = BookChange(1.0, "XRP-USD", (Level("bid", D(1), D(1)),))
    desk.ledger.happened(change, desk.books["BTC-USD"], 1)
    assert len(desk.ledger.entries) == 4


@pytest.mark.parametrize(
    "flags",
    [
        Flags(cancel_only=True),
        Flags(trading_disabled=True),
        Flags(is_disabled=True),
        Flags(post_only=True),
        Flags(auction_mode=True),
        Flags(status="offline"),
    ],
)
def test_nothing_is_matched_while_a_product_is_halted(flags: Flags) -> None:
    """Resting orders wait; open again, the next event finds them."""
    desk = Desk()
    order = desk.place("BUY", "1", "100")
    desk.ledger.set_flags("BTC-USD", flags, 5)
    desk.trade("99", "9")
    desk.quote("offer", "99.5", "9")
    assert desk.now_is(order).filled_size == 0
    desk.ledger.set_flags("BTC-USD", Flags(), 6)
    desk.quote("bid", "80", "1")
    assert desk.now_is(order).status == "FILLED"


def test_orders_collect_in_an_auction() -> None:
    """A limit order that would match rests until the auction is over."""
    desk = Desk()
    desk.ledger.set_flags("BTC-USD", Flags(auction_mode=True), 5)
    order = desk.place("BUY", "1", "101")
    assert (order.status, order.filled_size) == ("OPEN", D(0))
    desk.ledger.set_flags("BTC-USD", Flags(), 6)
    desk.quote("bid", "80", "1")
    assert desk.now_is(order).status == "FILLED"


def test_a_stop_waits_for_a_trade_at_its_price() -> None:
    """Until then it neither takes nor rests as a limit order, whatever the book."""
    desk = Desk()
    order = desk.place(
        "BUY", "2", "102", configuration=STOP, stop_price=D("101.5"), stop_direction=UP
    )
    assert (order.status, order.hold) == ("OPEN", 204 * D("1.012"))
    desk.trade("101.49", "9")
    desk.trade("90", "9")
    assert desk.now_is(order).triggered is False
    desk.trade("101.5", "0.1")
    turned = desk.now_is(order)
    assert (turned.triggered, turned.status) == (True, "FILLED")
    assert desk.fills(order) == [("101", "1", "TAKER"), ("102", "1", "TAKER")]


def test_what_a_triggered_stop_does_not_get_rests_at_its_limit() -> None:
    """A stop-limit sell below the market: the rest is a limit order."""
    desk = Desk()
    order = desk.place(
        "SELL", "3", "99", configuration=STOP, stop_price=D("99.5"), stop_direction=DOWN
    )
    desk.trade("99.5", "1")
    assert desk.fills(order) == [("99", "2", "TAKER")]
    desk.trade("99.2", "1")
    assert desk.now_is(order).status == "FILLED"
    assert desk.fills(order)[1:] == [("99", "1", "MAKER")]


def test_several_stops_turn_in_the_order_of_their_prices() -> None:
    """A trade far away reaches the nearest stop first."""
    desk = Desk()
    far, near = (
        desk.place("SELL", "2", "90", configuration=STOP, stop_price=D(p), stop_direction=DOWN)
        for p in ("95", "97")
    )
    desk.trade("94", "1")
    assert desk.fills(near) == [("99", "2", "TAKER")]
    assert desk.fills(far) == [("98", "2", "TAKER")]


def test_a_bracket_takes_its_profit_as_a_maker() -> None:
    """Its limit price is reached: it fills there, and its stop is gone."""
    desk = Desk()
    order = desk.place("SELL", "1", "120", configuration=BRACKET, stop_price=D(90))
    desk.trade("121", "9")
    assert desk.fills(order) == [("120", "1", "MAKER")]
    desk.trade("80", "9")
    assert len(desk.fills(order)) == 1


def test_a_bracket_leaves_when_its_stop_is_reached() -> None:
    """It becomes a limit order 5 % beyond the stop price, and takes what is there."""
    desk = Desk()
    order = desk.place("SELL", "6", "120", configuration=BRACKET, stop_price=D(95))
    assert order.hold == 6
    desk.trade("95", "1")
    assert desk.fills(order) == [("99", "2", "TAKER"), ("98", "3", "TAKER")]
    desk.trade("90.24", "9")  # 95 less 5 % is 90.25
    assert desk.now_is(order).filled_size == 5
    desk.trade("90.26", "9")
    assert desk.fills(order)[2:] == [("90.25", "1", "MAKER")]


def test_a_buying_bracket_holds_for_its_stop() -> None:
    """The worst that it may pay is 5 % above the stop price."""
    desk = Desk()
    order = desk.place("BUY", "1", "90", configuration=BRACKET, stop_price=D(110))
    assert order.hold == D("115.5") * D("1.012")
    desk.trade("110", "1")
    assert desk.fills(order) == [("101", "1", "TAKER")]
    assert desk.account("USD") == (D(10000) - 101 * D("1.012"), 0)


def test_a_partly_filled_bracket_may_still_stop() -> None:
    """Its two prices share one size."""
    desk = Desk()
    order = desk.place("SELL", "2", "120", configuration=BRACKET, stop_price=D(95))
    desk.trade("121", "0.5")
    desk.trade("95", "1")
    assert desk.fills(order) == [("120", "0.5", "MAKER"), ("99", "1.5", "TAKER")]


def test_a_future_is_bought_for_its_margin() -> None:
    """A tenth of the value of a perpetual is held for the position; the fee is paid."""
    desk = Desk()
    order = desk.place("BUY", "2", product_id=PERPETUAL.product_id)
    assert order.fees == D("0.0003") * 203
    assert desk.account("USDC") == (D(10000) - D("20.3") - D("0.0609"), D("20.3"))
    position = desk.ledger.state.positions[PERPETUAL.product_id]
    assert [position.size, position.entry_price, position.leverage] == [2, D("101.5"), 10]


def test_a_contract_is_a_share_of_a_coin() -> None:
    """A nano bitcoin future is 0.01 BTC, a quarter of its value is margin, in US dollars."""
    desk = Desk()
    order = desk.place("BUY", "1", product_id=FUTURE.product_id)
    assert [order.filled_value, order.average_price] == [D("1.01"), 101]
    assert desk.account("USD")[1] == D("0.2525")


def test_a_resting_order_of_a_future_holds_margin_and_fee() -> None:
    """At its limit price and leverage, until it is filled or cancelled."""
    desk = Desk()
    more: dict[str, Any] = {"product_id": PERPETUAL.product_id, "leverage": D(4)}
    order = desk.place("SELL", "2", "105", **more)
    assert order.hold == 210 * D("0.2503")
    desk.trade("106", "1", PERPETUAL.product_id)
    half = desk.now_is(order)
    assert half.hold == 105 * D("0.2503")
    assert desk.account("USDC") == (
        D(10000) - 210 * D("0.2503") + D("0.0315"),
        half.hold + D("26.25"),
    )


def test_a_profit_is_paid_when_a_position_is_closed() -> None:
    """Short at 99, bought back at 91: 8 a coin, less the fees."""
    desk = Desk()
    desk.place("SELL", "2", product_id=PERPETUAL.product_id)
    buy = desk.place("BUY", "2", "91", product_id=PERPETUAL.product_id)
    assert buy.hold == 0
    desk.trade("90", "2", PERPETUAL.product_id)
    assert desk.ledger.state.positions == {}
    assert desk.account("USDC") == (D(10000) + 16 - D("0.0003") * 198, 0)


def test_a_position_can_be_closed_with_all_margin_in_use() -> None:
    """An order that only makes a position smaller needs no money; one that turns it does."""
    desk = Desk({"USDC": "10.14"})
    desk.place("BUY", "1", product_id=PERPETUAL.product_id)
    more: dict[str, Any] = {"product_id": PERPETUAL.product_id}
    assert desk.refusal("SELL", "1.1", "98", **more) == "INSUFFICIENT_FUNDS_FOR_FUTURES"
    closing = desk.place("SELL", "0.6", "120", **more)
    assert closing.hold == 0
    assert desk.refusal("SELL", "0.5", "120", **more) == "INSUFFICIENT_FUNDS_FOR_FUTURES"
    assert desk.place("SELL", "0.4", "119", **more).hold == 0


def test_a_loss_is_no_more_than_there_is() -> None:
    """What a closed position loses beyond the user's money is paid by the exchange's insurance."""
    desk = Desk({"USDC": "10.2"})
    desk.place("BUY", "1", product_id=PERPETUAL.product_id)
    desk.quote("bid", "99", "0", PERPETUAL.product_id)
    desk.quote("bid", "98", "0", PERPETUAL.product_id)
    desk.quote("bid", "90", "0", PERPETUAL.product_id)
    desk.quote("bid", "60", "5", PERPETUAL.product_id)
    desk.place("SELL", "1", product_id=PERPETUAL.product_id)
    assert desk.account("USDC") == (0, 0)
    assert not any(desk.ledger.state.totals().values())


def test_an_order_without_margin_is_cancelled_when_it_would_fill() -> None:
    """It was to make a position smaller, but the position is gone and the money with it."""
    desk = Desk({"USDC": "10.2"})
    more: dict[str, Any] = {"product_id": PERPETUAL.product_id}
    desk.place("BUY", "1", **more)
    closing = desk.place("SELL", "1", "120", **more)
    desk.ledger.close_position(PERPETUAL.product_id, None, "x", 5, desk.books["BTC-PERP-INTX"])
    desk.trade("121", "1", PERPETUAL.product_id)
    ended = desk.now_is(closing)
    assert (ended.status, ended.reason) == ("CANCELLED", "Insufficient margin")


def test_reduce_only_needs_no_margin() -> None:
    """A position can be closed with all margin in use, although another order would close it too."""
    desk = Desk({"USDC": "10.2"})
    more: dict[str, Any] = {"product_id": PERPETUAL.product_id}
    desk.place("BUY", "1", **more)
    desk.place("SELL", "1", "120", **more)
    assert desk.place("SELL", "1", "98", reduce_only=True, **more).status == "FILLED"


def test_reduce_only_never_opens_a_position() -> None:
    """Its position is gone: it is cancelled, although there is money for a new one."""
    desk = Desk()
    more: dict[str, Any] = {"product_id": PERPETUAL.product_id}
    desk.place("BUY", "1", **more)
    order = desk.place("SELL", "1", "120", reduce_only=True, **more)
    desk.ledger.close_position(PERPETUAL.product_id, None, "x", 5, desk.books["BTC-PERP-INTX"])
    desk.trade("121", "1", PERPETUAL.product_id)
    assert desk.now_is(order).status == "CANCELLED"
    assert desk.ledger.state.positions == {}
