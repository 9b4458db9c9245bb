"""Public market data over REST: products, books, trades, candles (docs: Exchange REST, products and currencies)."""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from downtick.exchange.call import HttpAnswer
from downtick.exchange.figures import text
from downtick.exchange.market import GRANULARITIES
from downtick.exchange.pro import shapes
from downtick.exchange.pro.answers import bad, data, not_found
from downtick.exchange.pro.asked import Asked
from downtick.exchange.pro.order_words import waits
from downtick.exchange.pro.paging import page
from downtick.exchange.pro.publisher import spot
from downtick.exchange.times import rfc3339_micros, rfc3339_millis, unix_seconds

_MOST_CANDLES: Final = 300
_KEPT_TRADES: Final = 1000
_NAMES: Final = {
    seconds: name
    for name, seconds in GRANULARITIES.items()
    if seconds in {60, 300, 900, 3600, 21600, 86400}
}
_NONE: Final = "0.000000"  # what is traded by request for quote, or converted
_SECOND: Final = 1_000_000_000
_DAY: Final = 86400


def server_time(asked: Asked) -> HttpAnswer:
    """Answer ``/time``."""
    now = asked.venue.now()
    return data({"iso": rfc3339_millis(now), "epoch": round(unix_seconds(now), 3)})


def products(asked: Asked) -> HttpAnswer:
    """Answer ``/products``."""
    flags = asked.venue.ledger.state.flags_of
    return data([shapes.product(each, flags(each.product_id)) for each in spot(asked.market)])


def product(asked: Asked) -> HttpAnswer:
    """Answer ``/products/{product_id}``."""
    flags = asked.venue.ledger.state.flags_of(asked.product.product_id)
    return data(shapes.product(asked.product, flags))


def currencies(asked: Asked) -> HttpAnswer:
    """Answer ``/currencies``."""
    return data(shapes.currencies(spot(asked.market)))


def currency(asked: Asked) -> HttpAnswer:
    """Answer ``/currencies/{currency_id}``."""
    for each in shapes.currencies(spot(asked.market)):
        if each["id"] == asked.name:
            return data(each)
    raise not_found()


def book(asked: Asked) -> HttpAnswer:
    """Answer ``/products/{product_id}/book``: the best quotes (``level`` 1), all quotes (2) or all orders (3)."""
    product_id, level = asked.product.product_id, asked.one("level") or "1"
    if level not in {"1", "2", "3"}:
        raise bad("Invalid level")
    told = {
        "bids": _orders(asked, "buy") if level == "3" else _quotes(asked, "buy", level),
        "asks": _orders(asked, "sell") if level == "3" else _quotes(asked, "sell", level),
        "sequence": asked.flow(product_id).sequence,
        "auction_mode": asked.venue.ledger.state.flags_of(product_id).auction_mode,
        "auction": None,
        "time": rfc3339_micros(asked.venue.now()),
    }
    return data(told)


def _quotes(asked: Asked, side: str, level: str) -> list[tuple[str, str, int]]:
    """Return price, size and number of orders, which is one."""
    bids, asks = asked.market.book(asked.name).depth(1 if level == "1" else None)
    quotes = bids if side == "buy" else asks
    return [(f"{price:f}", f"{quantity:f}", 1) for price, quantity in quotes]


def _orders(asked: Asked, side: str) -> list[tuple[str, str, str]]:
    """Return price, size and id of the market's orders and of the user's own, best first."""
    resting = asked.flow(asked.name).resting(side)
    resting += [
        (order.ticket.limit_price, order.remaining, order.order_id)
        for order in asked.venue.ledger.state.open_orders.values()
        if order.ticket.product_id == asked.name
        and order.ticket.side.lower() == side
        and order.ticket.limit_price is not None
        and not waits(order)
    ]
    resting.sort(key=lambda order: order[0], reverse=side == "buy")
    return [(f"{price:f}", f"{size:f}", order_id) for price, size, order_id in resting]


