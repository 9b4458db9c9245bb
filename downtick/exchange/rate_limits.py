"""How many REST requests a user and an address may make: token buckets, as Coinbase describes its own.

A bucket starts full, each request takes a token, and tokens come back at the bucket's rate until it is full
(docs: Exchange REST rate limits, "lazy-fill token bucket"). Instants are handed in, so nothing here reads a clock.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Literal

Kind = Literal["private", "public", "fills"]

_EPSILON: Final = 1e-9  # of a token: what sums of fractions of seconds may be short of


@dataclass(frozen=True)
class Limit:
    """One rate.

    Attributes:
        rate: requests a nominal second.
        burst: requests at once, after a pause.
    """

    rate: float
    burst: int


@dataclass(frozen=True)
class RestLimits:
    """The rates of one dialect.

    Attributes:
        private: of each user, where a login is needed.
        public: of each address, where none is.
        fills: of each user, for the list of fills; None if that counts like any other.
    """

    private: Limit
    public: Limit
    fills: Limit | None = None


ADVANCED_TRADE: Final = RestLimits(private=Limit(30, 30), public=Limit(10, 10))
"""Docs: Advanced Trade REST API rate limits (30 a second and user, 10 a second and address; no burst is told)."""

EXCHANGE: Final = RestLimits(private=Limit(15, 30), public=Limit(10, 15), fills=Limit(10, 20))
"""Docs: Exchange REST rate limits."""


@dataclass
class TokenBucket:
    """One bucket.

    Attributes:
        rate: tokens a real second.
        burst: tokens that it holds.
        since: when ``tokens`` were counted, in seconds of any one clock.
        tokens: that it had then; full at first.
    """

    rate: float
    burst: int
    since: float
    tokens: float = field(default=math.inf)

    def take(self, now: float) -> bool:
        """Take a token, and return whether there was one."""
        self.tokens = self._at(now)
        self.since = max(self.since, now)
        if self.tokens < 1 - _EPSILON:
            return False
        self.tokens = max(0.0, self.tokens - 1)
        return True

    def left(self, now: float) -> int:
        """Return how many whole tokens are in it."""
        return int(self._at(now) + _EPSILON)

    def full_in(self, now: float) -> float:
        """Return the real seconds until it is full."""
        return (self.burst - self._at(now)) / self.rate

    def _at(self, now: float) -> float:
        return min(self.burst, self.tokens + max(0.0, now - self.since) * self.rate)


@dataclass(frozen=True)
class Taken:
    """What came of a request for a token.

    Attributes:
        allowed: whether the request may be carried out.
        headers: for its answer.
        words: of the Exchange dialect, if it may not.
    """

    allowed: bool
    headers: Mapping[str, str]
    words: str


class RateLimiter:
    """The buckets of one REST door.

    Args:
        limits: of its dialect.
        time_scale: real seconds per nominal second; rates are divided by it, bursts are counts and stay.
    """

    def __init__(self, limits: RestLimits, time_scale: float = 1.0) -> None:
        self._limits = limits
        self._scale = time_scale
        self._buckets: dict[tuple[Kind, str], TokenBucket] = {}

    def take(self, kind: Kind, who: str, now: float) -> Taken:
        """Count a request, and return whether it may be carried out.

        Args:
            kind: ``public`` for a route without login; ``fills`` for the list of fills.
            who: the user, or for public routes the address.
            now: in real seconds of any one clock.
        """
        if kind == "fills" and self._limits.fills is None:
            kind = "private"
        limit = getattr(self._limits, kind)
        bucket = self._buckets.get((kind, who))
        if bucket is None:
            bucket = self._buckets[kind, who] = TokenBucket(
                limit.rate / self._scale, limit.burst, now
            )
        allowed = bucket.take(now)
        words = f"{'Public' if kind == 'public' else 'Private'} rate limit exceeded"
        return Taken(allowed, {} if kind == "public" else _headers(bucket, now), words)


def _headers(bucket: TokenBucket, now: float) -> dict[str, str]:
    """Return the headers of private endpoints (coinbase-advanced-py, README: Rate Limit Response Headers).

    Coinbase does not say what the reset counts; here it is whole real seconds until the bucket is full.
    """
    return {
        "x-ratelimit-limit": str(bucket.burst),
        "x-ratelimit-remaining": str(bucket.left(now)),
        "x-ratelimit-reset": str(math.ceil(bucket.full_in(now))),
    }
