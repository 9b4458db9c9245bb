"""Which ticket is refused, whatever the market and the user's money. Names are Coinbase's.

Source: Coinbase's API reference, Create Order, ``new_order_failure_reason`` and ``preview_failure_reason`` (the
latter with ``PREVIEW_`` before them).
"""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from downtick.exchange.ledger.holds import BRACKETS
from downtick.exchange.ledger.model import Flags, Refused, Ticket
from downtick.exchange.market import Product

MARKET: Final = frozenset(("market_market_ioc", "market_market_fok"))
AT_ONCE: Final = MARKET | {"sor_limit_ioc", "limit_limit_fok"}
"""Kinds of order that never rest."""
WHOLE: Final = frozenset(("market_market_fok", "limit_limit_fok"))
"""Kinds of order that are filled at once and wholly, or not at all."""
STOP_LIMITS: Final = frozenset(("stop_limit_stop_limit_gtc", "stop_limit_stop_limit_gtd"))
STOPS: Final = STOP_LIMITS | BRACKETS
"""Kinds of order with a stop price."""
GOOD_TILL_DATE: Final = frozenset(
    ("limit_limit_gtd", "stop_limit_stop_limit_gtd", "trigger_bracket_gtd")
)
EDITABLE: Final = frozenset(("limit_limit_gtc", "stop_limit_stop_limit_gtc", "trigger_bracket_gtc"))

ORDER_REASONS: Final = frozenset(
    (
        "UNSUPPORTED_ORDER_CONFIGURATION",
        "INVALID_SIDE",
        "INVALID_PRODUCT_ID",
        "INVALID_SIZE_PRECISION",
        "INVALID_PRICE_PRECISION",
        "INSUFFICIENT_FUND",
        "ORDER_ENTRY_DISABLED",
        "INVALID_LIMIT_PRICE_POST_ONLY",
        "INVALID_LIMIT_PRICE",
        "INVALID_NO_LIQUIDITY",
        "INVALID_REQUEST",
        "INVALID_LEVERAGE",
        "UNTRADABLE_PRODUCT",
        "INVALID_BRACKET_PRICES",
    )
)
"""Reasons that ``new_order_failure_reason`` has; the others exist as ``preview_failure_reason`` alone."""


def halted(flags: Flags) -> bool:
    """Return whether nothing is matched at the moment, also no order that rests."""
    return (
        flags.is_disabled
        or flags.cancel_only
        or flags.post_only
        or flags.trading_disabled
        or flags.auction_mode
        or flags.status != "online"
    )


def refusal(ticket: Ticket, product: Product, flags: Flags, at: int) -> Refused | None:
    """Return why a ticket is refused, or None."""
    return (
        _by_flags(ticket, flags)
        or _by_form(ticket, product, at)
        or _by_size(ticket, product)
        or _by_price(ticket, product)
    )


def _by_flags(ticket: Ticket, flags: Flags) -> Refused | None:
    """Return why the state of its product forbids a ticket, or None."""
    if flags.view_only:
        return Refused("UNTRADABLE_PRODUCT", "The product can only be viewed")
    if flags.is_disabled or flags.status != "online":
        return Refused("UNTRADABLE_PRODUCT", "The product is not traded")
    if flags.trading_disabled:
        return Refused("TRADING_DISABLED", "Trading is disabled")
    if flags.cancel_only:
        return Refused("ORDER_ENTRY_DISABLED", "Orders can only be cancelled")
    if flags.post_only and not ticket.post_only:
        return Refused("NOT_ALLOWED_BY_MARKET_STATE", "Only post-only orders are accepted")
    if flags.limit_only and ticket.configuration in MARKET:
        return Refused("NOT_ALLOWED_BY_MARKET_STATE", "Only limit orders are accepted")
    if flags.auction_mode and ticket.configuration in AT_ONCE:
        return Refused("NOT_ALLOWED_BY_MARKET_STATE", "In an auction orders can only rest")
    return None


