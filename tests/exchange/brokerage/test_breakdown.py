"""A portfolio is told with what it holds and what that is worth."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from tests.exchange.brokerage.site import FUTURE, PERPETUAL, Site, limit


def told(site: Site, query: str = "") -> Any:
    """Return the breakdown of the user's portfolio."""
    return site.ask(f"GET /portfolios/{site.venue.identity.portfolio_id}{query}")["breakdown"]


def test_worth_in_dollars() -> None:
    """Each currency at the price of its last trade; cash is cash, and all of it is all of it."""
    site = Site()
    site.placed("mine", "SELL", limit_limit_gtc=limit("0.5", "99999"))  # held, and still there
    balances = told(site)["portfolio_balances"]
    coins = {"BTC-USD": Decimal(2), "ETH-USD": Decimal(20)}
    crypto = sum(
        (site.venue.market.ticker(name).price * size for name, size in coins.items()), Decimal(0)
    )
    assert balances["total_crypto_balance"] == {
        "value": f"{crypto.normalize():f}",
        "currency": "USD",
    }
    assert balances["total_cash_equivalent_balance"]["value"] == "150000"
    assert Decimal(balances["total_balance"]["value"]) == crypto + 150_000
    assert balances["futures_unrealized_pnl"]["value"] == "0"


def test_spot_positions() -> None:
    """Each account with something in it, as numbers; their shares add up to one."""
    site = Site()
    site.placed("mine", "SELL", limit_limit_gtc=limit("0.5", "99999"))
    positions = {position["asset"]: position for position in told(site)["spot_positions"]}
    assert set(positions) == {"BTC", "ETH", "USD", "USDC"}
    bitcoin = positions["BTC"]
    assert (bitcoin["total_balance_crypto"], bitcoin["available_to_trade_crypto"]) == (2.0, 1.5)
    assert bitcoin["available_to_trade_fiat"] == bitcoin["total_balance_fiat"] * 0.75
    assert (bitcoin["is_cash"], positions["USDC"]["is_cash"]) == (False, True)
    assert abs(sum(position["allocation"] for position in positions.values()) - 1) < 1e-9
    uuids = {account["uuid"] for account in site.ask("GET /accounts")["accounts"]}
    assert {position["account_uuid"] for position in positions.values()} == uuids


def test_positions_in_futures() -> None:
    """Perpetuals and expiring futures stand in lists of their own, with their profit in the balances."""
    site = Site()
    site.placed("a", "SELL", PERPETUAL, market_market_ioc={"base_size": "0.01"})
    site.placed("b", "BUY", FUTURE, market_market_ioc={"base_size": "3"})
    shown = told(site)
    (perpetual,), (future,) = shown["perp_positions"], shown["futures_positions"]
    assert (perpetual["product_id"], perpetual["net_size"]) == (PERPETUAL, "-0.01")
    assert perpetual["position_side"] == "POSITION_SIDE_SHORT"
    assert (future["product_id"], future["amount"]) == (FUTURE, "3")
    assert future["side"] == "FUTURES_POSITION_SIDE_LONG"
    assert future["expiry"] == "2026-12-26T16:00:00Z"
    balances = shown["portfolio_balances"]
    profit = Decimal(future["unrealized_pnl"])
    assert profit < 0  # bought at the ask, valued at the last trade
    assert Decimal(balances["futures_unrealized_pnl"]["value"]) == round(profit, 2)
    assert Decimal(balances["total_futures_balance"]["value"]) > 0


def test_worth_in_another_currency() -> None:
    """Where no product tells, a thing is worth nothing."""
    site = Site()
    shown = told(site, "?currency=BTC")
    worths = {p["asset"]: p["total_balance_fiat"] for p in shown["spot_positions"]}
    assert worths == {"BTC": 2.0, "ETH": 0.0, "USD": 0.0, "USDC": 0.0}
    assert shown["portfolio_balances"]["total_balance"] == {"value": "2", "currency": "BTC"}
