"""What the user's portfolio holds, and what that is worth at the last trades' prices."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, Final

from downtick.exchange.brokerage.accounts import FIAT, account_id
from downtick.exchange.brokerage.cfm import marks
from downtick.exchange.brokerage.portfolios import check_portfolio, default_portfolio
from downtick.exchange.brokerage.request import Asked, data
from downtick.exchange.brokerage.shapes import money, settlement
from downtick.exchange.error_bodies import Answer
from downtick.exchange.figures import text
from downtick.exchange.identity import Identity
from downtick.exchange.ledger import Account
from downtick.exchange.margin import Holding, holdings
from downtick.exchange.venue import Venue

_DOLLARS: Final = frozenset(("USD", "USDC"))
_ZERO: Final = Decimal(0)
_CENT: Final = Decimal("0.01")


def breakdown(asked: Asked) -> Answer:
    """Answer ``/portfolios/{portfolio_uuid}``: what it holds, and what that is worth at the last trades' prices.

    The query's ``currency`` is what the worth is told in, US dollars by default. Spot positions have numbers here,
    not strings, as the live API does.
    """
    check_portfolio(asked, asked.names[0])
    venue, currency = asked.venue, asked.one("currency") or "USD"
    held = [account for account in venue.ledger.state.accounts.values() if _total(account)]
    worths = {account.currency: _worth(venue, account, currency) for account in held}
    total = sum(worths.values(), _ZERO)
    cash = sum((worths[a.currency] for a in held if _is_cash(a)), _ZERO)
    futures = holdings(venue.ledger.state, marks(asked))
    expiring = [h for h in futures if h.product.contract_expiry_type == "EXPIRING"]
    perpetual = [h for h in futures if h.product.contract_expiry_type == "PERPETUAL"]
    balances = {
        "total_balance": total,
        "total_futures_balance": sum((h.position.margin for h in expiring), _ZERO),
        "total_cash_equivalent_balance": cash,
        "total_crypto_balance": total - cash,
        "futures_unrealized_pnl": sum((h.unrealized for h in expiring), _ZERO),
        "perp_unrealized_pnl": sum((h.unrealized for h in perpetual), _ZERO),
        "total_equities_balance": _ZERO,
    }
    return data(
        {
            "breakdown": {
                "portfolio": default_portfolio(venue),
                "portfolio_balances": {
                    name: money(worth.quantize(_CENT), currency) for name, worth in balances.items()
                },
                "spot_positions": [
                    _spot(venue, account, worths[account.currency], total, currency)
                    for account in held
                ],
                "perp_positions": [_perpetual(holding, venue.identity) for holding in perpetual],
                "futures_positions": [_expiring(holding) for holding in expiring],
                "equity_positions": [],
            }
        }
    )


def _spot(
    venue: Venue, account: Account, worth: Decimal, total: Decimal, currency: str
) -> dict[str, Any]:
    amount = _total(account)
    free = worth * account.available / amount
    return {
        "asset": account.currency,
        "account_uuid": account_id(account.currency, venue.identity),
        "total_balance_fiat": float(worth),
        "total_balance_crypto": float(amount),
        "available_to_trade_fiat": float(free),
        "allocation": float(worth / total) if total else 0.0,
        "one_day_change": 0.0,
        "cost_basis": money(worth.quantize(_CENT), currency),
        "asset_img_url": "",
        "is_cash": _is_cash(account),
        "average_entry_price": money(worth / amount, currency),
        "asset_uuid": venue.identity.id_of("asset", account.currency),
        "available_to_trade_crypto": float(account.available),
        "unrealized_pnl": 0.0,
        "available_to_transfer_fiat": float(free),
        "available_to_transfer_crypto": float(account.available),
        "asset_color": "",
        "account_type": "ACCOUNT_TYPE_FIAT" if account.currency in FIAT else "ACCOUNT_TYPE_CRYPTO",
    }


def _perpetual(holding: Holding, who: Identity) -> dict[str, Any]:
    position, long = holding.position, holding.position.size > 0

    def both(value: Decimal) -> dict[str, Any]:
        return {"userNativeCurrency": money(value, "USD"), "rawCurrency": money(value, "USDC")}

    return {
        "product_id": position.product_id,
        "product_uuid": who.id_of("product", position.product_id),
        "symbol": position.product_id,
        "asset_image_url": "",
        "vwap": both(position.entry_price),
        "position_side": "POSITION_SIDE_LONG" if long else "POSITION_SIDE_SHORT",
        "net_size": text(position.size),
        "buy_order_size": text(holding.buying),
        "sell_order_size": text(holding.selling),
        "im_contribution": "0",
        "unrealized_pnl": both(holding.unrealized),
        "mark_price": both(holding.mark),
        "liquidation_price": both(holding.liquidation_price),
        "leverage": text(position.leverage),
        "im_notional": both(position.margin),
        "mm_notional": both(holding.maintenance),
        "position_notional": both(holding.notional),
        "margin_type": "MARGIN_TYPE_CROSS",
        "liquidation_buffer": "0",
        "liquidation_percentage": "0",
        "asset_color": "",
    }


def _expiring(holding: Holding) -> dict[str, Any]:
    position, long = holding.position, holding.position.size > 0
    return {
        "product_id": position.product_id,
        "contract_size": text(holding.product.contract_size),
        "side": "FUTURES_POSITION_SIDE_LONG" if long else "FUTURES_POSITION_SIDE_SHORT",
        "amount": text(abs(position.size)),
        "avg_entry_price": text(position.entry_price),
        "current_price": text(holding.mark),
        "unrealized_pnl": text(holding.unrealized),
        "expiry": settlement(holding.product),
        "underlying_asset": holding.product.base_currency,
        "asset_img_url": "",
        "product_name": position.product_id,
        "venue": "cde",
        "notional_value": text(holding.notional),
        "asset_color": "",
    }


def _worth(venue: Venue, account: Account, currency: str) -> Decimal:
    """Return what an account is worth; zero where no product tells."""
    amount = _total(account)
    if account.currency == currency or {account.currency, currency} <= _DOLLARS:
        return amount
    for quote in (currency, *(_DOLLARS if currency in _DOLLARS else ())):
        if (product_id := f"{account.currency}-{quote}") in venue.market:
            return amount * venue.market.ticker(product_id).price
    return _ZERO


def _total(account: Account) -> Decimal:
    return account.available + account.hold


def _is_cash(account: Account) -> bool:
    return account.currency in FIAT | _DOLLARS
