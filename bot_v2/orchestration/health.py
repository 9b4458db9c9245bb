"""How the broker is doing, judged by how its answers come. No I/O, no clock."""

from __future__ import annotations

import statistics
from collections import deque
from dataclasses import dataclass
from typing import Literal

from bot_v2.orchestration.settings import OrchestratorSettings


@dataclass(frozen=True)
class Health:
    """How the broker is doing, and by what that is judged."""

    status: Literal["healthy", "degraded"]
    reason: str = ""

    @property
    def sound(self) -> bool:
        """Whether it is healthy."""
        return self.status == "healthy"


HEALTHY = Health("healthy")


class HealthMonitor:
    """Counts answers and failures, and says whether they are an outage.

    Args:
        settings: in real seconds.
    """

    def __init__(self, settings: OrchestratorSettings) -> None:
        self._settings = settings
        self._tries: deque[tuple[float, int, int]] = deque()  # when, how many, how many failed
        self._seconds: deque[float] = deque(maxlen=settings.slow_calls)
        self._failures = 0
        self._last_failure = ""

    def answered(self, seconds: float) -> None:
        """Note an answer that can be read, whatever it says, and how long it took."""
        self._failures = 0
        self._seconds.append(seconds)

    def failed(self, why: str) -> None:
        """Note a request without such an answer."""
        self._failures += 1
        self._last_failure = why

    def tried(self, now: float, made: int, failed: int) -> None:
        """Note how many requests were sent since the last note, and how many of them failed.

        A client that asks again by itself sends more requests than it gives answers: they tell earlier that
        something is wrong.
        """
        if made or failed:
            self._tries.append((now, made, failed))

    def reset(self) -> None:
        """Forget everything: what comes now is judged for itself."""
        self._tries.clear()
        self._seconds.clear()
        self._failures = 0

    def verdict(self, now: float) -> Health:
        """Return how the broker is doing at an instant."""
        if self._failures >= self._settings.failures_in_a_row:
            return Health(
                "degraded", f"{self._failures} requests in a row failed: {self._last_failure}"
            )
        while self._tries and self._tries[0][0] < now - self._settings.window:
            self._tries.popleft()
        made = sum(made for _, made, _ in self._tries)
        failed = sum(failed for _, _, failed in self._tries)
        if failed >= self._settings.min_errors and failed >= made * self._settings.error_share:
            return Health("degraded", f"{failed} of {made} requests failed: {self._last_failure}")
        if len(self._seconds) == self._settings.slow_calls:
            usual = statistics.median(self._seconds)
            if usual > self._settings.slow_after:
                limit = self._settings.slow_after
                return Health("degraded", f"answers take {usual:.2f} s, the limit is {limit:.2f} s")
        return HEALTHY
