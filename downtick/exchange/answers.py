"""What the public REST routes answer, in Coinbase's shapes. Every figure is a string.

Each function takes the state and the query as it came, and returns an `Answer`, whether it is data or an error.
Limits and error texts are those of the live API, 2026-09 (``/api/v3/brokerage/market/...``). Parameters that a
route does not know are passed over, as there.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, Final

import msgspec

from downtick.exchange.error_bodies import JSON, Answer, v3_error
from downtick.exchange.figures import text
from downtick.exchange.market import (
    GRANULARITIES,
    MarketClock,
    MarketState,
    Product,
    Quote,
    Ticker,
)
from downtick.exchange.times import rfc3339_micros, rfc3339_seconds

Query = Mapping[str, str]

_MOST_CANDLES: Final = 350
_MOST_LEVELS: Final = 1000
_MOST_TRADES: Final = 100
_TOO_MANY_CANDLES: Final = (
    "start and end argument is invalid - number of candles requested should be less than 350"
)


def server_time(now: int) -> Answer:
    """Answer ``/time``. ``now`` is the wall clock in nanoseconds since 1970."""
    return _data(
        {
            "iso": rfc3339_seconds(now),
            "epochSeconds": str(now // 1_000_000_000),
            "epochMillis": str(now // 1_000_000),
        }
    )


def products(state: MarketState, query: Query, product_ids: Sequence[str] = ()) -> Answer:
    """Answer ``/products`` and ``/market/products``.

    Args:
        state: of the market.
        query: ``limit``, ``offset`` and ``product_type``.
        product_ids: only these, if any; the query's repeated ``product_ids``.
    """
    limit, offset = _whole(query, "limit", len(state.products)), _whole(query, "offset", 0)
    if isinstance(limit, Answer):
        return limit
    if isinstance(offset, Answer):
        return offset
    chosen = [
        product
        for product in state.products
        if (not product_ids or product.product_id in product_ids)
        and query.get("product_type", "SPOT") in {"SPOT", "UNKNOWN_PRODUCT_TYPE"}
    ]
    page = chosen[offset : offset + limit]
    written = [_product(product, state.ticker(product.product_id)) for product in page]
    return _data({"products": written, "num_products": len(written), "pagination": None})


def product(state: MarketState, product_id: str) -> Answer:
    """Answer ``/products/{product_id}`` and ``/market/products/{product_id}``."""
    if product_id not in state:
        return _no_product(product_id)
    return _data(_product(state.product(product_id), state.ticker(product_id)))


def ticker(state: MarketState, clock: MarketClock, product_id: str, query: Query) -> Answer:
    """Answer ``/products/{product_id}/ticker``: the newest trades and the best quotes.

    The query's ``limit`` counts up to 100; ``start`` and ``end`` are Unix seconds of the wall clock.
    """
    if product_id not in state:
        return _no_product(product_id)
    limit = _whole(query, "limit", _MOST_TRADES)
    if isinstance(limit, Answer):
        return limit
    span = _span(query)
    if isinstance(span, Answer):
        return span
    start, end = span
    inside = [
        (trade, wall)
        for trade in state.trades(product_id, 1000)
        if start <= (wall := clock.wall(trade.at)) / 1e9 < end + 1
    ]
    best = state.ticker(product_id)
    written = [
        {
            "trade_id": str(trade.trade_id),
            "product_id": trade.product_id,
            "price": text(trade.price),
            "size": text(trade.size),
            "time": rfc3339_micros(wall),
            "side": trade.side,
            "bid": "",
            "ask": "",
            "exchange": "coinbase",
        }
        for trade, wall in inside[: min(limit, _MOST_TRADES)]
    ]
    return _data(
        {
            "trades": written,
            "best_bid": text(best.bid.price) if best.bid else "",
            "best_ask": text(best.ask.price) if best.ask else "",
        }
    )


def product_book(state: MarketState, query: Query, now: int) -> Answer:
    """Answer ``/product_book`` and ``/market/product_book``.

    Args:
        state: of the market.
        query: ``product_id``, and ``limit``: levels of each side, 1000 at most and by default.
        now: wall clock in nanoseconds since 1970.
    """
    product_id = query.get("product_id", "")
    if product_id not in state:
        return v3_error(400, "ProductID is invalid")
    limit = _whole(query, "limit", _MOST_LEVELS)
    if isinstance(limit, Answer):
        return limit
    bids, asks = state.book(product_id).depth(min(limit, _MOST_LEVELS))
    pricebook = {
        "product_id": product_id,
        "bids": [_quote(quote) for quote in bids],
        "asks": [_quote(quote) for quote in asks],
        "time": rfc3339_micros(now),
    }
    last = text(state.ticker(product_id).price)
    return _data({"pricebook": pricebook, "last": last, **_spread(bids, asks)})


def candles(state: MarketState, clock: MarketClock, product_id: str, query: Query) -> Answer:
    """Answer ``/products/{product_id}/candles``, newest first.

    The query's ``start`` and ``end`` are Unix seconds of the wall clock and must not span more than 350 candles;
    ``limit`` keeps the newest. Granularities are in nominal time (see `MarketClock`).
    """
    if product_id not in state:
        return _no_product(product_id)
    granularity = query.get("granularity", "")
    if granularity not in GRANULARITIES:
        return v3_error(400, "granularity argument is invalid")
    span, limit = _span(query), _whole(query, "limit", _MOST_CANDLES)
    if isinstance(span, Answer):
        return span
    if isinstance(limit, Answer):
        return limit
    start, end = span
    if "start" not in query or "end" not in query or start > end:
        return v3_error(400, "start and end argument is invalid")
    # By the clock on the wall, so that what is a good request at full speed is one at any time scale.
    if (end - start) // GRANULARITIES[granularity] > _MOST_CANDLES:
        return v3_error(400, _TOO_MANY_CANDLES)
    found = state.candles(
        product_id,
        granularity,
        clock.nominal(start),
        clock.nominal(end),
        min(limit, _MOST_CANDLES),
    )
    written = [
        {
            "start": str(clock.label(candle.start)),
            "low": text(candle.low),
            "high": text(candle.high),
            "open": text(candle.open),
            "close": text(candle.close),
            "volume": text(candle.volume),
        }
        for candle in found
    ]
    return _data({"candles": written})


def unknown_path() -> Answer:
    """Answer a path that is no route."""
    return v3_error(404, "Not Found", error="unknown")


def _data(body: dict[str, Any]) -> Answer:
    return Answer(200, JSON, msgspec.json.encode(body))


def _no_product(product_id: str) -> Answer:
    return v3_error(404, f"Product {product_id} not supported")


def _whole(query: Query, key: str, default: int) -> int | Answer:
    """Return a count of the query, its default where it is missing or 0, or the error that it is none."""
    value = query.get(key, "")
    if value and not _is_whole(value):
        return v3_error(400, f"{key} argument is invalid")
    return int(value or 0) or default


def _is_whole(value: str) -> bool:
    return value.isascii() and value.isdigit() and len(value) <= 11


def _span(query: Query) -> tuple[float, float] | Answer:
    """Return the query's ``start`` and ``end`` in Unix seconds; all of time where one is missing."""
    start, end = query.get("start") or "0", query.get("end") or "99999999999"
    if _is_whole(start) and _is_whole(end):
        return float(start), float(end)
    return v3_error(400, "start and end argument is invalid")


