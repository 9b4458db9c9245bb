"""Frames as Coinbase sends them, for the tests of the streaming client."""

from __future__ import annotations

import json
from typing import Any


def envelope(channel: str, number: int, *events: dict[str, Any], **extra: Any) -> bytes:
    """Return a frame of any channel."""
    body = {
        "channel": channel,
        "client_id": "",
        "timestamp": "2026-11-22T10:00:00.000000001Z",
        "sequence_num": number,
        "events": list(events),
    }
    return json.dumps(body | extra).encode()


def ticker(number: int, product: str = "BTC-USD", price: str = "1", kind: str = "update") -> bytes:
    """Return a ticker frame."""
    entry = {"type": "ticker", "product_id": product, "price": price}
    return envelope("ticker", number, {"type": kind, "tickers": [entry]})


def trades(number: int, *ids: int, product: str = "BTC-USD", kind: str = "update") -> bytes:
    """Return a market_trades frame."""
    entries = [{"trade_id": str(each), "product_id": product, "price": "1"} for each in ids]
    return envelope("market_trades", number, {"type": kind, "trades": entries})


def book(number: int, product: str = "BTC-USD", kind: str = "update") -> bytes:
    """Return an l2_data frame."""
    level = {"side": "bid", "price_level": "1", "new_quantity": "2"}
    return envelope("l2_data", number, {"type": kind, "product_id": product, "updates": [level]})


def heartbeat(number: int) -> bytes:
    """Return a heartbeats frame."""
    return envelope("heartbeats", number, {"current_time": "", "heartbeat_counter": 1})


def subscriptions(number: int, **channels: list[str]) -> bytes:
    """Return an acknowledgement; heartbeats are always among it."""
    return envelope(
        "subscriptions", number, {"subscriptions": {"heartbeats": ["heartbeats"]} | channels}
    )


def error(message: str) -> bytes:
    """Return an error frame."""
    return json.dumps({"type": "error", "message": message}).encode()
