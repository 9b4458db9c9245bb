"""Which product to ask for over REST, and when: paced, and slower after each failure."""

from __future__ import annotations

import random
from collections.abc import Collection, Iterable

from bot_v2.features.market_data.settings import MarketDataSettings


class Polling:
    """Paces requests. All instants are on one clock, settings in real seconds."""

    def __init__(
        self, symbols: Iterable[str], settings: MarketDataSettings, rng: random.Random
    ) -> None:
        """Ask for nothing yet; `rng` draws the jitter of the waits."""
        self._settings = settings
        self._rng = rng
        self._asked_at = dict.fromkeys(symbols, float("-inf"))
        self._refused_until = dict.fromkeys(self._asked_at, float("-inf"))
        self._in_flight: dict[str, float] = {}
        self._last = float("-inf")
        self._not_before = float("-inf")
        self._wait = settings.retry_first
        self._failing_since: float | None = None

    @property
    def failing(self) -> bool:
        """Whether the last answer was none."""
        return self._failing_since is not None

    def next(self, wanted: Collection[str], now: float) -> str | None:
        """Return the product to ask for now, taking it that it is asked for, or None.

        Args:
            wanted: the products whose price is needed.
            now: the time.
        """
        settings = self._settings
        in_flight = 1 if self.failing else settings.polls_in_flight
        if len(self._in_flight) >= in_flight or not self._may_leave(now):
            return None
        due = [
            symbol
            for symbol in wanted
            if symbol not in self._in_flight
            and now - self._asked_at[symbol] >= settings.poll_every
            and now >= self._refused_until[symbol]
        ]
        if not due:
            return None
        longest = min(due, key=self._asked_at.__getitem__)
        self._asked_at[longest] = self._last = self._in_flight[longest] = now
        return longest

    def answered(self, symbol: str) -> None:
        """The answer came."""
        self._in_flight.pop(symbol, None)
        self._failing_since = None
        self._wait = self._settings.retry_first

    def refused(self, symbol: str, now: float) -> None:
        """The exchange answers well, but not about this product."""
        self.answered(symbol)
        self._refused_until[symbol] = now + self._settings.retry_cap

    def failed(self, symbol: str, now: float, retry_after: float | None = None) -> None:
        """No answer came, or one that says: not now.

        Args:
            symbol: that was asked for.
            now: the time.
            retry_after: real seconds for which nothing must be asked, if the exchange says so.
        """
        asked_at = self._in_flight.pop(symbol, now)
        if retry_after is not None:
            wait = min(retry_after, self._settings.retry_after_max)
            self._not_before = max(self._not_before, now + wait)
        if self._failing_since is not None and asked_at < self._failing_since:
            return  # it left before the failure that is being waited for already
        self._failing_since = now
        wait = self._wait * (1 + self._rng.random()) / 2
        self._not_before = max(self._not_before, now + wait)
        self._wait = min(self._settings.retry_cap, 2 * self._wait)

    def _may_leave(self, now: float) -> bool:
        return now >= self._not_before and now - self._last >= self._settings.poll_spacing
