"""What the healthy bot tells of itself: each frame of prices that it processes."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any, Final

from downtick.bots.handler import EventHandler

_PRICES: Final = {"ticker": "tickers", "market_trades": "trades"}
"""Channels that are told of, and where their frames name the product."""

_log: Final = logging.getLogger(__name__)
_log.setLevel(logging.INFO)
_log.propagate = False
_log.addHandler(EventHandler())


def tell_ticks(frame: Mapping[str, Any]) -> None:
    """Tell of a frame that is processed now."""
    channel = frame["channel"]
    rows = [row for event in frame.get("events", ()) for row in event.get(_PRICES.get(channel), ())]
    for product in {row["product_id"] for row in rows}:
        tick = {"channel": channel, "product_id": product, "sequence_num": frame["sequence_num"]}
        _log.info("tick", extra={"event": "tick", **tick})
