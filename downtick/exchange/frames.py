"""The frames of Coinbase's Advanced Trade market-data WebSocket.

What happened in the market is encoded once, as a `Body`; each connection then wraps it in an envelope with its own
sequence number. Keys and their order are those of production (recorded 2026-08); all figures are strings, but
``sequence_num`` and ``heartbeat_counter`` are integers.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any, Final, Literal

import msgspec

from downtick.exchange.figures import text
from downtick.exchange.market import (
    BookChange,
    Candle,
    MarketClock,
    Product,
    Quote,
    Ticker,
    Trade,
)
from downtick.exchange.times import go_time, rfc3339_micros

_encode = msgspec.json.Encoder().encode

# Coinbase's documentation shows the epoch as the `event_time` of a snapshot's levels.
_SNAPSHOT_TIME: Final = "1970-01-01T00:00:00Z"
_PERCENT: Final = Decimal("1E-14")


class Body(msgspec.Struct, frozen=True, gc=False):
    """What a frame tells, encoded; many connections may send it.

    Attributes:
        channel: as it stands in a frame of Advanced Trade (``l2_data`` for ``level2``). Faults, triggers and the
            journal go by it, so that they mean the same in either dialect.
        type: of its events; empty for ``heartbeats`` and ``subscriptions``, whose events have none. In the Exchange
            dialect, of the message.
        products: ids of the products that it tells of.
        events: the encoded member ``"events":[...]``; in the Exchange dialect, the whole message.
        trade_ids: the lowest and the highest trade id in it, or None.
        topic: what to subscribe to for it, if that is not called like the channel.
        entry: number of the ledger's entry that it tells of, or None.
    """

    channel: str
    type: str
    products: tuple[str, ...]
    events: bytes
    trade_ids: tuple[int, int] | None = None
    topic: str = ""
    entry: int | None = None


def envelope(body: Body, sequence_num: int, timestamp: str, client_id: bool) -> bytes:
    """Return one frame as it goes to one connection.

    Args:
        body: what it tells.
        sequence_num: of the connection: 0, 1, 2, ... over all channels.
        timestamp: as `rfc3339_nanos` writes it.
        client_id: whether to send ``"client_id":""``: documented and expected by Coinbase's own SDK, though
            production leaves it out on market data.
    """
    # One f-string each, then one join: every frame of every connection passes here.
    if client_id:
        head = f'{{"channel":"{body.channel}","client_id":"","timestamp":"{timestamp}","sequence_num":{sequence_num},'
    else:
        head = (
            f'{{"channel":"{body.channel}","timestamp":"{timestamp}","sequence_num":{sequence_num},'
        )
    return b"".join((head.encode(), body.events, b"}"))


def ticker_snapshot(tickers: Sequence[Ticker]) -> Body:
    """Encode the answer to a subscription of ``ticker``."""
    return _tickers("ticker", "snapshot", [_with_quotes(ticker) for ticker in tickers])


def ticker_update(ticker: Ticker) -> Body:
    """Encode one product's ticker after a trade."""
    return _tickers("ticker", "update", [_with_quotes(ticker)])


def ticker_batch(tickers: Sequence[Ticker], type_: Literal["snapshot", "update"]) -> Body:
    """Encode ``ticker_batch``, which knows no best bid and ask."""
    return _tickers("ticker_batch", type_, [_without_quotes(ticker) for ticker in tickers])


def l2_snapshot(product_id: str, bids: Iterable[Quote], asks: Iterable[Quote]) -> Body:
    """Encode a whole book. Both sides best price first."""
    updates = [_level("bid", _SNAPSHOT_TIME, *quote) for quote in bids]
    updates += [_level("offer", _SNAPSHOT_TIME, *quote) for quote in asks]
    event = {"type": "snapshot", "product_id": product_id, "updates": updates}
    return _body("l2_data", "snapshot", (product_id,), event, topic="level2")


def l2_update(change: BookChange, clock: MarketClock) -> Body:
    """Encode the change of a book."""
    time = rfc3339_micros(clock.wall(change.at))
    updates = [_level(side, time, price, quantity) for side, price, quantity in change.changes]
    event = {"type": "update", "product_id": change.product_id, "updates": updates}
    return _body("l2_data", "update", (change.product_id,), event, topic="level2")


def trades_snapshot(trades: Iterable[Trade], clock: MarketClock) -> Body:
    """Encode the last trades. They may come in any order; the newest is written first."""
    return _trades("snapshot", trades, clock)


def trades_update(trades: Iterable[Trade], clock: MarketClock) -> Body:
    """Encode the trades of one batch. They may come in any order; the newest is written first."""
    return _trades("update", trades, clock)


def candles_snapshot(product_id: str, candles: Iterable[Candle], clock: MarketClock) -> Body:
    """Encode the five-minute candles so far, newest first."""
    return _candles("snapshot", product_id, candles, clock)


