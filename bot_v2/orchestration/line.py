"""The line to the broker: every request has a deadline, and how it ends is noted."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from typing import TypeVar

from bot_v2.features.brokerages.broker import (
    BrokerError,
    RateLimited,
    Rejected,
    Unavailable,
)
from bot_v2.metrics import MetricsCollector
from bot_v2.orchestration.health import Health, HealthMonitor
from bot_v2.orchestration.settings import OrchestratorSettings

logger = logging.getLogger(__name__)

T = TypeVar("T")

Attempts = Callable[[], tuple[int, int]]
"""Returns how many requests a client has sent, its own retries included, and how many of them were retries."""


class BrokerLine:
    """Asks the broker, and keeps away from it while it asks for that.

    Args:
        settings: in real seconds.
        metrics: counts ``broker_requests`` and ``broker_errors``.
        attempts: of the client below, if it asks again by itself.
    """

    def __init__(
        self,
        settings: OrchestratorSettings,
        metrics: MetricsCollector,
        attempts: Attempts | None = None,
    ) -> None:
        self.monitor = HealthMonitor(settings)
        self._settings = settings
        self._metrics = metrics
        self._attempts = attempts
        self._before = attempts() if attempts else (0, 0)
        self._held_until = 0.0

    @property
    def held(self) -> float:
        """Real seconds for which the broker has asked not to be asked."""
        return max(0.0, self._held_until - time.monotonic())

    def health(self) -> Health:
        """Return how the broker is doing."""
        now = time.monotonic()
        if self._attempts is not None:
            made, again = self._attempts()  # what is asked again has failed before
            self.monitor.tried(now, made - self._before[0], again - self._before[1])
            self._before = made, again
        return self.monitor.verdict(now)

    def reset(self) -> None:
        """Forget everything, what a client has sent since the last look too: what comes now is judged for itself."""
        self.monitor.reset()
        if self._attempts is not None:
            self._before = self._attempts()

    async def read(self, what: str, answer: Callable[[], Awaitable[T]]) -> T:
        """Read something, within ``read_timeout``.

        Raises:
            RateLimited: the broker asks not to be asked, now or since a moment ago.
            BrokerError: as the broker raised it; `Unavailable` too if its client failed or took too long.
        """
        if self.held:
            raise RateLimited(f"{what}: not asked: the broker wants a pause", self.held)
        deadline = asyncio.timeout(self._settings.read_timeout)
        try:
            async with deadline:
                return await self.ask(what, answer)
        except BrokerError:
            raise
        except Exception as error:
            if not deadline.expired():
                raise Unavailable(f"{what}: {error!r}") from error
            why = f"{what}: no answer within {self._settings.read_timeout:g} s"
            self._failed(why)
            raise Unavailable(why) from None

    async def ask(self, what: str, answer: Callable[[], Awaitable[T]]) -> T:
        """Ask without a deadline of our own, as an order must be: the broker's client has one for it.

        Raises:
            BrokerError: as the broker raised it.
            Exception: its client failed. Of an order nothing is known then.
        """
        self._metrics.increment("broker_requests")
        start = time.monotonic()
        try:
            result = await answer()
        except RateLimited as error:
            pause = error.retry_after
            pause = self._settings.rate_limit_pause if pause is None else pause
            self._held_until = time.monotonic() + min(pause, self._settings.hold_max)
            logger.warning("%s: too many requests; a pause of %.2f s", what, self.held)
            raise
        except Rejected:
            self._answered(start)
            raise
        except BrokerError as error:
            self._failed(f"{what}: {type(error).__name__}: {error}")
            raise
        except Exception as error:
            logger.exception("%s: the broker's client failed", what)
            self._failed(f"{what}: {error!r}")
            raise
        self._answered(start)
        return result

    def _answered(self, start: float) -> None:
        self.monitor.answered(time.monotonic() - start)
        self._tried(0)

    def _failed(self, why: str) -> None:
        self._metrics.increment("broker_errors")
        self.monitor.failed(why)
        self._tried(1)

    def _tried(self, failed: int) -> None:
        self.monitor.tried(time.monotonic(), 1 if self._attempts is None else 0, failed)
