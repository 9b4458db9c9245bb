"""Candles, folded from trades, and before them those of the history."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal
from itertools import chain, groupby, islice
from typing import Final

from downtick.exchange.market.candle import Candle, joined
from downtick.exchange.market.events import Trade
from downtick.exchange.market.history import History

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


class Candles:
    """The candles of one product. Keeps minutes; longer candles are added up from them when asked for.

    Args:
        origin: nominal Unix seconds at the market's start.
        history: what was before the first trade, if that is known: it ends where that trade's minute starts.
    """

    def __init__(self, origin: float, history: History | None = None) -> None:
        self._origin = origin
        self._history = history
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

    def between(self, seconds: int, start: float, end: float, limit: int) -> tuple[Candle, ...]:
        """Return the candles of so many seconds whose start lies in [start, end], newest first, `limit` at most.

        May run in a thread while trades are added: it works on a copy of the minutes.
        """
        minutes = list(self._minutes.values())
        before: Iterator[Candle] = iter(())
        if self._history is not None and minutes:
            before = self._history.candles(minutes[0].start, seconds, start, end)
        parts = chain(_inside(reversed(minutes), seconds, start, end), before)
        candles = (
            joined(bucket, inside)
            for bucket, inside in groupby(parts, lambda part: part.start // seconds * seconds)
        )
        return tuple(islice(candles, limit))


def _inside(
    newest_first: Iterable[Candle], seconds: int, start: float, end: float
) -> Iterator[Candle]:
    """Yield the parts of candles that start in [start, end]."""
    for part in newest_first:
        bucket = part.start // seconds * seconds
        if bucket < start:
            return
        if bucket <= end:
            yield part
