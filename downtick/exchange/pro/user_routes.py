"""What is the user's besides orders, over REST: accounts, fills, fees, profiles (docs: Exchange REST)."""

from __future__ import annotations

from typing import Any, Final

from downtick.exchange.call import HttpAnswer
from downtick.exchange.figures import text
from downtick.exchange.identity import Identity
from downtick.exchange.ledger import Account, Fill
from downtick.exchange.pro.answers import bad, data, fixed, not_found
from downtick.exchange.pro.asked import Asked
from downtick.exchange.pro.order_words import trade_number
from downtick.exchange.pro.paging import page
from downtick.exchange.times import rfc3339_micros

_PLACES: Final = 16  # behind the point of balances and fees
_FILLS: Final = 100
_CREATED: Final = "2019-11-18T22:37:39.67967Z"


def accounts(asked: Asked) -> HttpAnswer:
    """Answer ``/accounts``."""
    who = asked.venue.identity
    return data([_account(each, who) for each in asked.venue.ledger.state.accounts.values()])


def account(asked: Asked) -> HttpAnswer:
    """Answer ``/accounts/{account_id}``."""
    who = asked.venue.identity
    for each in asked.venue.ledger.state.accounts.values():
        if who.id_of("account", each.currency) == asked.name:
            return data(_account(each, who))
    raise not_found()


def fills(asked: Asked) -> HttpAnswer:
    """Answer ``/fills`` of an order or of a product, newest first. Those that the exchange took back are not told."""
    order_id, product_id = asked.one("order_id"), asked.one("product_id")
    if not order_id and not product_id:
        raise bad("Either order_id or product_id must be specified")
    start, end = asked.instant("start_date"), asked.instant("end_date")
    state = asked.venue.ledger.state
    wanted = (
        fill
        for fill in reversed(state.fills)
        if order_id in {"", fill.order_id}
        and product_id in {"", fill.product_id}
        and state.products[fill.product_id].product_type == "SPOT"
        and not fill.voided
        and (start is None or fill.at >= start)
        and (end is None or fill.at < end)
    )
    found, headers = page(asked, wanted, trade_number, _FILLS)
    return data([_fill(fill, asked.venue.identity) for fill in found], headers)


def fees(asked: Asked) -> HttpAnswer:
    """Answer ``/fees``."""
    state = asked.venue.ledger.state
    return data(
        {
            "taker_fee_rate": fixed(state.fee_tier.taker, 4),
            "maker_fee_rate": fixed(state.fee_tier.maker, 4),
            "usd_volume": text(state.volume_30d),
        }
    )


def profiles(asked: Asked) -> HttpAnswer:
    """Answer ``/profiles``: there is one."""
    return data([_profile(asked.venue.identity)])


def profile(asked: Asked) -> HttpAnswer:
    """Answer ``/profiles/{profile_id}``."""
    if asked.name != asked.venue.identity.portfolio_id:
        raise not_found()
    return data(_profile(asked.venue.identity))


def _account(account: Account, who: Identity) -> dict[str, Any]:
    return {
        "id": who.id_of("account", account.currency),
        "currency": account.currency,
        "balance": fixed(account.available + account.hold, _PLACES),
        "hold": fixed(account.hold, _PLACES),
        "available": text(account.available),
        "profile_id": who.portfolio_id,
        "trading_enabled": True,
        "pending_deposit": "0",
        "display_name": account.currency,
    }


def _fill(fill: Fill, who: Identity) -> dict[str, Any]:
    quote = fill.product_id.partition("-")[2]
    return {
        "created_at": rfc3339_micros(fill.at),
        "trade_id": trade_number(fill),
        "product_id": fill.product_id,
        "order_id": fill.order_id,
        "user_id": who.user_id,
        "profile_id": who.portfolio_id,
        "liquidity": fill.liquidity[0],  # M or T
        "price": fixed(fill.price, 8),
        "size": fixed(fill.size, 8),
        "fee": fixed(fill.commission, _PLACES),
        "side": fill.side.lower(),
        "settled": True,
        "usd_volume": fixed(fill.price * fill.size, _PLACES),
        "market_type": "spot",
        "funding_currency": quote,
    }


def _profile(who: Identity) -> dict[str, Any]:
    return {
        "id": who.portfolio_id,
        "user_id": who.user_id,
        "name": "default",
        "active": True,
        "is_default": True,
        "has_margin": False,
        "created_at": _CREATED,
    }
