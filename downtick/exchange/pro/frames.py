"""The messages of the Exchange dialect's WebSocket, each encoded once whoever gets it.

Members and their order are those of Coinbase's own messages (recorded 2021-04 and 2026-08; docs: Exchange WebSocket
channels). A body's channel is named as in Advanced Trade, so that faults, triggers and the journal mean the same in
either dialect; its topic says to which of this dialect's channels it belongs.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

import msgspec

from downtick.exchange.figures import text
from downtick.exchange.frames import Body
from downtick.exchange.ledger import Flags
from downtick.exchange.market import Level, Product, Quote, Ticker, Trade
from downtick.exchange.pro.shapes import currencies, product
from downtick.exchange.times import rfc3339_micros

_encode = msgspec.json.Encoder().encode

_TOPICS: Final[dict[str, str]] = {}
_SIDES: Final = {"bid": "buy", "offer": "sell", "BUY": "buy", "SELL": "sell"}
_OTHER: Final = {"BUY": "sell", "SELL": "buy"}
_RENAMED: Final = {"level2_batch": "level2_50"}  # in an acknowledgement (recorded 2026-08)


def topic(channel: str) -> str:
    """Return what the hub knows a channel of this dialect by."""
    return _TOPICS.setdefault(channel, f"exchange/{channel}")


def heartbeat(product_id: str, sequence: int, last_trade_id: int, now: int) -> Body:
    """Encode a product's heartbeat. ``now`` is the wall clock in nanoseconds since 1970."""
    message = {
        "type": "heartbeat",
        "last_trade_id": last_trade_id,
        "product_id": product_id,
        "sequence": sequence,
        "time": rfc3339_micros(now),
    }
    return _body("heartbeats", "heartbeat", product_id, message)


def ticker(ticker: Ticker, trade: Trade, sequence: int, wall: int, channel: str = "ticker") -> Body:
    """Encode a product's ticker.

    Args:
        ticker: its figures.
        trade: the last one.
        sequence: of that trade's match.
        wall: the wall clock of that trade.
        channel: ``ticker`` or ``ticker_batch``.
    """
    stats, bid, ask = ticker.stats, ticker.bid, ticker.ask
    message = {
        "type": "ticker",
        "sequence": sequence,
        "product_id": ticker.product_id,
        "price": text(ticker.price),
        "open_24h": text(stats.open_24h),
        "volume_24h": f"{stats.volume_24h:.8f}",
        "low_24h": text(stats.low_24h),
        "high_24h": text(stats.high_24h),
        "volume_30d": f"{stats.volume_30d:.8f}",
        "best_bid": f"{bid.price:f}" if bid else "0",
        "best_bid_size": f"{bid.quantity:f}" if bid else "0",
        "best_ask": f"{ask.price:f}" if ask else "0",
        "best_ask_size": f"{ask.quantity:f}" if ask else "0",
        "side": _OTHER[trade.side],  # the taker's
        "time": rfc3339_micros(wall),
        "trade_id": trade.trade_id,
        "last_size": text(trade.size),
    }
    return _body(channel, "ticker", ticker.product_id, message, channel)


def snapshot(
    product_id: str, bids: Iterable[Quote], asks: Iterable[Quote], wall: int, channel: str
) -> Body:
    """Encode a whole book. Both sides best price first."""
    message = {
        "type": "snapshot",
        "product_id": product_id,
        "asks": [(f"{price:f}", f"{quantity:f}") for price, quantity in asks],
        "bids": [(f"{price:f}", f"{quantity:f}") for price, quantity in bids],
        "time": rfc3339_micros(wall),
    }
    return _body("l2_data", "snapshot", product_id, message, channel)


def l2_update(product_id: str, changes: Iterable[Level], wall: int, channel: str) -> Body:
    """Encode changed prices of a book."""
    message = {
        "type": "l2update",
        "product_id": product_id,
        "changes": [
            (_SIDES[side], f"{price:f}", f"{quantity:f}") for side, price, quantity in changes
        ],
        "time": rfc3339_micros(wall),
    }
    return _body("l2_data", "l2update", product_id, message, channel)


def match(
    trade: Trade, maker: str, taker: str, sequence: int, wall: int, type_: str = "match"
) -> Body:
    """Encode a trade for ``matches``; ``last_match`` tells of one before the subscription."""
    message = {
        "type": type_,
        "trade_id": trade.trade_id,
        "maker_order_id": maker,
        "taker_order_id": taker,
        "side": _SIDES[trade.side],  # the maker's
        "size": text(trade.size),
        "price": text(trade.price),
        "product_id": trade.product_id,
        "sequence": sequence,
        "time": rfc3339_micros(wall),
    }
    ids = (trade.trade_id, trade.trade_id)
    return _body("market_trades", type_, trade.product_id, message, "matches", ids)


def status(products: Sequence[Product], flags: Mapping[str, Flags]) -> Body:
    """Encode the products and currencies as they are."""
    message = {
        "type": "status",
        "currencies": currencies(products),
        "products": [product(each, flags[each.product_id]) for each in products],
    }
    names = tuple(each.product_id for each in products)
    return Body("status", "status", names, _encode(message), None, topic("status"))


def subscriptions(active: Mapping[str, Sequence[str]]) -> Body:
    """Encode the acknowledgement: every active subscription of the connection, as product ids by channel."""
    channels = [
        {"name": _RENAMED.get(name, name), "product_ids": list(ids), "account_ids": None}
        for name, ids in active.items()
    ]
    message = {"type": "subscriptions", "channels": channels}
    return Body("subscriptions", "", (), _encode(message))


def order_message(
    channel: str, product_id: str, message: Mapping[str, Any], entry: int | None = None
) -> Body:
    """Encode a message about an order, for ``full`` or ``user``.

    Args:
        channel: which of the two.
        product_id: of the order.
        message: as it goes out.
        entry: number of the ledger's entry that it tells of; None if the order is not the user's.
    """
    type_ = str(message["type"])
    return Body(channel, type_, (product_id,), _encode(message), None, topic(channel), entry)


def _body(
    name: str,
    type_: str,
    product_id: str,
    message: Mapping[str, Any],
    channel: str = "heartbeat",
    trade_ids: tuple[int, int] | None = None,
) -> Body:
    return Body(name, type_, (product_id,), _encode(message), trade_ids, topic(channel))
