"""Trades already delivered.

A `market_trades` snapshot repeats recent trades. After a reconnect or a gap that is a gift, because it
carries what was missed; what was not missed must not be delivered twice.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from typing import Any


class SeenTrades:
    """Remembers the newest trades of each product."""

    def __init__(self, remembered: int = 4096) -> None:
        """Remember this many trades of a product: more than any snapshot holds."""
        self._remembered = remembered
        self._seen: dict[str, OrderedDict[str, None]] = {}

    def fresh(self, events: tuple[Mapping[str, Any], ...]) -> tuple[Mapping[str, Any], ...]:
        """Return the events with only those trades that were not there before; events left empty go."""
        kept = (
            {**event, "trades": [t for t in event["trades"] if self._is_new(t)]} for event in events
        )
        return tuple(event for event in kept if event["trades"])

    def _is_new(self, trade: Mapping[str, Any]) -> bool:
        seen = self._seen.setdefault(trade["product_id"], OrderedDict())
        number = trade["trade_id"]
        if number in seen:
            return False
        seen[number] = None
        if len(seen) > self._remembered:
            seen.popitem(last=False)
        return True
