"""What the service says of itself: in its log and in its metrics."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import Any, Final

from bot_v2.features.market_data.core import MarketDataCore, Mode, Transition
from bot_v2.features.market_data.doors import Metrics
from bot_v2.features.market_data.price import Source, Tick

logger = logging.getLogger("bot_v2.features.market_data")

LEVELS: Final[dict[Mode, int]] = {
    "streaming": logging.INFO,
    "rest_polling": logging.WARNING,
    "stale": logging.ERROR,
}
_GAUGES: Final[dict[Mode, int]] = {"stale": 0, "rest_polling": 1, "streaming": 2}
_MISSING: Final = -1.0
"""Stands for the age of a price that is missing: a gauge has no word for that."""


class Teller:
    """Logs and counts.

    Log records carry their particulars as attributes (``extra``), so that a formatter may write them as fields:
    ``event``, ``symbol`` and ``reason``, with ``mode_before`` and ``mode_after``, or with ``source``.
    """

    def __init__(self, metrics: Metrics) -> None:
        """Count in these metrics; every counter begins with ``market_data_``."""
        self._metrics = metrics
        self._suspected: set[tuple[str, Source, str]] = set()

    def count(self, name: str) -> None:
        """Count one."""
        self._metrics.increment(f"market_data_{name}")

    def changed(
        self, core: MarketDataCore, transitions: Sequence[Transition], trusted: bool
    ) -> None:
        """Tell of modes that changed, and of trust in the stream if it is not what it was."""
        if trusted and not core.trusted:
            self.count("fallbacks")
        elif core.trusted and not trusted:
            self.count("returns")
        own = [each for each in transitions if each.symbol is None]
        for each in transitions:
            if each.symbol is None:
                self.count("mode_changes")
                self.count(f"entered_{each.after}")
            elif own and each.after == own[0].after:
                continue  # it goes where all go
            self._log(each)

    def nonsense(self, symbol: str, source: Source, reason: str) -> None:
        """Tell of a price that is none."""
        self.count("prices_refused")
        self._suspect(symbol, source, "price_refused", reason)

    def jump(self, tick: Tick) -> None:
        """Tell of a price that is too far from what was believed."""
        self.count("jumps")
        self._suspect(tick.symbol, tick.source, "price_jump", f"a jump to {tick.figures.mark}")

    def gauges(self, core: MarketDataCore, skew: float | None, now: float) -> None:
        """Say how things stand."""
        age = core.age(now)
        self._metrics.set_gauge("market_data_mode", _GAUGES[core.mode()])
        self._metrics.set_gauge(
            "market_data_oldest_price_seconds", age if age < float("inf") else _MISSING
        )
        if skew is not None:
            self._metrics.set_gauge("market_data_clock_skew_seconds", skew)

    def believed(self, symbol: str, source: Source) -> None:
        """A price of this source is believed: the next that is not is news."""
        self._suspected -= {(symbol, source, "price_refused"), (symbol, source, "price_jump")}

    def _suspect(self, symbol: str, source: Source, event: str, reason: str) -> None:
        """Log the first of several such prices in a row."""
        suspected = (symbol, source, event)
        if suspected in self._suspected:
            return
        self._suspected.add(suspected)
        particulars = {"event": event, "symbol": symbol, "source": source, "reason": reason}
        logger.warning(
            "market data: %s by %s is not believed: %s", symbol, source, reason, extra=particulars
        )

    @staticmethod
    def _log(transition: Transition) -> None:
        particulars: dict[str, Any] = {
            "event": "market_data_mode",
            "symbol": transition.symbol,
            "mode_before": transition.before,
            "mode_after": transition.after,
            "reason": transition.reason,
        }
        logger.log(
            LEVELS[transition.after],
            "market data%s: %s -> %s (%s)",
            f" of {transition.symbol}" if transition.symbol else "",
            transition.before,
            transition.after,
            transition.reason,
            extra=particulars,
        )
