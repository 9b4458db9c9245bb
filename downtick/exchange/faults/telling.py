"""Looks into what is told, in the JSON of either dialect: whose object it is, where prices stand, what it is without one product."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any, Final

import msgspec

# Exactly: what is only passed on is not to be rounded.
decode: Final = msgspec.json.Decoder(float_hook=Decimal).decode
encode: Final = msgspec.json.Encoder(decimal_format="number").encode

QUOTES: Final = (
    *("price", "best_bid", "best_ask", "bid", "ask", "price_level"),
    *("last", "mid_market", "best_bid_price", "best_ask_price", "mid_market_price"),
)
"""Members that hold a price of this moment."""

_CANDLE: Final = ("open", "high", "low", "close")

Place = tuple[Any, Any, str | None]
"""Where a price stands: what holds it, its key or index there, and the product that it is of, if that is known."""


def objects(told: Any, product: str | None = None) -> Iterator[tuple[dict[str, Any], str | None]]:
    """Yield every object, outer ones first, and the product that it is about.

    Args:
        told: decoded JSON.
        product: that all of it is about, if what is told does not say.
    """
    if isinstance(told, dict):
        product = next((told[k] for k in ("product_id", "id") if told.get(k)), product)
        yield told, product
        for inner in told.values():
            yield from objects(inner, product)
    elif isinstance(told, list):
        for inner in told:
            yield from objects(inner, product)


def prices(told: Any, product: str | None = None, *, candles: bool = False) -> Iterator[Place]:
    """Yield the places of all prices, those of candles only if asked for; arguments as of `objects`."""
    members = (*QUOTES, *_CANDLE) if candles else QUOTES
    for found, about in objects(told, product):
        for key in members:
            if price(found.get(key)) is not None:
                yield found, key, about
        # The Exchange dialect writes levels as lists: [price, size] and [side, price, size].
        for key, index in (("bids", 0), ("asks", 0), ("changes", 1)):
            for level in found.get(key) or ():
                if isinstance(level, list):
                    yield level, index, about


def price(value: Any) -> Decimal | None:
    """Return a figure that was written as text, or None if it is none."""
    if not isinstance(value, str) or not value:
        return None
    try:
        figure = Decimal(value)
    except InvalidOperation:
        return None
    return figure if figure.is_finite() else None


def put(holder: Any, key: Any, value: Any) -> bool:
    """Put a value in its place, and return whether that changed anything."""
    if holder[key] == value:
        return False
    holder[key] = value
    return True


def leave_out(told: Any, product: str) -> bool:
    """Take the objects about one product out of all lists, and return whether there were any."""
    left_out = False
    for found, _ in list(objects(told)):
        for key, items in found.items():
            if isinstance(items, list):
                kept = [item for item in items if not _is_about(item, product)]
                left_out |= put(found, key, kept)
    return left_out


def _is_about(item: Any, product: str) -> bool:
    return isinstance(item, Mapping) and product in (item.get("product_id"), item.get("id"))
