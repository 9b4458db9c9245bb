"""How a market's own seconds become wall-clock time. A value: it reads no clock."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class MarketClock:
    """Maps nominal seconds since the market's start to wall-clock time, and back.

    Candles lie on multiples of their granularity in nominal Unix seconds (`origin` + seconds since the start), so
    at a time scale of 0.1 a five-minute candle lasts 30 s of wall clock and starts on a multiple of 30 s.

    Attributes:
        start: wall clock at the market's second 0, in nanoseconds since 1970, UTC.
        time_scale: real seconds per nominal second.
    """

    start: int
    time_scale: float = 1.0

    @property
    def origin(self) -> float:
        """Nominal Unix seconds at the market's start."""
        return self.start / 1e9 / self.time_scale

    def wall(self, at: float) -> int:
        """Return the wall clock, in nanoseconds since 1970, at a second of the market."""
        return self.start + round(at * self.time_scale * 1e9)

    def label(self, nominal: float) -> int:
        """Return the wall clock, in whole Unix seconds, of a nominal Unix second (a candle's start)."""
        return round(nominal * self.time_scale)

    def nominal(self, unix: float) -> float:
        """Return the nominal Unix second of a wall clock in Unix seconds (a client's ``start`` and ``end``)."""
        return unix / self.time_scale