def _by_form(ticket: Ticket, product: Product, at: int) -> Refused | None:
    kind = ticket.configuration
    for figure in _figures(ticket):
        if figure is not None and not figure.is_finite():
            return Refused("INVALID_REQUEST", "A figure is no number")
    if kind in MARKET:
        if (ticket.base_size is None) == (ticket.quote_size is None):
            return Refused("INVALID_REQUEST", "Give either base_size or quote_size")
    elif ticket.base_size is None or ticket.quote_size is not None:
        return Refused("UNSUPPORTED_ORDER_CONFIGURATION", "Give base_size")
    if ticket.quote_size is not None and ticket.side == "SELL":
        return Refused("UNSUPPORTED_ORDER_CONFIGURATION", "A sell order needs base_size")
    if ticket.quote_size is not None and product.product_type == "FUTURE":
        return Refused("QUOTE_ORDERS_NOT_ALLOWED_FOR_PRODUCT", "A future's size is in contracts")
    if ticket.post_only and kind not in {"limit_limit_gtc", "limit_limit_gtd"}:
        return Refused("UNSUPPORTED_ORDER_CONFIGURATION", "Only resting limit orders are post-only")
    if kind in GOOD_TILL_DATE and ticket.end_time is None:
        return Refused("GTD_ORDERS_MUST_HAVE_END_TIME", "Give end_time")
    if kind in GOOD_TILL_DATE and ticket.end_time is not None and ticket.end_time <= at:
        return Refused("END_TIME_IS_IN_THE_PAST", "end_time is over")
    if ticket.reduce_only and product.product_type == "SPOT":
        return Refused("REDUCE_ONLY_NOT_ALLOWED_ON_SPOT_PRODUCTS", "There are no spot positions")
    if ticket.leverage is not None and not 1 <= ticket.leverage <= product.max_leverage:
        return Refused("INVALID_LEVERAGE", f"Leverage is from 1 to {product.max_leverage}")
    return None


def _by_size(ticket: Ticket, product: Product) -> Refused | None:
    if ticket.quote_size is not None:
        if ticket.quote_size < product.min_market_funds:
            return Refused("INVALID_QUOTE_SIZE_TOO_SMALL", f"At least {product.min_market_funds}")
        if ticket.quote_size > product.max_market_funds:
            return Refused("INVALID_QUOTE_SIZE_TOO_LARGE", f"At most {product.max_market_funds}")
        if off_grid(ticket.quote_size, product.quote_increment):
            return Refused("INVALID_QUOTE_SIZE_PRECISION", "Too many decimals in order amount")
        return None
    assert ticket.base_size is not None
    if ticket.base_size < product.base_min_size:
        return Refused("INVALID_BASE_SIZE_TOO_SMALL", f"At least {product.base_min_size}")
    if ticket.base_size > product.base_max_size:
        return Refused("INVALID_BASE_SIZE_TOO_LARGE", f"At most {product.base_max_size}")
    if off_grid(ticket.base_size, product.base_increment):
        return Refused("INVALID_SIZE_PRECISION", "Too many decimals in order amount")
    return None


def _by_price(ticket: Ticket, product: Product) -> Refused | None:
    limit, stop = ticket.limit_price, ticket.stop_price
    if ticket.configuration in MARKET:
        return None
    if limit is None or limit <= 0:
        return Refused("INVALID_LIMIT_PRICE", "The limit price must be above zero")
    if limit > product.max_market_funds:
        return Refused("INVALID_PRICE_TOO_LARGE", f"At most {product.max_market_funds}")
    if off_grid(limit, product.quote_increment):
        return Refused("INVALID_PRICE_PRECISION", "Too many decimals in order price")
    if ticket.configuration not in STOPS:
        return None
    if stop is None or not 0 < stop <= product.max_market_funds:
        return Refused("INVALID_STOP_PRICE", "The stop price must be above zero")
    if off_grid(stop, product.quote_increment):
        return Refused("INVALID_STOP_PRICE_PRECISION", "Too many decimals in stop price")
    if ticket.configuration in BRACKETS:
        if (limit <= stop) if ticket.side == "SELL" else (limit >= stop):
            return Refused("INVALID_BRACKET_PRICES", "The stop lies beyond the limit price")
        return None
    if ticket.stop_direction is None:
        return Refused("INVALID_STOP_PRICE", "Give stop_direction")
    if ticket.side == "BUY" and limit < stop:
        return Refused("STOP_PRICE_ABOVE_LIMIT_PRICE", "A buy's limit is at its stop or above")
    if ticket.side == "SELL" and limit > stop:
        return Refused("STOP_PRICE_BELOW_LIMIT_PRICE", "A sell's limit is at its stop or below")
    return None


def _figures(ticket: Ticket) -> tuple[Decimal | None, ...]:
    return (
        ticket.base_size,
        ticket.quote_size,
        ticket.limit_price,
        ticket.stop_price,
        ticket.leverage,
    )


def off_grid(figure: Decimal, increment: Decimal) -> bool:
    """Return whether a figure is no multiple of an increment."""
    return bool(figure % increment)
