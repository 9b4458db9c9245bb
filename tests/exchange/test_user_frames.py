"""Frames of the private channels have the documented keys, in their order, and say what the ledger says."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from downtick.exchange import user_frames
from downtick.exchange.frames import Body
from downtick.exchange.ledger.model import ZERO, Account, Order, Status
from downtick.exchange.margin import FuturesBalance, balance
from downtick.exchange.messages import PRIVATE_CHANNELS
from downtick.exchange.user_frames import BATCH, Told
from tests.exchange.orders import AT, FUTURE, PERPETUAL, D, holding, order, product
from tests.exchange.production import recorded, shape

PORTFOLIO = "018c4b12-9f87-7c36-897d-28fb6a1ea88d"


def told(one: Order) -> Told:
    return Told(one, product(one.ticket.product_id))


def event(body: Body) -> dict[str, Any]:
    (one,) = json.loads(b"{%b}" % body.events)["events"]
    assert isinstance(one, dict)
    return one


def written(one: Order) -> dict[str, str]:
    (found,) = event(user_frames.user_update(told(one), (), PORTFOLIO, 7))["orders"]
    assert isinstance(found, dict)
    return found


def test_an_order_is_written_as_production_writes_it() -> None:
    """Every member, in its place: half of a limit order to buy is filled."""
    one = order(
        filled_size=D("0.250"),
        filled_value=D("24.75"),
        fees=D("0.3"),
        number_of_fills=2,
        hold=D("25.25"),
        hold_currency="USD",
        post_only=True,
    )
    assert json.dumps(written(one)) == json.dumps(
        {
            "avg_price": "99",
            "cancel_reason": "",
            "client_order_id": "mine-1",
            "completion_percentage": "50.00",
            "contract_expiry_type": "UNKNOWN_CONTRACT_EXPIRY_TYPE",
            "cumulative_quantity": "0.25",
            "filled_value": "24.75",
            "leaves_quantity": "0.25",
            "limit_price": "100",
            "number_of_fills": "2",
            "order_id": "order-1",
            "order_side": "BUY",
            "order_type": "Limit",
            "outstanding_hold_amount": "25.25",
            "post_only": "true",
            "product_id": "BTC-USD",
            "product_type": "SPOT",
            "reject_reason": "",
            "retail_portfolio_id": PORTFOLIO,
            "risk_managed_by": "UNKNOWN_RISK_MANAGEMENT_TYPE",
            "status": "OPEN",
            "stop_price": "",
            "time_in_force": "GOOD_UNTIL_CANCELLED",
            "total_fees": "0.3",
            "total_value_after_fees": "50.3",
            "trigger_status": "INVALID_ORDER_TYPE",
            "creation_time": "2024-06-21T20:00:00.123456Z",
            "end_time": "0001-01-01T00:00:00Z",
            "start_time": "0001-01-01T00:00:00Z",
        }
    )


def test_a_market_order_has_no_prices_of_its_own() -> None:
    """Its limit price is a bare zero (docs: User Channel), its size may be money."""
    one = order(
        configuration="market_market_ioc", base_size=None, quote_size=D(70), limit_price=None
    )
    found = written(one)
    assert (found["order_type"], found["limit_price"], found["stop_price"]) == ("Market", "0", "")
    assert (found["leaves_quantity"], found["avg_price"]) == ("70", "0")
    assert found["time_in_force"] == "IMMEDIATE_OR_CANCEL"


def test_a_stop_order_tells_its_stop_price_and_its_end() -> None:
    """And whether it was triggered."""
    one = order(
        configuration="stop_limit_stop_limit_gtd",
        stop_price=D("90.50"),
        end_time=AT + 1_000_000_000,
        triggered=True,
    )
    found = written(one)
    assert (found["order_type"], found["stop_price"]) == ("Stop Limit", "90.5")
    assert (found["trigger_status"], found["post_only"]) == ("STOP_TRIGGERED", "false")
    assert found["end_time"] == "2024-06-21T20:00:01.123456Z"


@pytest.mark.parametrize(
    ("status", "cancel", "reject"),
    [("CANCELLED", "why", ""), ("EXPIRED", "why", ""), ("FAILED", "", "why"), ("FILLED", "", "")],
)
def test_the_reason_stands_where_it_belongs(status: str, cancel: str, reject: str) -> None:
    """An order was cancelled for it, or rejected for it."""
    found = written(order(status=status, reason="why"))
    assert (found["cancel_reason"], found["reject_reason"]) == (cancel, reject)
    assert found["leaves_quantity"] == "0"


@pytest.mark.parametrize("status", get_args(Status))
def test_only_documented_states_are_told(status: Status) -> None:
    """The ledger knows two more than the channel (docs: User Channel, status)."""
    known = ("PENDING", "OPEN", "FILLED", "CANCEL_QUEUED", "CANCELLED", "EXPIRED", "FAILED")
    found = written(order(status=status))["status"]
    assert found in known
    assert found == status or status in ("QUEUED", "EDIT_QUEUED")


@pytest.mark.parametrize(
    ("name", "expiry", "risk"),
    [
        (PERPETUAL, "PERPETUAL", "MANAGED_BY_VENUE"),
        (FUTURE, "EXPIRING", "MANAGED_BY_FCM"),
    ],
)
def test_an_order_for_a_future_says_so(name: str, expiry: str, risk: str) -> None:
    """In three members."""
    found = written(order(product_id=name))
    assert (found["product_type"], found["contract_expiry_type"]) == ("FUTURE", expiry)
    assert found["risk_managed_by"] == risk


def test_an_update_is_about_one_order_and_its_product() -> None:
    """It has positions too, empty ones if there are none, and no fills."""
    body = user_frames.user_update(told(order(product_id="ETH-USD")), (), PORTFOLIO, 7)
    assert (body.channel, body.type, body.products) == ("user", "update", ("ETH-USD",))
    assert body.entry == 7
    found = event(body)
    assert list(found) == ["type", "orders", "positions"]
    assert found["type"] == "update"
    assert found["positions"] == {
        "perpetual_futures_positions": [],
        "expiring_futures_positions": [],
    }


def test_positions_are_written_as_documented() -> None:
    """Perpetuals and expiring futures each have members of their own."""
    holdings = [
        holding(PERPETUAL, "-0.02", "60000", "59000", "120", buying=D("0.01"), selling=D("0.50")),
        holding(FUTURE, "3", "60000.0", "59000", "180"),
    ]
    found = event(user_frames.user_update(told(order()), holdings, PORTFOLIO, 7))["positions"]
    assert json.dumps(found) == json.dumps(
        {
            "perpetual_futures_positions": [
                {
                    "product_id": PERPETUAL,
                    "portfolio_uuid": PORTFOLIO,
                    "vwap": "60000",
                    "entry_vwap": "60000",
                    "position_side": "Short",
                    "margin_type": "Cross",
                    "net_size": "-0.02",
                    "buy_order_size": "0.01",
                    "sell_order_size": "0.5",
                    "leverage": "10",
                    "mark_price": "59000",
                    "liquidation_price": "61500",
                    "im_notional": "120",
                    "mm_notional": "90",
                    "position_notional": "1180",
                    "unrealized_pnl": "20",
                    "aggregated_pnl": "20",
                }
            ],
            "expiring_futures_positions": [
                {
                    "product_id": FUTURE,
                    "side": "Long",
                    "number_of_contracts": "3",
                    "realized_pnl": "0",
                    "unrealized_pnl": "-30",
                    "entry_price": "60000",
                }
            ],
        }
    )


def test_contracts_are_counted_on_either_side() -> None:
    """The side is told in a word."""
    mine = holding(FUTURE, "-3", "60000", "59000")
    (body,) = user_frames.user_snapshot((), [mine], PORTFOLIO)
    (found,) = event(body)["positions"]["expiring_futures_positions"]
    assert (found["side"], found["number_of_contracts"]) == ("Short", "3")


@pytest.mark.parametrize(
    ("count", "sizes"),
    [(0, [0]), (1, [1]), (49, [49]), (50, [50, 0]), (51, [50, 1]), (100, [50, 50, 0])],
)
def test_a_snapshot_ends_with_a_frame_that_is_not_full(count: int, sizes: list[int]) -> None:
    """That is how a client knows that it has all open orders."""
    found = user_frames.user_snapshot([told(order(n)) for n in range(count)], (), PORTFOLIO)
    assert [len(event(body)["orders"]) for body in found] == sizes


@given(st.integers(0, 160))
def test_a_snapshot_has_every_order_once_in_order(count: int) -> None:
    """Whatever the batches; every frame is a snapshot and has the positions."""
    orders = [told(order(n)) for n in range(count)]
    found = [
        event(body)
        for body in user_frames.user_snapshot(
            orders, [holding(FUTURE, "1", "60000", "59000")], PORTFOLIO
        )
    ]
    ids = [one["order_id"] for each in found for one in each["orders"]]
    assert ids == [f"order-{n}" for n in range(count)]
    assert {each["type"] for each in found} == {"snapshot"}
    assert all(len(each["positions"]["expiring_futures_positions"]) == 1 for each in found)
    assert len(found[-1]["orders"]) < BATCH


def _balance() -> FuturesBalance:
    holdings = [holding(FUTURE, "3", "60000", "59000", margin="460.14")]
    return balance(Account("USD", D(1000), D("460.14")), (), holdings, ZERO)


def test_the_balance_summary_is_written_as_documented() -> None:
    """Figures as strings, and the same margins by day and by night."""
    body = user_frames.balance_summary("update", _balance())
    assert (body.channel, body.type, body.products) == ("futures_balance_summary", "update", ())
    window = {
        "margin_window_type": "FCM_MARGIN_WINDOW_TYPE_INTRADAY",
        "margin_level": "MARGIN_LEVEL_TYPE_BASE",
        "initial_margin": "460.14",
        "maintenance_margin": "345.105",
        "liquidation_buffer_percentage": "314.41",
        "total_hold": "0",
        "futures_buying_power": "970",
    }
    found = event(body)
    assert json.dumps(found) == json.dumps(
        {
            "type": "update",
            "fcm_balance_summary": {
                "futures_buying_power": "970",
                "total_usd_balance": "1460.14",
                "cbi_usd_balance": "1000",
                "cfm_usd_balance": "460.14",
                "total_open_orders_hold_amount": "0",
                "unrealized_pnl": "-30",
                "daily_realized_pnl": "0",
                "initial_margin": "460.14",
                "available_margin": "1430.14",
                "liquidation_threshold": "345.105",
                "liquidation_buffer_amount": "1085.035",
                "liquidation_buffer_percentage": "314.41",
                "intraday_margin_window_measure": window,
                "overnight_margin_window_measure": window
                | {"margin_window_type": "FCM_MARGIN_WINDOW_TYPE_OVERNIGHT"},
            },
        }
    )


def private() -> Iterator[dict[str, Any]]:
    """Yield recorded frames of the private channels."""
    return (frame for frame in recorded() if frame["channel"] in PRIVATE_CHANNELS)


def documented() -> dict[str, Any]:
    """Return a frame with an order as it was seen in February 2025."""
    seen = {
        "avg_price": "0",
        "cancel_reason": "",
        "client_order_id": "alt-9e89",
        "completion_percentage": "0",
        "contract_expiry_type": "UNKNOWN_CONTRACT_EXPIRY_TYPE",
        "cumulative_quantity": "0",
        "filled_value": "0",
        "leaves_quantity": "6.56",
        "limit_price": "3.575",
        "number_of_fills": "0",
        "order_id": "b18a763a",
        "order_side": "SELL",
        "order_type": "Limit",
        "outstanding_hold_amount": "6.56",
        "post_only": "true",
        "product_id": "CORECHAIN-USD",
        "product_type": "SPOT",
        "reject_reason": "",
        "retail_portfolio_id": PORTFOLIO,
        "risk_managed_by": "UNKNOWN_RISK_MANAGEMENT_TYPE",
        "status": "OPEN",
        "stop_price": "",
        "time_in_force": "GOOD_UNTIL_CANCELLED",
        "total_fees": "0",
        "total_value_after_fees": "23.416822",
        "trigger_status": "INVALID_ORDER_TYPE",
        "creation_time": "2025-02-27T18:42:39.772546Z",
        "end_time": "0001-01-01T00:00:00Z",
        "start_time": "0001-01-01T00:00:00Z",
    }
    positions: dict[str, Any] = {
        "perpetual_futures_positions": [],
        "expiring_futures_positions": [],
    }
    event = {"type": "snapshot", "orders": [seen], "positions": positions}
    return {"channel": "user", "events": [event]}


@pytest.mark.parametrize("theirs", [documented(), *private()], ids=lambda frame: frame["channel"])
def test_frames_have_productions_shape(theirs: dict[str, Any]) -> None:
    """Each frame has the keys, their order, the types and the string formats of production."""
    event_ = theirs["events"][0]
    if theirs["channel"] == "futures_balance_summary":
        body = user_frames.balance_summary(event_["type"], _balance())
    else:
        orders = [told(order(number)) for number, _ in enumerate(event_["orders"][:1])]
        (body,) = user_frames.user_snapshot(orders, (), PORTFOLIO)
    assert shape(event(body)) == shape(event_)


def test_an_order_seen_in_production_is_written_as_it_was() -> None:
    """The order of February 2025 comes out with its figures."""
    seen = documented()["events"][0]["orders"][0]
    one = order(
        order_id=seen["order_id"],
        client_order_id=seen["client_order_id"],
        product_id=seen["product_id"],
        side="SELL",
        base_size=D("6.56"),
        limit_price=D("3.575"),
        post_only=True,
        hold=D("6.56"),
        hold_currency="CORECHAIN",
        created=1_740_681_759_772_546_000,
        maker_rate=D("0.0015"),
    )
    (body,) = user_frames.user_snapshot([told(one)], (), PORTFOLIO)
    assert json.dumps(event(body)["orders"]) == json.dumps([seen])
