"""US futures: their balance, their positions, and what one cannot do with them."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from tests.exchange.brokerage.site import FUTURE, PERPETUAL, Site, limit


def holding() -> Site:
    """Return a site where three contracts were sold, with an order for another one."""
    site = Site()
    site.placed("a", "SELL", FUTURE, market_market_ioc={"base_size": "3"})
    site.placed("b", "BUY", FUTURE, limit_limit_gtc=limit("1", "50000"))
    site.placed("c", "BUY", PERPETUAL, market_market_ioc={"base_size": "0.01"})
    return site


def test_positions() -> None:
    """Only contracts of Coinbase Derivatives are told here, without a sign."""
    site = holding()
    (told,) = site.ask("GET /cfm/positions")["positions"]
    position = site.venue.ledger.state.positions[FUTURE]
    assert told["product_id"] == FUTURE
    assert (told["side"], told["number_of_contracts"]) == ("SHORT", "3")
    assert told["expiration_time"] == "2026-12-26T16:00:00Z"
    price = site.venue.market.ticker(FUTURE).price
    profit = (position.entry_price - price) * 3 * Decimal("0.01")
    assert Decimal(told["unrealized_pnl"]) == profit
    assert Decimal(told["current_price"]) == price
    assert site.ask(f"GET /cfm/positions/{FUTURE}") == {"position": told}


@pytest.mark.parametrize("name", [PERPETUAL, "BTC-USD", "nothing"])
def test_a_position_that_is_not_there(name: str) -> None:
    """404."""
    assert holding().ask(f"GET /cfm/positions/{name}", status=404)["error"] == "NOT_FOUND"


def test_balance_summary() -> None:
    """Margin and holds are those of the ledger, each figure with its currency."""
    site = holding()
    state = site.venue.ledger.state
    told = site.ask("GET /cfm/balance_summary")["balance_summary"]
    margin = state.positions[FUTURE].margin
    assert Decimal(told["initial_margin"]["value"]) == margin
    assert told["initial_margin"]["currency"] == "USD"
    (order,) = state.open_orders.values()
    assert Decimal(told["total_open_orders_hold_amount"]["value"]) == order.hold
    account = state.accounts["USD"]
    assert Decimal(told["total_usd_balance"]["value"]) == account.available + account.hold
    assert told["liquidation_buffer_percentage"] == "1000"
    windows = [told[f"{name}_margin_window_measure"] for name in ("intraday", "overnight")]
    assert [window["margin_window_type"] for window in windows] == [
        "FCM_MARGIN_WINDOW_TYPE_INTRADAY",
        "FCM_MARGIN_WINDOW_TYPE_OVERNIGHT",
    ]
    assert windows[0]["initial_margin"] == told["initial_margin"]


@pytest.mark.parametrize(
    ("line", "body", "told"),
    [
        ("GET /cfm/positions", None, {"positions": []}),
        ("GET /cfm/sweeps", None, {"sweeps": []}),
        ("DELETE /cfm/sweeps", None, {"success": False}),
        (
            "GET /cfm/intraday/margin_setting",
            None,
            {"setting": "INTRADAY_MARGIN_SETTING_STANDARD"},
        ),
        (
            "POST /cfm/intraday/margin_setting",
            {"setting": "INTRADAY_MARGIN_SETTING_STANDARD"},
            {},
        ),
        (
            "GET /cfm/intraday/current_margin_window",
            None,
            {
                "margin_window": {
                    "margin_window_type": "FCM_MARGIN_WINDOW_TYPE_INTRADAY",
                    "end_time": "0001-01-01T00:00:00Z",
                },
                "is_intraday_margin_killswitch_enabled": False,
                "is_intraday_margin_enrollment_killswitch_enabled": False,
            },
        ),
    ],
)
def test_what_is_always_so(line: str, body: Any, told: Any) -> None:
    """Nothing has to be swept, and margins are the same all day."""
    assert Site().ask(line, body) == told


@pytest.mark.parametrize(
    ("line", "body"),
    [
        ("POST /cfm/sweeps/schedule", {"usd_amount": "5"}),
        (
            "POST /cfm/intraday/margin_setting",
            {"setting": "INTRADAY_MARGIN_SETTING_INTRADAY"},
        ),
        ("POST /cfm/intraday/margin_setting", {"setting": "MORE"}),
    ],
)
def test_what_cannot_be_done(line: str, body: Any) -> None:
    """It is refused with 400."""
    Site().ask(line, body, 400)
