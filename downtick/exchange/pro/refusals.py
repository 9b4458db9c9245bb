"""How the Exchange dialect says no to an order: HTTP 400 and a message.

Messages that clients know: ccxt (coinbaseexchange, its exceptions), ccxt issue 7690, FastMM's error map. For the other
reasons of the ledger, the ledger's own words.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from downtick.exchange.ledger import Flags, Refused
from downtick.exchange.market import Product
from downtick.exchange.pro.answers import Declined, bad

POST_ONLY: Final = "INVALID_LIMIT_PRICE_POST_ONLY"
"""Not declined: the order is taken and rejected at once."""

_MESSAGES: Final = {
    "INSUFFICIENT_FUND": "Insufficient funds",
    "INVALID_LEDGER_BALANCE": "Insufficient funds",
    "ORDER_ENTRY_DISABLED": "Cancel only mode",
    "TRADING_DISABLED": "Trading pair not available",
    "UNTRADABLE_PRODUCT": "Trading pair not available",
    "INVALID_LIMIT_PRICE": "Invalid price",
}


def refusal(refused: Refused, product: Product, flags: Flags) -> Declined:
    """Return how a refusal of the ledger is told.

    Args:
        refused: by the ledger.
        product: that the order was for.
        flags: of the product.
    """
    reason = refused.reason
    if reason == "NOT_ALLOWED_BY_MARKET_STATE":
        mode = "Auction" if flags.auction_mode else "Post only" if flags.post_only else "Limit only"
        return bad(f"{mode} mode")
    if reason == "INVALID_BASE_SIZE_TOO_SMALL":
        return bad(f"size is too small. Minimum size is {_unit(product.base_min_size)}")
    if reason == "INVALID_BASE_SIZE_TOO_LARGE":
        return bad(f"size is too large. Maximum size is {_unit(product.base_max_size)}")
    if reason == "INVALID_SIZE_PRECISION":
        return bad(f"size is too accurate. Smallest unit is {_unit(product.base_increment)}")
    if reason == "INVALID_QUOTE_SIZE_TOO_SMALL":
        return bad(f"funds is too small. Minimum size is {_unit(product.min_market_funds)}")
    if reason == "INVALID_QUOTE_SIZE_PRECISION":
        return bad(f"funds is too accurate. Smallest unit is {_unit(product.quote_increment)}")
    if reason.endswith("PRICE_PRECISION"):
        return bad(f"price is too accurate. Smallest unit is {_unit(product.quote_increment)}")
    return bad(_MESSAGES.get(reason, refused.message))


def _unit(figure: Decimal) -> str:
    return f"{figure:.8f}"
