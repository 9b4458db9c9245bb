"""The three modes of the bot, and who is told when they change.

::

    recovering ──▶ normal ──▶ monitor_only ──▶ recovering ──▶ ...
        └──────────────────────────▲
"""

from __future__ import annotations

import logging
import time
from typing import Final, Literal

from bot_v2.metrics import MetricsCollector

logger = logging.getLogger(__name__)

Mode = Literal["normal", "monitor_only", "recovering"]
"""``normal``: orders are placed. ``monitor_only``: none is, and what is held is watched. ``recovering``: store and
broker are brought to agree before the next order."""

MODES: Final[tuple[Mode, ...]] = ("normal", "monitor_only", "recovering")


class Modes:
    """The present mode, and why; a bot begins by recovering."""

    def __init__(self, metrics: MetricsCollector) -> None:
        self.mode: Mode = "recovering"
        self.reason = "not started"
        self._since = time.monotonic()
        self._metrics = metrics
        self._tell()

    @property
    def age(self) -> float:
        """Real seconds for which it has been in this mode."""
        return time.monotonic() - self._since

    def enter(self, mode: Mode, reason: str) -> None:
        """Change the mode; the same one again changes only the reason."""
        if mode != self.mode:
            level = logging.WARNING if mode == "monitor_only" else logging.INFO
            logger.log(
                level,
                "mode %s -> %s: %s",
                self.mode,
                mode,
                reason,
                extra={"mode": mode, "before": self.mode, "reason": reason},
            )
            self.mode = mode
            self._since = time.monotonic()
            self._metrics.increment("mode_changes")
            self._metrics.increment(f"mode_{mode}_entered")
        self.reason = reason
        self._tell()

    def _tell(self) -> None:
        for mode in MODES:
            self._metrics.set_gauge(f"mode_{mode}", mode == self.mode)
