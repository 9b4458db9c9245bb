"""The few calls of Coinbase App's Data API (``/v2/``) that clients of Advanced Trade make beside it.

ccxt reads currencies and rates before anything else, and balances from ``/v2/accounts``; coinbase-advanced-node reads
the time before it signs. Shapes: docs, Coinbase App, Data API; ccxt, coinbase.py.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Context, Decimal
from typing import Any, Final

from downtick.exchange.brokerage.accounts import FIAT, account_id
from downtick.exchange.brokerage.paging import page
from downtick.exchange.brokerage.request import Asked, Declined, data
from downtick.exchange.error_bodies import JSON, Answer
from downtick.exchange.figures import text
from downtick.exchange.ledger import Account
from downtick.exchange.market import Product
from downtick.exchange.times import rfc3339_seconds

_ACCOUNTS: Final = 25
_MOST_ACCOUNTS: Final = 300
_RATES: Final = Context(prec=16)  # digits of a rate
_CREATED: Final = "2021-05-31T09:59:59Z"


def server_time(asked: Asked) -> Answer:
    """Answer ``/v2/time``."""
    now = asked.venue.now()
    return data({"data": {"iso": rfc3339_seconds(now), "epoch": now // 1_000_000_000}})


def currencies(asked: Asked) -> Answer:
    """Answer ``/v2/currencies``: those of states."""
    names = _names(asked)
    told = [{"id": code, "name": names[code], "min_size": "0.01"} for code in names if code in FIAT]
    return data({"data": told})


def crypto_currencies(asked: Asked) -> Answer:
    """Answer ``/v2/currencies/crypto``."""
    told = [_asset(asked, code, name) for code, name in _names(asked).items() if code not in FIAT]
    return data({"data": told})


def exchange_rates(asked: Asked) -> Answer:
    """Answer ``/v2/exchange-rates``: how much of each other currency one of ``currency`` (USD) is worth."""
    base = asked.one("currency") or "USD"
    if base not in _names(asked):
        raise _refused(400, "invalid_request", "Invalid currency")
    rates = {base: "1"}
    for product, price in _spot(asked):
        if product.quote_currency == base:
            rates[product.base_currency] = text(_RATES.divide(Decimal(1), price))
        elif product.base_currency == base:
            rates[product.quote_currency] = text(price)
    return data({"data": {"currency": base, "rates": rates}})


def price(asked: Asked) -> Answer:
    """Answer ``/v2/prices/{currency_pair}/{kind}``: ``buy`` (the best ask), ``sell`` (the best bid), ``spot``."""
    pair, kind = asked.names
    market = asked.venue.market
    if pair not in market or kind not in {"buy", "sell", "spot"}:
        raise _refused(404, "not_found", "Invalid base currency")
    bids, asks = market.book(pair).depth(1)
    quotes = {"buy": asks, "sell": bids}.get(kind)
    amount = quotes[0].price if quotes else market.ticker(pair).price
    base, _, currency = pair.partition("-")
    return data({"data": {"amount": text(amount), "base": base, "currency": currency}})


def user(asked: Asked) -> Answer:
    """Answer ``/v2/user``."""
    told = {
        "id": asked.venue.identity.user_id,
        "name": "Downtick User",
        "username": None,
        "profile_location": None,
        "profile_bio": None,
        "profile_url": None,
        "resource": "user",
        "resource_path": "/v2/user",
        "time_zone": "UTC",
        "native_currency": "USD",
        "created_at": _CREATED,
    }
    return data({"data": told})


def accounts(asked: Asked) -> Answer:
    """Answer ``/v2/accounts``, in pages of 25, or of as many as asked for up to 300."""
    limit = min(asked.whole("limit", _ACCOUNTS), _MOST_ACCOUNTS)
    all_ = asked.venue.ledger.state.accounts.values()
    found, cursor = page(all_, asked.one("starting_after"), limit, lambda account: account.currency)
    pagination = {
        "ending_before": None,
        "starting_after": None,
        "previous_ending_before": None,
        "next_starting_after": cursor or None,
        "limit": limit,
        "order": "desc",
        "previous_uri": None,
        "next_uri": f"/v2/accounts?limit={limit}&starting_after={cursor}" if cursor else None,
    }
    return data({"pagination": pagination, "data": [_account(asked, one) for one in found]})


def _account(asked: Asked, account: Account) -> dict[str, Any]:
    """Return an account. Its balance counts what open orders hold; only Advanced Trade tells the two apart."""
    code = account.currency
    name = _names(asked).get(code, code)
    fiat = code in FIAT
    number = account_id(code, asked.venue.identity)
    asset = _asset(asked, code, name)
    return {
        "id": number,
        "name": f"{code} Wallet",
        "primary": False,
        "type": "fiat" if fiat else "wallet",
        "currency": {**asset, "exponent": 2, "type": "fiat"} if fiat else asset,
        "balance": {"amount": text(account.available + account.hold), "currency": code},
        "created_at": _CREATED,
        "updated_at": _CREATED,
        "resource": "account",
        "resource_path": f"/v2/accounts/{number}",
        "allow_deposits": True,
        "allow_withdrawals": True,
    }


def _asset(asked: Asked, code: str, name: str) -> dict[str, Any]:
    return {
        "asset_id": asked.venue.identity.id_of("asset", code),
        "code": code,
        "name": name,
        "color": "#0052FF",
        "sort_index": 100,
        "exponent": 8,
        "type": "crypto",
        "address_regex": "^[0-9A-Za-z]{20,90}$",
    }


def _spot(asked: Asked) -> Iterator[tuple[Product, Decimal]]:
    """Yield the products that are owned, each with its last price."""
    market = asked.venue.market
    for product in market.products:
        if product.product_type == "SPOT":
            yield product, market.ticker(product.product_id).price


def _names(asked: Asked) -> dict[str, str]:
    """Return the names of all currencies of the market, by their codes."""
    names: dict[str, str] = {}
    for product, _ in _spot(asked):
        names[product.base_currency] = product.base_name
        names[product.quote_currency] = product.quote_name
    return names


def _refused(status: int, kind: str, words: str) -> Declined:
    """Return a refusal as Coinbase App words it (docs: Coinbase App, status codes)."""
    body = data({"errors": [{"id": kind, "message": words}]}).body
    return Declined(Answer(status, JSON, body))