def _quote(quote: Quote) -> dict[str, str]:
    return {"price": text(quote.price), "size": text(quote.quantity)}


def _spread(bids: Sequence[Quote], asks: Sequence[Quote]) -> dict[str, str]:
    if not bids or not asks:
        return {"mid_market": "", "spread_bps": "", "spread_absolute": ""}
    middle, spread = (bids[0].price + asks[0].price) / 2, asks[0].price - bids[0].price
    return {
        "mid_market": text(middle),
        "spread_bps": text((spread / middle * 10_000).quantize(Decimal("0.00001"))),
        "spread_absolute": text(spread),
    }


def _product(product: Product, ticker: Ticker) -> dict[str, Any]:
    """Return a product with the members of the live API, in their order."""
    increment = text(product.quote_increment)
    volume = ticker.stats.volume_24h
    return {
        "product_id": product.product_id,
        "price": text(ticker.price),
        "price_percentage_change_24h": text(ticker.change_24h.quantize(Decimal("1E-14"))),
        "volume_24h": text(volume),
        "volume_percentage_change_24h": "0",
        "base_increment": text(product.base_increment),
        "quote_increment": increment,
        "quote_min_size": text(product.min_market_funds),
        "quote_max_size": "150000000",
        "base_min_size": text(product.base_increment),
        "base_max_size": "3400",
        "base_name": product.base_name,
        "quote_name": product.quote_name,
        "watched": False,
        "is_disabled": False,
        "new": False,
        "status": product.status,
        "cancel_only": False,
        "limit_only": False,
        "post_only": False,
        "trading_disabled": False,
        "auction_mode": False,
        "product_type": "SPOT",
        "quote_currency_id": product.quote_currency,
        "base_currency_id": product.base_currency,
        "fcm_trading_session_details": None,
        "mid_market_price": "",
        "alias": "",
        "alias_to": [],
        "base_display_symbol": product.base_currency,
        "quote_display_symbol": product.quote_currency,
        "view_only": False,
        "price_increment": increment,
        "display_name": product.product_id,
        "product_venue": "CBE",
        "approximate_quote_24h_volume": text((volume * ticker.price).quantize(Decimal("0.01"))),
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
