"""Products and currencies as the Exchange dialect writes them, on the ``status`` channel and over REST."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from downtick.exchange.figures import text
from downtick.exchange.ledger import Flags
from downtick.exchange.market import Product

_FIAT: Final = ("USD", "EUR", "GBP")


def product(product: Product, flags: Flags) -> dict[str, Any]:
    """Return a product (docs: Exchange REST, Get all trading pairs)."""
    return {
        "id": product.product_id,
        "base_currency": product.base_currency,
        "quote_currency": product.quote_currency,
        "quote_increment": text(product.quote_increment),
        "base_increment": text(product.base_increment),
        "display_name": product.product_id,
        "min_market_funds": text(product.min_market_funds),
        "margin_enabled": False,
        "post_only": flags.post_only,
        "limit_only": flags.limit_only,
        "cancel_only": flags.cancel_only,
        "status": "offline" if flags.is_disabled else flags.status,
        "status_message": "",
        "trading_disabled": flags.trading_disabled,
        "fx_stablecoin": False,
        "max_slippage_percentage": "0.02000000",
        "auction_mode": flags.auction_mode,
        "high_bid_limit_percentage": "",
    }


def currencies(products: Iterable[Product]) -> list[dict[str, Any]]:
    """Return the currencies of some products, each once."""
    names: dict[str, str] = {}
    for each in products:
        names |= {each.base_currency: each.base_name, each.quote_currency: each.quote_name}
    return [currency(code, name) for code, name in names.items()]


def currency(code: str, name: str) -> dict[str, Any]:
    """Return a currency (docs: Exchange REST, Get all known currencies)."""
    fiat = code in _FIAT
    return {
        "id": code,
        "name": name,
        "min_size": "0.01" if fiat else "0.00000001",
        "status": "online",
        "message": "",
        "max_precision": "0.01" if fiat else "0.00000001",
        "convertible_to": [],
        "details": {
            "type": "fiat" if fiat else "crypto",
            "symbol": None,
            "network_confirmations": 0 if fiat else 6,
            "sort_order": 0,
            "crypto_address_link": "",
            "crypto_transaction_link": "",
            "push_payment_methods": [],
            "group_types": ["fiat"] if fiat else [],
            "display_name": None,
            "processing_time_seconds": None,
            "min_withdrawal_amount": None,
            "max_withdrawal_amount": None,
        },
        "default_network": "",
        "supported_networks": [],
        "display_name": code,
    }
