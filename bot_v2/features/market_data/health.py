"""How the stream does: connected, in time, and not silent."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Literal

from bot_v2.features.market_data.price import Tick
from bot_v2.features.market_data.settings import MarketDataSettings

Trouble = Literal["lost", "silent", "slow"]
"""What is wrong with the stream: nothing came since the connection or messages were lost, no prices come of a
product, or they are old when they arrive."""


@dataclass(frozen=True)
class _Heard:
    """The last tick of a product.

    Attributes:
        tick: likewise.
        first: whether it was the first on its connection, or since messages were missing.
        lag: how late it was, in seconds.
        quiet_until: until when it is known that there was nothing more to be heard.
    """

    tick: Tick
    first: bool
    lag: float
    quiet_until: float


class StreamHealth:
    """Watches what the stream tells of each product. All instants are on one clock, settings in real seconds."""

    def __init__(self, symbols: Iterable[str], settings: MarketDataSettings) -> None:
        """Start without a connection."""
        self._symbols = tuple(symbols)
        self._settings = settings
        self._heard: dict[str, _Heard] = {}
        self._current: set[str] = set()  # heard on this connection, and since its last gap

    def heard(self, tick: Tick) -> None:
        """The stream told a price that can be believed, however old it was."""
        first = tick.symbol not in self._current
        self._current.add(tick.symbol)
        self._heard[tick.symbol] = _Heard(tick, first, tick.lag, tick.received)

    def compare(self, other: Tick) -> None:
        """Another source tells a price: if the stream told the same last, it owed nothing since.

        If it was the first, it was not late either: some carry the time of the last trade, however long ago.
        """
        heard = self._heard.get(other.symbol)
        if heard is None or other.born <= heard.quiet_until:
            return
        if heard.tick.figures.mark == other.figures.mark:
            lag = 0.0 if heard.first else heard.lag
            self._heard[other.symbol] = replace(heard, lag=lag, quiet_until=other.born)

    def gap(self) -> None:
        """Messages are missing, or the connection is gone: what was told last may not be all there was to tell."""
        self._current.clear()

    def serves(self, symbol: str, now: float) -> Trouble | None:
        """Return why the stream does not serve a product, or None. A loss that lasts a moment does not count."""
        return self._why(symbol, now, self._settings.slow_lag)

    def worst(self, now: float) -> Trouble | None:
        """Return what is wrong with all products alike, or None as long as one is sound."""
        troubles = [self._trouble(s, now, self._settings.slow_lag) for s in self._symbols]
        return None if None in troubles else troubles[0]

    def proven(self, now: float) -> bool:
        """Tell whether every product is sound by a stricter measure: that of a return to the stream."""
        lag = self._settings.slow_lag / 2
        return all(self._trouble(symbol, now, lag) is None for symbol in self._symbols)

    def _trouble(self, symbol: str, now: float, slow_lag: float) -> Trouble | None:
        if not self._current:
            return "lost"
        return self._why(symbol, now, slow_lag) if symbol in self._current else "silent"

    def _why(self, symbol: str, now: float, slow_lag: float) -> Trouble | None:
        heard = self._heard.get(symbol)
        if heard is None or now - heard.quiet_until > self._settings.silence_limit:
            return "silent"
        return "slow" if heard.lag > slow_lag else None
