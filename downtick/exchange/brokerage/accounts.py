"""The user's accounts: one for each currency."""

from __future__ import annotations

from typing import Any, Final

from downtick.exchange.brokerage.paging import page
from downtick.exchange.brokerage.request import Asked, data, missing
from downtick.exchange.brokerage.shapes import money
from downtick.exchange.error_bodies import Answer
from downtick.exchange.identity import Identity
from downtick.exchange.ledger import Account

FIAT: Final = frozenset(("USD", "EUR", "GBP"))
"""Currencies of the state, not of a chain."""

_ACCOUNTS: Final = 49
_MOST_ACCOUNTS: Final = 250
_CREATED: Final = "2021-05-31T09:59:59.000Z"


def accounts(asked: Asked) -> Answer:
    """Answer ``/accounts``, in pages of 49, or of as many as asked for up to 250."""
    limit = min(asked.whole("limit", _ACCOUNTS), _MOST_ACCOUNTS)
    who = asked.venue.identity
    ours = asked.one("retail_portfolio_id") in {"", who.portfolio_id}
    all_ = asked.venue.ledger.state.accounts.values() if ours else ()
    found, cursor = page(all_, asked.one("cursor"), limit, lambda account: account.currency)
    told = [_account(account, who) for account in found]
    return data({"accounts": told, "has_next": bool(cursor), "cursor": cursor, "size": len(told)})


def account(asked: Asked) -> Answer:
    """Answer ``/accounts/{account_uuid}``."""
    who = asked.venue.identity
    for one in asked.venue.ledger.state.accounts.values():
        if account_id(one.currency, who) == asked.names[0]:
            return data({"account": _account(one, who)})
    raise missing("account not found")


def account_id(currency: str, who: Identity) -> str:
    """Return the id of the account in a currency."""
    return who.id_of("account", currency)


def _account(account: Account, who: Identity) -> dict[str, Any]:
    currency = account.currency
    fiat = currency in FIAT
    return {
        "uuid": account_id(currency, who),
        "name": f"{currency} Wallet",
        "currency": currency,
        "available_balance": money(account.available, currency),
        "default": False,
        "active": True,
        "created_at": _CREATED,
        "updated_at": _CREATED,
        "deleted_at": None,
        "type": "ACCOUNT_TYPE_FIAT" if fiat else "ACCOUNT_TYPE_CRYPTO",
        "ready": True,
        "hold": money(account.hold, currency),
        "retail_portfolio_id": who.portfolio_id,
        "platform": "ACCOUNT_PLATFORM_CONSUMER",
    }
