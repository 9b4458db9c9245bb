"""Perpetuals are told in the one portfolio."""

from __future__ import annotations

from decimal import Decimal

import pytest

from tests.exchange.brokerage.site import FUTURE, PERPETUAL, Site, limit

OURS = Site().venue.identity.portfolio_id


def holding() -> Site:
    """Return a site that is short of a perpetual, with orders on both sides."""
    site = Site()
    site.placed("a", "SELL", PERPETUAL, market_market_ioc={"base_size": "0.02"})
    site.placed("b", "BUY", PERPETUAL, limit_limit_gtc=limit("0.01", "50000"))
    site.placed("c", "SELL", PERPETUAL, limit_limit_gtc=limit("0.03", "90000"))
    site.placed("d", "BUY", FUTURE, market_market_ioc={"base_size": "1"})
    return site


def test_positions() -> None:
    """Only perpetuals are told here, with their sign, and what open orders would add."""
    site = holding()
    told = site.ask(f"GET /intx/positions/{OURS}")
    (position,) = told["positions"]
    assert (position["symbol"], position["net_size"]) == (PERPETUAL, "-0.02")
    assert position["position_side"] == "POSITION_SIDE_SHORT"
    assert (position["buy_order_size"], position["sell_order_size"]) == ("0.01", "0.03")
    held = site.venue.ledger.state.positions[PERPETUAL]
    assert Decimal(position["vwap"]["value"]) == held.entry_price
    assert told["summary"]["aggregated_pnl"] == position["unrealized_pnl"]
    assert site.ask(f"GET /intx/positions/{OURS}/{PERPETUAL}") == {"position": position}


def test_portfolio() -> None:
    """Collateral and margin are those of the ledger, in USDC."""
    site = holding()
    told = site.ask(f"GET /intx/portfolio/{OURS}")
    (portfolio,) = told["portfolios"]
    state = site.venue.ledger.state
    account = state.accounts["USDC"]
    assert Decimal(portfolio["collateral"]) == account.available + account.hold
    margin = state.positions[PERPETUAL].margin
    assert Decimal(portfolio["portfolio_im_notional"]["value"]) == margin
    assert Decimal(told["summary"]["buying_power"]["value"]) == account.available
    price = site.venue.market.ticker(PERPETUAL).price
    assert Decimal(portfolio["position_notional"]) == price * Decimal("0.02")


def test_a_portfolio_without_positions() -> None:
    """Nothing is needed for nothing."""
    site = Site()
    (portfolio,) = site.ask(f"GET /intx/portfolio/{OURS}")["portfolios"]
    assert (portfolio["portfolio_initial_margin"], portfolio["position_notional"]) == ("0", "0")
    assert site.ask(f"GET /intx/positions/{OURS}")["positions"] == []


def test_balances() -> None:
    """The collateral, with what is held of it."""
    site = holding()
    (told,) = site.ask(f"GET /intx/balances/{OURS}")["portfolio_balances"]
    (balance,) = told["balances"]
    account = site.venue.ledger.state.accounts["USDC"]
    assert told["portfolio_uuid"] == OURS
    assert balance["asset"]["asset_name"] == "USDC"
    assert Decimal(balance["hold"]) == account.hold > 0
    assert Decimal(balance["quantity"]) == account.available + account.hold


@pytest.mark.parametrize(
    "line",
    [
        "GET /intx/portfolio/no",
        "GET /intx/positions/no",
        f"GET /intx/positions/no/{PERPETUAL}",
        f"GET /intx/positions/{OURS}/BTC-USD",
        "GET /intx/balances/no",
    ],
)
def test_what_is_not_there(line: str) -> None:
    """404."""
    assert Site().ask(line, status=404)["error"] == "NOT_FOUND"


def test_what_cannot_be_changed() -> None:
    """Margin is not set aside by symbol, and USDC is the only collateral."""
    site = Site()
    site.ask("POST /intx/allocate", {"portfolio_uuid": OURS, "symbol": PERPETUAL}, 400)
    site.ask("POST /intx/allocate", {"portfolio_uuid": "no"}, 404)
    body = {"portfolio_uuid": OURS, "multi_asset_collateral_enabled": True}
    told = site.ask("POST /intx/multi_asset_collateral", body)
    assert told == {"cross_collateral_enabled": False}
