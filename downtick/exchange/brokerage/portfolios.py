"""The user's one portfolio. It can be looked at; others can neither be made nor be paid into."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, Final

import msgspec

from downtick.exchange.brokerage.accounts import FIAT, account_id
from downtick.exchange.brokerage.request import Asked, bad, data, denied, missing
from downtick.exchange.brokerage.shapes import money
from downtick.exchange.error_bodies import Answer
from downtick.exchange.ledger import Account
from downtick.exchange.venue import Venue

_TYPES: Final = ("UNDEFINED", "DEFAULT", "CONSUMER", "INTX")
_DOLLARS: Final = frozenset(("USD", "USDC"))
_ZERO: Final = Decimal(0)
_CENT: Final = Decimal("0.01")


class _Name(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Body of Create Portfolio and of Edit Portfolio."""

    name: str = ""


class _Funds(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An amount to move."""

    value: str = ""
    currency: str = ""


class _Move(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Body of Move Portfolio Funds."""

    funds: _Funds | None = None
    source_portfolio_uuid: str = ""
    target_portfolio_uuid: str = ""


def portfolios(asked: Asked) -> Answer:
    """Answer ``/portfolios``."""
    wanted = asked.choice("portfolio_type", _TYPES) in {"", "UNDEFINED", "DEFAULT"}
    return data({"portfolios": [_portfolio(asked.venue)] if wanted else []})


def create(asked: Asked) -> Answer:
    """Answer ``POST /portfolios``: this user can have no more of them."""
    asked.body(_Name)
    raise denied("portfolio limit reached")


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
    balances = {
        "total_balance": total,
        "total_futures_balance": _ZERO,
        "total_cash_equivalent_balance": cash,
        "total_crypto_balance": total - cash,
        "futures_unrealized_pnl": _ZERO,
        "perp_unrealized_pnl": _ZERO,
        "total_equities_balance": _ZERO,
    }
    return data(
        {
            "breakdown": {
                "portfolio": _portfolio(venue),
                "portfolio_balances": {
                    name: money(worth.quantize(_CENT), currency) for name, worth in balances.items()
                },
                "spot_positions": [
                    _position(venue, account, worths[account.currency], total, currency)
                    for account in held
                ],
                "perp_positions": [],
                "futures_positions": [],
                "equity_positions": [],
            }
        }
    )


def edit(asked: Asked) -> Answer:
    """Answer ``PUT /portfolios/{portfolio_uuid}``: the default portfolio keeps its name."""
    asked.body(_Name)
    check_portfolio(asked, asked.names[0])
    raise bad("default portfolio cannot be edited")


def delete(asked: Asked) -> Answer:
    """Answer ``DELETE /portfolios/{portfolio_uuid}``: the default portfolio stays."""
    check_portfolio(asked, asked.names[0])
    raise bad("default portfolio cannot be deleted")


def move_funds(asked: Asked) -> Answer:
    """Answer ``POST /portfolios/move_funds``: there is no second portfolio to move them to."""
    form = asked.body(_Move)
    check_portfolio(asked, form.source_portfolio_uuid)
    check_portfolio(asked, form.target_portfolio_uuid)
    raise bad("source and target portfolios must be different")


def check_portfolio(asked: Asked, portfolio_id: str) -> None:
    """Check that a portfolio is the user's.

    Raises:
        Declined: it is not.
    """
    if portfolio_id != asked.venue.identity.portfolio_id:
        raise missing("portfolio not found")


def _portfolio(venue: Venue) -> dict[str, Any]:
    return {
        "name": "Default",
        "uuid": venue.identity.portfolio_id,
        "type": "DEFAULT",
        "deleted": False,
    }


def _position(
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
