"""Coinbase Exchange's WebSocket dialect, read into Advanced Trade's messages (docs: Exchange WebSocket channels).

::

    heartbeat            ▶ heartbeats        ticker               ▶ ticker
    snapshot, l2update   ▶ l2_data           last_match, match    ▶ market_trades
    received, open, match (one's own), change, done       ▶ user

Its ``sequence`` counts a product's order flow, of which no channel but ``full`` has everything: a gap in it proves
nothing. So messages are numbered as they come, and what is lost on the way shows by heartbeats and snapshots alone.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from itertools import count
from typing import Any, Final

from bot_v2.features.brokerages.coinbase.streaming.dialects import USER, Dialect, Login, Verb
from bot_v2.features.brokerages.coinbase.streaming.messages import (
    ErrorMessage,
    Malformed,
    Message,
    body_of,
    message_of,
)

_THEIRS: Final = {"heartbeats": "heartbeat", "market_trades": "matches"}
_OURS: Final = {
    "heartbeat": "heartbeats",
    "matches": "market_trades",
    "level2_batch": "level2",
    "level2_50": "level2",
}
_BOOK_SIDES: Final = {"buy": "bid", "sell": "offer"}
_OTHER: Final = {"buy": "sell", "sell": "buy"}
_ORDER_TYPES: Final = frozenset(("received", "open", "done", "change", "activate"))

Event = Mapping[str, Any]


class ExchangeWords:
    """The words of one connection."""

    def __init__(self, login: Login | None = None) -> None:
        """Sign the private channels with this; without it the book comes in batches, which are public."""
        self._login = login
        self._numbers = count()

    def frame(self, verb: Verb, channel: str, products: frozenset[str]) -> str:
        """Return what asks for a channel, or leaves it."""
        name = _THEIRS.get(channel, channel)
        if name == "level2" and self._login is None:
            name = "level2_batch"
        message: dict[str, Any] = {
            "type": verb,
            "product_ids": sorted(products),
            "channels": [name],
        }
        if name in {"level2", USER} and verb == "subscribe" and self._login is not None:
            message.update(self._login())
        return json.dumps(message)

    def parse(self, data: bytes, received_at: float, connection: int) -> Message | ErrorMessage:
        """Read one frame.

        Raises:
            Malformed: it is none.
        """
        body = body_of(data)
        kind = _text(body, "type")
        if kind == "error":
            told = f"{body.get('message', '')}: {body.get('reason', '')}"
            return ErrorMessage(told[:500])
        channel, event = _translated(kind, body)
        envelope = {
            "channel": channel,
            "timestamp": str(body.get("time", "")),
            "sequence_num": next(self._numbers),
            "events": [] if event is None else [event],
        }
        return message_of(envelope, received_at, connection)


def exchange(login: Login | None = None) -> Dialect:
    """Return Coinbase Exchange's dialect; with a login, one's own orders can be heard too.

    A connection has nothing to say, and is closed for that, until there is a product to subscribe to.
    """
    channels = ("ticker", "level2", "market_trades")
    return Dialect(
        lambda: ExchangeWords(login),
        channels if login is None else (*channels, USER),
        heartbeats_by_product=True,
    )


def _translated(kind: str, body: Event) -> tuple[str, Event | None]:
    """Return channel and event of a message; no event if nobody here knows its type."""
    if kind in _ORDER_TYPES or (kind == "match" and "user_id" in body):
        return USER, {"type": "update", "orders": [_order(kind, body)]}
    match kind:
        case "subscriptions":
            return "subscriptions", {"subscriptions": _acknowledged(body)}
        case "heartbeat":
            return "heartbeats", {}
        case "ticker":
            return "ticker", {"type": "update", "tickers": [_ticker(body)]}
        case "snapshot" | "l2update":
            product = _text(body, "product_id")
            levels = _snapshot(body) if kind == "snapshot" else _changes(body)
            type_ = "snapshot" if kind == "snapshot" else "update"
            return "l2_data", {"type": type_, "product_id": product, "updates": levels}
        case "match" | "last_match":
            type_ = "update" if kind == "match" else "snapshot"
            return "market_trades", {"type": type_, "trades": [_trade(body)]}
    return kind, None


def _acknowledged(body: Event) -> Mapping[str, Any]:
    listed = body.get("channels")
    if not isinstance(listed, list) or not all(isinstance(each, dict) for each in listed):
        raise Malformed("channels is not a list of objects")
    names = [_text(channel, "name") for channel in listed]
    return {
        _OURS.get(name, name): channel.get("product_ids") or []
        for name, channel in zip(names, listed, strict=True)
    }


def _ticker(body: Event) -> Event:
    renamed = {"best_bid_size": "best_bid_quantity", "best_ask_size": "best_ask_quantity"}
    renamed |= {"volume_24h": "volume_24_h", "low_24h": "low_24_h", "high_24h": "high_24_h"}
    return {renamed.get(name, name): value for name, value in body.items()}


def _snapshot(body: Event) -> list[Event]:
    return [
        _level(_BOOK_SIDES[side], quote)
        for side, key in (("buy", "bids"), ("sell", "asks"))
        for quote in _lists(body, key, 2)
    ]


def _changes(body: Event) -> list[Event]:
    changes = _lists(body, "changes", 3)
    if not all(change[0] in _BOOK_SIDES for change in changes):
        raise Malformed("a change has no side")
    return [_level(_BOOK_SIDES[change[0]], change[1:]) for change in changes]


def _level(side: str, quote: list[Any]) -> Event:
    return {"side": side, "price_level": quote[0], "new_quantity": quote[1]}


def _lists(body: Event, key: str, length: int) -> list[list[Any]]:
    entries = body.get(key)
    if not isinstance(entries, list) or not all(
        isinstance(entry, list) and len(entry) >= length and isinstance(entry[0], str)
        for entry in entries
    ):
        raise Malformed(f"{key} is not a list of lists")
    return entries


def _trade(body: Event) -> Event:
    return {
        "trade_id": _number(body, "trade_id"),
        "product_id": _text(body, "product_id"),
        "price": _text(body, "price"),
        "size": _text(body, "size"),
        "side": _text(body, "side").upper(),
        "time": body.get("time"),
    }


def _order(kind: str, body: Event) -> Event:
    """Return an order as far as a message tells of it. What of it is filled none does: that is to be asked."""
    if kind == "match":
        maker = "maker_user_id" in body
        side = _text(body, "side")  # the maker's
        side = side if maker else _OTHER.get(side, side)
        order_id = _text(body, "maker_order_id" if maker else "taker_order_id")
    else:
        order_id, side = _text(body, "order_id"), _text(body, "side")
    status = "OPEN"
    if kind == "done":
        status = "FILLED" if body.get("reason") == "filled" else "CANCELLED"
    return {
        "order_id": order_id,
        "client_order_id": str(body.get("client_oid") or ""),
        "product_id": _text(body, "product_id"),
        "order_side": side.upper(),
        "status": status,
    }


def _text(holder: Event, key: str) -> str:
    value = holder.get(key)
    if not isinstance(value, str):
        raise Malformed(f"{key} is {value!r:.40}")
    return value


def _number(holder: Event, key: str) -> str:
    value = holder.get(key)
    if isinstance(value, bool) or not isinstance(value, int | str):
        raise Malformed(f"{key} is {value!r:.40}")
    return str(value)
