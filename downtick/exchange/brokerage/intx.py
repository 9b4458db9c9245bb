"""Perpetuals of Coinbase International, as Advanced Trade shows them: all of them in the one portfolio.

Documented as retired on 2026-09-09; clients still ask.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any, Final

import msgspec

from downtick.exchange.brokerage.cfm import marks
from downtick.exchange.brokerage.portfolios import check_portfolio
from downtick.exchange.brokerage.request import Asked, bad, data, missing
from downtick.exchange.brokerage.shapes import money
from downtick.exchange.error_bodies import Answer
from downtick.exchange.figures import text
from downtick.exchange.identity import Identity
from downtick.exchange.margin import Holding, holdings

_ZERO: Final = Decimal(0)
_CURRENCY: Final = "USDC"


class _Collateral(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Body of Opt In or Out of Multi Asset Collateral."""

    portfolio_uuid: str = ""
    multi_asset_collateral_enabled: bool = False


class _Allocation(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Body of Allocate Portfolio."""

    portfolio_uuid: str = ""
    symbol: str = ""
    amount: str = ""
    currency: str = ""


def portfolio(asked: Asked) -> Answer:
    """Answer ``/intx/portfolio/{portfolio_uuid}``."""
    check_portfolio(asked, asked.names[0])
    state, held = asked.venue.ledger.state, _held(asked)
    margin = sum((holding.position.margin for holding in held), _ZERO)
    maintenance = sum((holding.maintenance for holding in held), _ZERO)
    notional = sum((holding.notional for holding in held), _ZERO)
    profit = sum((holding.unrealized for holding in held), _ZERO)
    free = state.available(_CURRENCY)
    balance = free + state.balance("hold", _CURRENCY)
    of_portfolio = {
        "portfolio_uuid": asked.names[0],
        "collateral": text(balance),
        "position_notional": text(notional),
        "open_position_notional": text(notional),
        "pending_fees": "0",
        "borrow": "0",
        "accrued_interest": "0",
        "rolling_debt": "0",
        "portfolio_initial_margin": text(margin / notional if notional else _ZERO),
        "portfolio_im_notional": money(margin, _CURRENCY),
        "portfolio_maintenance_margin": text(maintenance / notional if notional else _ZERO),
        "portfolio_mm_notional": money(maintenance, _CURRENCY),
        "liquidation_percentage": "0",
        "liquidation_buffer": text(balance + profit - maintenance),
        "margin_type": "MARGIN_TYPE_CROSS",
        "margin_flags": "PORTFOLIO_MARGIN_FLAGS_UNSPECIFIED",
        "liquidation_status": "PORTFOLIO_LIQUIDATION_STATUS_NOT_LIQUIDATING",
        "unrealized_pnl": money(profit, _CURRENCY),
        "total_balance": money(balance, _CURRENCY),
    }
    summary = {
        "unrealized_pnl": money(profit, _CURRENCY),
        "buying_power": money(free, _CURRENCY),
        "total_balance": money(balance, _CURRENCY),
        "max_withdrawal_amount": money(free, _CURRENCY),
    }
    return data({"portfolios": [of_portfolio], "summary": summary})


def positions(asked: Asked) -> Answer:
    """Answer ``/intx/positions/{portfolio_uuid}``."""
    check_portfolio(asked, asked.names[0])
    held = _held(asked)
    profit = sum((holding.unrealized for holding in held), _ZERO)
    told = [_position(holding, asked.venue.identity) for holding in held]
    return data({"positions": told, "summary": {"aggregated_pnl": money(profit, _CURRENCY)}})


def position(asked: Asked) -> Answer:
    """Answer ``/intx/positions/{portfolio_uuid}/{symbol}``."""
    check_portfolio(asked, asked.names[0])
    for holding in _held(asked):
        if holding.position.product_id == asked.names[1]:
            return data({"position": _position(holding, asked.venue.identity)})
    raise missing("position not found")


def balances(asked: Asked) -> Answer:
    """Answer ``/intx/balances/{portfolio_uuid}``."""
    check_portfolio(asked, asked.names[0])
    state = asked.venue.ledger.state
    quantity, hold = state.available(_CURRENCY), state.balance("hold", _CURRENCY)
    asset = {
        "asset_id": asked.venue.identity.id_of("asset", _CURRENCY),
        "asset_uuid": asked.venue.identity.id_of("asset", _CURRENCY),
        "asset_name": _CURRENCY,
        "status": "ACTIVE",
        "collateral_weight": "1",
        "account_collateral_limit": "0",
        "ecosystem_collateral_limit_breached": False,
        "asset_icon_url": "",
        "supported_networks_enabled": True,
    }
    balance = {
        "asset": asset,
        "quantity": text(quantity + hold),
        "hold": text(hold),
        "transfer_hold": "0",
        "collateral_value": text(quantity + hold),
        "collateral_weight": "1",
        "max_withdraw_amount": text(quantity),
        "loan": "0",
        "loan_collateral_requirement_usd": "0",
        "pledged_quantity": "0",
    }
    told = {
        "portfolio_uuid": asked.names[0],
        "balances": [balance],
        "is_margin_limit_reached": False,
    }
    return data({"portfolio_balances": [told]})


def allocate(asked: Asked) -> Answer:
    """Answer ``POST /intx/allocate``: margin is not set aside by symbol."""
    check_portfolio(asked, asked.body(_Allocation).portfolio_uuid)
    raise bad("allocation is not supported for cross margin portfolios")


def collateral(asked: Asked) -> Answer:
    """Answer ``POST /intx/multi_asset_collateral``: only USDC counts."""
    check_portfolio(asked, asked.body(_Collateral).portfolio_uuid)
    return data({"cross_collateral_enabled": False})


def _held(asked: Asked) -> list[Holding]:
    found = holdings(asked.venue.ledger.state, marks(asked))
    return [holding for holding in found if holding.product.contract_expiry_type == "PERPETUAL"]


def _position(holding: Holding, who: Identity) -> dict[str, Any]:
    position = holding.position
    entry = money(position.entry_price, _CURRENCY)
    profit = money(holding.unrealized, _CURRENCY)
    long = position.size > 0
    return {
        "product_id": position.product_id,
        "product_uuid": who.id_of("product", position.product_id),
        "portfolio_uuid": who.portfolio_id,
        "symbol": position.product_id,
        "vwap": entry,
        "entry_vwap": entry,
        "position_side": "POSITION_SIDE_LONG" if long else "POSITION_SIDE_SHORT",
        "margin_type": "MARGIN_TYPE_CROSS",
        "net_size": text(position.size),
        "buy_order_size": text(holding.buying),
        "sell_order_size": text(holding.selling),
        "im_contribution": "0",
        "unrealized_pnl": profit,
        "mark_price": money(holding.mark, _CURRENCY),
        "liquidation_price": money(holding.liquidation_price, _CURRENCY),
        "leverage": text(position.leverage),
        "im_notional": money(position.margin, _CURRENCY),
        "mm_notional": money(holding.maintenance, _CURRENCY),
        "position_notional": money(holding.notional, _CURRENCY),
        "aggregated_pnl": profit,
    }
