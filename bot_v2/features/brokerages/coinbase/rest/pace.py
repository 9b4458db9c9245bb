"""How often may be asked: no faster than Coinbase allows, and not at all while it said to stay away.

A bucket holds tokens, each request takes one, and they come back at the allowed rate. Requests that change
something (an order, a cancel) may take the last ones, those that read may not: a cancel does not wait behind
a long list that is being read. No I/O in here, and no clock: every `now` is ``time.monotonic`` seconds.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

_KEPT: Final = 0.3  # share of the tokens that reading leaves


@dataclass(frozen=True)
class Rate:
    """Requests a nominal second, and how many at once after a pause."""

    a_second: float
    burst: int


class Pace:
    """One bucket.

    Args:
        rate: that is allowed.
        time_scale: real seconds in a nominal one.
    """

    def __init__(self, rate: Rate, time_scale: float) -> None:
        self._rate = rate.a_second / time_scale
        self._burst = float(rate.burst)
        self._tokens = self._burst
        self._at = float("-inf")

    def take(self, now: float, *, reads: bool) -> float:
        """Take a token if there is one; return 0, or else the seconds until it is worth asking again."""
        if self._at > float("-inf"):
            gained = max(0.0, now - self._at) * self._rate
            self._tokens = min(self._burst, self._tokens + gained)
        self._at = max(self._at, now)
        needed = 1.0 + (self._burst * _KEPT if reads else 0.0)
        if self._tokens >= needed:
            self._tokens -= 1
            return 0.0
        return (needed - self._tokens) / self._rate


class Gate:
    """Closed for as long as the exchange said to stay away."""

    def __init__(self) -> None:
        self._until = float("-inf")

    def close(self, now: float, seconds: float) -> None:
        """Stay away for so many real seconds from now; a shorter time does not undo a longer one."""
        self._until = max(self._until, now + seconds)

    def wait(self, now: float) -> float:
        """Return the seconds until it is open, 0 if it is."""
        return max(0.0, self._until - now)