def candles_update(product_id: str, candles: Iterable[Candle], clock: MarketClock) -> Body:
    """Encode the candles that changed, newest first."""
    return _candles("update", product_id, candles, clock)


def status_snapshot(products: Sequence[Product]) -> Body:
    """Encode the answer to a subscription of ``status``."""
    return _status("snapshot", products)


def status_update(products: Sequence[Product]) -> Body:
    """Encode ``status`` as it comes in intervals."""
    return _status("update", products)


def heartbeat(counter: int, now: int) -> Body:
    """Encode a heartbeat.

    Args:
        counter: seconds since the server process started, as in production (not of the connection).
        now: wall clock in nanoseconds since 1970.
    """
    uptime = counter * 1_000_000_000 + now % 1_000_000_000
    event = {"current_time": go_time(now, uptime), "heartbeat_counter": counter}
    return _body("heartbeats", "", (), event)


def subscriptions(active: Mapping[str, Sequence[str]]) -> Body:
    """Encode the acknowledgement: every active subscription of the connection.

    Args:
        active: product ids by the name under which the channel is subscribed (``level2``); ``heartbeats`` is
            written as ``["heartbeats"]`` by whoever calls.
    """
    return _body("subscriptions", "", (), {"subscriptions": active})


def _body(
    channel: str,
    type_: Literal["snapshot", "update", ""],
    products: tuple[str, ...],
    event: dict[str, Any],
    trade_ids: tuple[int, int] | None = None,
    topic: str = "",
) -> Body:
    return Body(channel, type_, products, b'"events":[%b]' % _encode(event), trade_ids, topic)


def _tickers(
    channel: str, type_: Literal["snapshot", "update"], tickers: list[dict[str, str]]
) -> Body:
    products = tuple(ticker["product_id"] for ticker in tickers)
    return _body(channel, type_, products, {"type": type_, "tickers": tickers})


def _without_quotes(ticker: Ticker) -> dict[str, str]:
    stats = ticker.stats
    return {
        "type": "ticker",
        "product_id": ticker.product_id,
        "price": text(ticker.price),
        "volume_24_h": text(stats.volume_24h),
        "low_24_h": text(stats.low_24h),
        "high_24_h": text(stats.high_24h),
        "low_52_w": text(stats.low_52w),
        "high_52_w": text(stats.high_52w),
        "price_percent_chg_24_h": text(ticker.change_24h.quantize(_PERCENT)),
    }


def _with_quotes(ticker: Ticker) -> dict[str, str]:
    bid, ask = ticker.bid, ticker.ask
    return _without_quotes(ticker) | {
        "best_bid": text(bid.price) if bid else "",
        "best_ask": text(ask.price) if ask else "",
        "best_bid_quantity": text(bid.quantity) if bid else "",
        "best_ask_quantity": text(ask.quantity) if ask else "",
    }


def _level(side: str, time: str, price: Decimal, quantity: Decimal) -> dict[str, str]:
    return {
        "side": side,
        "event_time": time,
        "price_level": text(price),
        "new_quantity": text(quantity),
    }


def _trades(
    type_: Literal["snapshot", "update"], trades: Iterable[Trade], clock: MarketClock
) -> Body:
    newest_first = sorted(trades, key=lambda trade: (trade.at, trade.trade_id), reverse=True)
    written = [
        {
            "product_id": trade.product_id,
            "trade_id": str(trade.trade_id),
            "price": text(trade.price),
            "size": text(trade.size),
            "time": rfc3339_micros(clock.wall(trade.at)),
            "side": trade.side,
        }
        for trade in newest_first
    ]
    ids = [trade.trade_id for trade in newest_first]
    return _body(
        "market_trades",
        type_,
        tuple(dict.fromkeys(trade.product_id for trade in newest_first)),
        {"type": type_, "trades": written},
        (min(ids), max(ids)) if ids else None,
    )


def _candles(
    type_: Literal["snapshot", "update"],
    product_id: str,
    candles: Iterable[Candle],
    clock: MarketClock,
) -> Body:
    written = [
        {
            "start": str(clock.label(candle.start)),
            "high": text(candle.high),
            "low": text(candle.low),
            "open": text(candle.open),
            "close": text(candle.close),
            "volume": text(candle.volume),
            "product_id": product_id,
        }
        for candle in candles
    ]
    return _body("candles", type_, (product_id,), {"type": type_, "candles": written})


def _status(type_: Literal["snapshot", "update"], products: Sequence[Product]) -> Body:
    written = [
        {
            "product_type": product.product_type,
            "id": product.product_id,
            "base_currency": product.base_currency,
            "quote_currency": product.quote_currency,
            "base_increment": text(product.base_increment),
            "quote_increment": text(product.quote_increment),
            "display_name": product.display_name,
            "status": product.status,
            "status_message": "",
            "min_market_funds": text(product.min_market_funds),
        }
        for product in products
    ]
    names = tuple(product.product_id for product in products)
    return _body("status", type_, names, {"type": type_, "products": written})