def ticker(asked: Asked) -> HttpAnswer:
    """Answer ``/products/{product_id}/ticker``."""
    found = asked.market.ticker(asked.product.product_id)
    last = asked.market.last_trade(found.product_id)
    wall = asked.venue.clock.wall(last.at) if last else asked.venue.now()
    return data(
        {
            "ask": f"{found.ask.price:f}" if found.ask else "",
            "bid": f"{found.bid.price:f}" if found.bid else "",
            "volume": f"{found.stats.volume_24h:.8f}",
            "trade_id": last.trade_id if last else 0,
            "price": text(found.price),
            "size": text(last.size) if last else "0",
            "time": rfc3339_micros(wall),
            "rfq_volume": _NONE,
        }
    )


def stats(asked: Asked) -> HttpAnswer:
    """Answer ``/products/{product_id}/stats``."""
    found = asked.market.ticker(asked.product.product_id)
    day = found.stats
    return data(
        {
            "open": text(day.open_24h),
            "high": text(day.high_24h),
            "low": text(day.low_24h),
            "last": text(found.price),
            "volume": f"{day.volume_24h:.8f}",
            "volume_30day": f"{day.volume_30d:.8f}",
            "rfq_volume_24hour": _NONE,
            "rfq_volume_30day": _NONE,
            "conversions_volume_24hour": _NONE,
            "conversions_volume_30day": _NONE,
        }
    )


def trades(asked: Asked) -> HttpAnswer:
    """Answer ``/products/{product_id}/trades``, newest first. A trade's side is the maker's."""
    all_ = asked.market.trades(asked.product.product_id, _KEPT_TRADES)
    found, headers = page(asked, all_, lambda trade: trade.trade_id)
    told = [
        {
            "trade_id": trade.trade_id,
            "side": trade.side.lower(),
            "size": f"{trade.size:.8f}",
            "price": f"{trade.price:.8f}",
            "time": rfc3339_micros(asked.venue.clock.wall(trade.at)),
        }
        for trade in found
    ]
    return data(told, headers)


def candles(asked: Asked) -> HttpAnswer:
    """Answer ``/products/{product_id}/candles``, newest first, 300 at most: lists of numbers.

    Granularities are in nominal time, and ``start`` and ``end`` on the wall clock (see `MarketClock`).
    """
    product_id, granularity = asked.product.product_id, asked.whole("granularity") or 60
    if granularity not in _NAMES:
        raise bad("Unsupported granularity")
    clock = asked.venue.clock
    # By the clock on the wall, so that what is a good request at full speed is one at any time scale.
    end = _seconds(asked, "end")
    start = _seconds(asked, "start")
    if end is None:
        end = unix_seconds(asked.venue.now())
    if start is None:
        start = end - granularity * _MOST_CANDLES
    if start > end:
        raise bad("start must be before end")
    if (end - start) // granularity > _MOST_CANDLES:
        raise bad(
            "granularity too small for the requested time range. "
            "Count of aggregations requested exceeds 300"
        )
    found = asked.market.candles(
        product_id, _NAMES[granularity], clock.nominal(start), clock.nominal(end), _MOST_CANDLES
    )
    told: list[tuple[int, Decimal, Decimal, Decimal, Decimal, Decimal]] = [
        (clock.label(each.start), each.low, each.high, each.open, each.close, each.volume)
        for each in found
    ]
    return data(told)


def spark_lines(asked: Asked) -> HttpAnswer:
    """Answer ``/products/spark-lines``: the hours of a day of every product, newest first, without their volumes.

    Documented nowhere; ccxt reads its tickers there (ccxt, coinbaseexchange.py, ``fetch_tickers``).
    """
    clock, end = asked.venue.clock, unix_seconds(asked.venue.now())
    span = clock.nominal(end - _DAY), clock.nominal(end)
    told = {}
    for each in spot(asked.market):
        found = asked.market.candles(each.product_id, _NAMES[3600], *span, _MOST_CANDLES)
        told[each.product_id] = [
            (clock.label(one.start), one.low, one.high, one.open, one.close) for one in found
        ]
    return data(told)


def _seconds(asked: Asked, key: str) -> float | None:
    at = asked.instant(key)
    return None if at is None else at / _SECOND
