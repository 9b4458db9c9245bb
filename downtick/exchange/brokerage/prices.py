"""Prices: books, best quotes, trades, candles, and the server's time. Every figure is a string.

Limits and error texts are those of the live API, 2026-09 (``/api/v3/brokerage/market/...``). Parameters that a route
does not know are passed over, as there.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any, Final

from downtick.exchange.brokerage.products import product_named
from downtick.exchange.brokerage.request import Asked, bad, data, is_whole
from downtick.exchange.error_bodies import Answer
from downtick.exchange.figures import text
from downtick.exchange.market import GRANULARITIES, Quote
from downtick.exchange.times import rfc3339_micros, rfc3339_seconds

_MOST_CANDLES: Final = 350
_MOST_LEVELS: Final = 1000
_MOST_TRADES: Final = 100
_KEPT_TRADES: Final = 1000
_BPS: Final = Decimal("0.00001")
_TOO_MANY_CANDLES: Final = (
    "start and end argument is invalid - number of candles requested should be less than 350"
)


def server_time(asked: Asked) -> Answer:
    """Answer ``/time``."""
    now = asked.venue.now()
    return data(
        {
            "iso": rfc3339_seconds(now),
            "epochSeconds": str(now // 1_000_000_000),
            "epochMillis": str(now // 1_000_000),
        }
    )


def product_book(asked: Asked) -> Answer:
    """Answer ``/product_book`` and ``/market/product_book``.

    The query has ``product_id``, and ``limit``: levels of each side, 1000 at most and by default.
    """
    product_id, market = asked.one("product_id"), asked.venue.market
    if product_id not in market:
        raise bad("ProductID is invalid")
    limit = min(asked.whole("limit", _MOST_LEVELS), _MOST_LEVELS)
    bids, asks = market.book(product_id).depth(limit)
    last = text(market.ticker(product_id).price)
    pricebook = _pricebook(product_id, bids, asks, asked.venue.now())
    return data({"pricebook": pricebook, "last": last, **_spread(bids, asks)})


def best_bid_ask(asked: Asked) -> Answer:
    """Answer ``/best_bid_ask``: of the repeatable ``product_ids``, or of all products."""
    market, now = asked.venue.market, asked.venue.now()
    names = asked.many("product_ids") or [product.product_id for product in market.products]
    if any(name not in market for name in names):
        raise bad("ProductID is invalid")
    told = [_pricebook(name, *market.book(name).depth(1), now) for name in names]
    return data({"pricebooks": told})


def trades(asked: Asked) -> Answer:
    """Answer ``/products/{product_id}/ticker``: the newest trades and the best quotes.

    The query's ``limit`` counts up to 100; ``start`` and ``end`` are Unix seconds of the wall clock.
    """
    product_id = product_named(asked)
    market, clock = asked.venue.market, asked.venue.clock
    limit = min(asked.whole("limit", _MOST_TRADES), _MOST_TRADES)
    start, end = _span(asked)
    inside = [
        (trade, wall)
        for trade in market.trades(product_id, _KEPT_TRADES)
        if start <= (wall := clock.wall(trade.at)) / 1e9 < end + 1
    ]
    best = market.ticker(product_id)
    told = [
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
        for trade, wall in inside[:limit]
    ]
    return data(
        {
            "trades": told,
            "best_bid": text(best.bid.price) if best.bid else "",
            "best_ask": text(best.ask.price) if best.ask else "",
        }
    )


def candles(asked: Asked) -> Answer:
    """Answer ``/products/{product_id}/candles``, newest first.

    The query's ``start`` and ``end`` are Unix seconds of the wall clock and must not span more than 350 candles;
    ``limit`` keeps the newest. Granularities are in nominal time (see `MarketClock`).
    """
    product_id, clock = product_named(asked), asked.venue.clock
    granularity = asked.one("granularity")
    if granularity not in GRANULARITIES:
        raise bad("granularity argument is invalid")
    start, end = _span(asked)
    limit = min(asked.whole("limit", _MOST_CANDLES), _MOST_CANDLES)
    if not (asked.one("start") and asked.one("end")) or start > end:
        raise bad("start and end argument is invalid")
    # By the clock on the wall, so that what is a good request at full speed is one at any time scale.
    if (end - start) // GRANULARITIES[granularity] > _MOST_CANDLES:
        raise bad(_TOO_MANY_CANDLES)
    found = asked.venue.market.candles(
        product_id, granularity, clock.nominal(start), clock.nominal(end), limit
    )
    told = [
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
    return data({"candles": told})


def _span(asked: Asked) -> tuple[float, float]:
    """Return the query's ``start`` and ``end`` in Unix seconds; all of time where one is missing."""
    start, end = asked.one("start") or "0", asked.one("end") or "99999999999"
    if not (is_whole(start) and is_whole(end)):
        raise bad("start and end argument is invalid")
    return float(start), float(end)


def _pricebook(
    product_id: str, bids: Sequence[Quote], asks: Sequence[Quote], now: int
) -> dict[str, Any]:
    return {
        "product_id": product_id,
        "bids": [_quote(quote) for quote in bids],
        "asks": [_quote(quote) for quote in asks],
        "time": rfc3339_micros(now),
    }


def _quote(quote: Quote) -> dict[str, str]:
    return {"price": text(quote.price), "size": text(quote.quantity)}


def _spread(bids: Sequence[Quote], asks: Sequence[Quote]) -> dict[str, str]:
    if not bids or not asks:
        return {"mid_market": "", "spread_bps": "", "spread_absolute": ""}
    middle, spread = (bids[0].price + asks[0].price) / 2, asks[0].price - bids[0].price
    return {
        "mid_market": text(middle),
        "spread_bps": text((spread / middle * 10_000).quantize(_BPS)),
        "spread_absolute": text(spread),
    }
