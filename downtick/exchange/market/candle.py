"""A candle: what a market did in one stretch of time."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

import msgspec


class Candle(msgspec.Struct, frozen=True, gc=False):
    """What the trades of one stretch of time did. A stretch without trades has no candle.

    Attributes:
        start: of the stretch, in nominal Unix seconds; a multiple of its length.
        low: lowest price.
        high: highest price.
        open: first price.
        close: last price.
        volume: sum of sizes.
    """

    start: int
    low: Decimal
    high: Decimal
    open: Decimal
    close: Decimal
    volume: Decimal


def joined(start: int, newest_first: Iterable[Candle]) -> Candle:
    """Return the candle of a stretch from those of its parts, of which there is at least one."""
    last, *rest = newest_first
    low, high, opened, volume = last.low, last.high, last.open, last.volume
    for part in rest:
        low, high = min(low, part.low), max(high, part.high)
        opened, volume = part.open, volume + part.volume
    return Candle(start, low, high, opened, last.close, volume)
