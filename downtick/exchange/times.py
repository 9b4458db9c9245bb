"""Coinbase's ways to write an instant. All take nanoseconds since 1970, UTC; the caller reads the clock."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import lru_cache

_SECOND = 1_000_000_000

# The second that the last envelope was written in: where it starts, and its words.
_last: list[tuple[int, str]] = [(0, "1970-01-01T00:00:00.")]


@lru_cache(maxsize=64)  # trades and book changes of one second share its words
def _second(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%S")


def _nine_digits(nanoseconds: int) -> str:
    # Cut from a longer number: half the cost of a format with leading zeros.
    return str(_SECOND + nanoseconds)[1:]


def rfc3339_nanos(now: int) -> str:
    """Return ``2026-08-12T19:27:48.098821666Z``: the envelope's ``timestamp``. Every frame passes here."""
    start, words = _last[0]
    fraction = now - start
    if not 0 <= fraction < _SECOND:
        seconds, fraction = divmod(now, _SECOND)
        words = f"{_second(seconds)}."
        _last[0] = (seconds * _SECOND, words)
    return f"{words}{str(_SECOND + fraction)[1:]}Z"


def rfc3339_micros(now: int) -> str:
    """Return ``2026-08-12T19:27:47.532655Z``: the time of a trade or of a book change."""
    seconds, fraction = divmod(now, _SECOND)
    return f"{_second(seconds)}.{_nine_digits(fraction)[:6]}Z"


def rfc3339_millis(now: int) -> str:
    """Return ``2026-08-12T19:27:47.532Z``."""
    seconds, fraction = divmod(now, _SECOND)
    return f"{_second(seconds)}.{_nine_digits(fraction)[:3]}Z"


def rfc3339_seconds(now: int) -> str:
    """Return ``2026-08-12T19:27:48Z``: the ``iso`` of ``GET /time``."""
    return f"{_second(now // _SECOND)}Z"


def unix_seconds(now: int) -> float:
    """Return ``1483736448.299``: seconds since 1970."""
    return now / _SECOND


def go_time(now: int, uptime: int) -> str:
    """Return ``2026-09-30 02:37:15.057778606 +0000 UTC m=+21697.195984854``: ``heartbeats``' ``current_time``.

    It is what Go's ``time.Time.String`` gives; ``m`` is the server process's uptime (Go, time/format.go: trailing
    zeros of the instant are left out, those of ``m`` are not).

    Args:
        now: wall clock.
        uptime: nanoseconds since the server process started.
    """
    seconds, nanoseconds = divmod(now, _SECOND)
    words = _second(seconds).replace("T", " ")
    fraction = f".{_nine_digits(nanoseconds)}".rstrip("0").rstrip(".")
    up, rest = divmod(uptime, _SECOND)
    return f"{words}{fraction} +0000 UTC m=+{up}.{_nine_digits(rest)}"
