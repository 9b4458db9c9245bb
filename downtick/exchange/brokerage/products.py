"""What is traded. The products of the private routes and of ``/market`` are the same."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, Final

from downtick.exchange.brokerage.request import Asked, data, missing
from downtick.exchange.brokerage.shapes import settlement
from downtick.exchange.error_bodies import Answer
from downtick.exchange.figures import text
from downtick.exchange.ledger import Flags
from downtick.exchange.market import Product, Ticker
from downtick.exchange.venue import Venue

_VENUES: Final = {
    "UNKNOWN_CONTRACT_EXPIRY_TYPE": "CBE",
    "EXPIRING": "FCM",
    "PERPETUAL": "INTX",
}
_TYPES: Final = ("UNKNOWN_PRODUCT_TYPE", "SPOT", "FUTURE")
_EXPIRIES: Final = tuple(_VENUES)
_CENT: Final = Decimal("0.01")
_PERCENT: Final = Decimal("1E-14")


def products(asked: Asked) -> Answer:
    """Answer ``/products`` and ``/market/products``: by ``limit``, ``offset``, ``product_ids`` and types."""
    market = asked.venue.market
    limit, offset = asked.whole("limit", len(market.products)), asked.whole("offset", 0)
    ids = asked.many("product_ids")
    type_ = asked.choice("product_type", _TYPES)
    expiry = asked.choice("contract_expiry_type", _EXPIRIES)
    chosen = [
        product
        for product in market.products
        if (not ids or product.product_id in ids)
        and type_ in {"", "UNKNOWN_PRODUCT_TYPE", product.product_type}
        and expiry in {"", "UNKNOWN_CONTRACT_EXPIRY_TYPE", product.contract_expiry_type}
    ]
    told = [_product(product, asked.venue) for product in chosen[offset : offset + limit]]
    return data({"products": told, "num_products": len(told), "pagination": None})


def product(asked: Asked) -> Answer:
    """Answer ``/products/{product_id}`` and ``/market/products/{product_id}``."""
    return data(_product(asked.venue.market.product(product_named(asked)), asked.venue))


def product_named(asked: Asked) -> str:
    """Return the product that the path names.

    Raises:
        Declined: there is none of that name.
    """
    if asked.names[0] not in asked.venue.market:
        raise missing(f"Product {asked.names[0]} not supported")
    return asked.names[0]


def _product(product: Product, venue: Venue) -> dict[str, Any]:
    """Return a product with the members of the live API, in their order."""
    ticker = venue.market.ticker(product.product_id)
    flags = venue.ledger.state.flags_of(product.product_id)
    spot = product.product_type == "SPOT"
    increment, volume = text(product.quote_increment), ticker.stats.volume_24h
    turnover = (volume * ticker.price * product.contract_size).quantize(_CENT)
    told = {
        "product_id": product.product_id,
        "price": text(ticker.price),
        "price_percentage_change_24h": text(ticker.change_24h.quantize(_PERCENT)),
        "volume_24h": text(volume),
        "volume_percentage_change_24h": "0",
        "base_increment": text(product.base_increment),
        "quote_increment": increment,
        "quote_min_size": text(product.min_market_funds),
        "quote_max_size": text(product.max_market_funds),
        "base_min_size": text(product.base_min_size),
        "base_max_size": text(product.base_max_size),
        "base_name": product.base_name,
        "quote_name": product.quote_name,
        "watched": False,
        "is_disabled": flags.is_disabled,
        "new": False,
        "status": _status(product, flags),
        "cancel_only": flags.cancel_only,
        "limit_only": flags.limit_only,
        "post_only": flags.post_only,
        "trading_disabled": flags.trading_disabled,
        "auction_mode": flags.auction_mode,
        "product_type": product.product_type,
        "quote_currency_id": product.quote_currency,
        "base_currency_id": product.base_currency if spot else "",
        "fcm_trading_session_details": None,
        "mid_market_price": "",
        "alias": "",
        "alias_to": [],
        "base_display_symbol": product.base_currency if spot else "",
        "quote_display_symbol": product.quote_currency,
        "view_only": flags.view_only,
        "price_increment": increment,
        "display_name": product.product_id,
        "product_venue": _VENUES[product.contract_expiry_type],
        "approximate_quote_24h_volume": text(turnover),
        "new_at": "2023-01-01T00:00:00Z",
        "market_cap": "",
        "base_cbrn": "",
        "quote_cbrn": "",
        "product_cbrn": "",
        "icon_color": "",
        "icon_url": "",
        "display_name_overwrite": "",
        "is_alpha_testing": False,
        "about_description": "",
        "best_bid_price": "",
        "best_ask_price": "",
    }
    return told if spot else told | {"future_product_details": _contract(product, ticker)}


def _status(product: Product, flags: Flags) -> str:
    """Return the state of a product: a fault's, or else the market's own."""
    return product.status if flags.status == "online" else flags.status


def _contract(product: Product, ticker: Ticker) -> dict[str, Any]:
    """Return what only a future has."""
    perpetual = product.contract_expiry_type == "PERPETUAL"
    rate = {
        "long_margin_rate": text(product.margin_rate),
        "short_margin_rate": text(product.margin_rate),
    }
    return {
        "venue": "" if perpetual else "cde",
        "contract_code": product.product_id.partition("-")[0],
        "contract_expiry": None if perpetual else settlement(product),
        "contract_size": text(product.contract_size),
        "contract_root_unit": product.base_currency,
        "group_description": "",
        "contract_expiry_timezone": "" if perpetual else "Europe/London",
        "group_short_description": "",
        "risk_managed_by": "MANAGED_BY_VENUE" if perpetual else "MANAGED_BY_FCM",
        "contract_expiry_type": product.contract_expiry_type,
        "perpetual_details": {
            "open_interest": "0",
            "funding_rate": "0" if perpetual else "",
            "funding_time": None,
            "max_leverage": text(product.max_leverage) if perpetual else "",
            "base_asset_uuid": "",
            "underlying_type": "SPOT" if perpetual else "",
        },
        "contract_display_name": product.product_id,
        "time_to_expiry_ms": None,
        "non_crypto": False,
        "contract_expiry_name": "" if perpetual else product.contract_expiry[:7],
        "twenty_four_by_seven": True,
        "funding_interval": None,
        "open_interest": "0",
        "funding_rate": "",
        "funding_time": None,
        "display_name": product.product_id,
        "region_enabled": {},
        "intraday_margin_rate": rate,
        "overnight_margin_rate": rate,
        "settlement_price": text(ticker.stats.open_24h),
        "futures_asset_type": "FUTURES_ASSET_TYPE_CRYPTO",
        "index_price": text(ticker.price),
        "contract_code_display_name": "",
        "product_group_cbrn": "",
    }
