"""Candles, folded from trades."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Final

import msgspec

from downtick.exchange.market.events import Trade

GRANULARITIES: Final = {
    "ONE_MINUTE": 60,
    "FIVE_MINUTE": 300,
    "FIFTEEN_MINUTE": 900,
    "THIRTY_MINUTE": 1800,
    "ONE_HOUR": 3600,
    "TWO_HOUR": 7200,
    "FOUR_HOUR": 14400,
    "SIX_HOUR": 21600,
    "ONE_DAY": 86400,
}
"""Coinbase's granularities, in nominal seconds."""

_MINUTE: Final = 60


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


class Candles:
    """The candles of one product. Keeps minutes; longer candles are added up from them when asked for.

    Args:
        origin: nominal Unix seconds at the market's start.
    """

    def __init__(self, origin: float) -> None:
        self._origin = origin
        self._minutes: dict[
            int, Candle
        ] = {}  # by start, oldest first, because trades come in order

    def add(self, trade: Trade) -> None:
        """Fold in one trade, not older than the last one."""
        start = int((self._origin + trade.at) // _MINUTE) * _MINUTE
        price, size = trade.price, trade.size
        candle = self._minutes.get(start)
        if candle is None:
            candle = Candle(start, price, price, price, price, Decimal(0))
        self._minutes[start] = Candle(
            start,
            min(candle.low, price),
            max(candle.high, price),
            candle.open,
            price,
            candle.volume + size,
        )

    def between(self, seconds: int, start: float, end: float) -> tuple[Candle, ...]:
        """Return the candles of so many seconds whose start lies in [start, end], newest first."""
        found: dict[int, list[Candle]] = {}
        for minute in self._minutes.values():
            bucket = minute.start // seconds * seconds
            if start <= bucket <= end:
                found.setdefault(bucket, []).append(minute)
        return tuple(_joined(bucket, found[bucket]) for bucket in sorted(found, reverse=True))


def _joined(start: int, minutes: Iterable[Candle]) -> Candle:
    first, *rest = minutes
    low, high, close, volume = first.low, first.high, first.close, first.volume
    for minute in rest:
        low, high = min(low, minute.low), max(high, minute.high)
        close, volume = minute.close, volume + minute.volume
    return Candle(start, low, high, first.open, close, volume)
