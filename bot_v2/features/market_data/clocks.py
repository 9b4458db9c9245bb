"""Two clocks: our own, which does not stop when the machine sleeps, and the exchange's, as far as it is known."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Final

from bot_v2.features.market_data.price import Nonsense

_ASLEEP: Final = 1.0
"""Seconds by which the wall clock must outrun the monotonic one between two readings for the machine to have slept."""

_DRIFT: Final = 200e-6
"""By how much two clocks may drift apart, as a share of the time: four times what a bad quartz does."""

_MILLISECOND: Final = 0.001


class SteadyClock:
    """``time.monotonic``, but the time for which the machine slept counts too.

    On Linux that clock stands still in a suspend: a price from before it would be young after it. The wall clock
    goes on, so where it is suddenly far ahead, time was missed. If somebody only set it, prices look older than
    they are for a while, which is the harmless mistake.
    """

    def __init__(
        self,
        monotonic: Callable[[], float] = time.monotonic,
        wall: Callable[[], float] = time.time,
    ) -> None:
        """Start now, with other clocks if need be."""
        self._monotonic = monotonic
        self._wall = wall
        self._last = monotonic(), wall()
        self._slept = 0.0
        self.wall_offset = self._last[1] - self._last[0]

    def now(self) -> float:
        """Return the present instant in seconds."""
        monotonic, wall = self._monotonic(), self._wall()
        missed = (wall - self._last[1]) - (monotonic - self._last[0])
        if missed > _ASLEEP:
            self._slept += missed
        self._last = monotonic, wall
        return monotonic + self._slept

    def instant(self, monotonic: float) -> float:
        """Return an instant of ``time.monotonic`` on this clock."""
        return monotonic + self._slept


class ExchangeClock:
    """How late it can be at the exchange, so that no price is taken for younger than it is.

    Whoever asks the exchange for its time learns it within the time of that question: what it says was so after
    the question left and before the answer came. Until it was asked, our wall clock is believed, and corrected
    by any message that comes from later than that.
    """

    def __init__(self, wall_offset: float, max_skew: float) -> None:
        """Know nothing but our own wall clock.

        Args:
            wall_offset: seconds since 1970 by our wall clock, less the steady clock's.
            max_skew: how far the exchange is believed to be behind our wall clock, and how far ahead of it as
                long as it was not asked; in seconds.
        """
        self._wall_offset = wall_offset
        self._max_skew = max_skew
        self._floor = wall_offset  # by what messages say, as long as nobody asked
        self._sample: tuple[float, float, float] | None = None  # least and most offset, and when

    @property
    def skew(self) -> float | None:
        """Seconds by which the exchange's clock is ahead of our wall clock at most; None if nobody asked."""
        return None if self._sample is None else self._sample[1] - self._wall_offset

    def told(self, sent: float, received: float, said: float) -> None:
        """Take an answer to the question for the time.

        Args:
            sent: when the question left.
            received: when the answer came.
            said: seconds since 1970, cut to the millisecond.
        """
        least, most = said - received, said + _MILLISECOND - sent
        if most - least > self._max_skew:
            return  # so slow an answer says less than our own clock does
        if self._sample is not None:
            known_least, known_most = self._widened(received)
            apart = least > known_most or most < known_least  # somebody set a clock
            if not apart and most - least > known_most - known_least:
                return
        self._sample = (least, most, received)

    def latest(self, now: float) -> float:
        """Return the latest time that it can be at the exchange, in seconds since 1970."""
        return now + self._offset(now)

    def born(self, at: float, received: float) -> float:
        """Return the instant on our clock that was `at` at the exchange, or one before it.

        Args:
            at: seconds since 1970, as a message or an answer says.
            received: when that arrived.

        Raises:
            Nonsense: it comes from the future.
        """
        offset = self._offset(received)
        ahead = at - received - offset
        if self._sample is None and at - received <= self._wall_offset + self._max_skew:
            self._floor = max(self._floor, at - received)
        elif ahead > _MILLISECOND:
            raise Nonsense(f"from the future: {ahead:.3f} s ahead")
        return min(received, at - offset)

    def _offset(self, now: float) -> float:
        if self._sample is None:
            return self._floor
        return max(self._widened(now)[1], self._wall_offset - self._max_skew)

    def _widened(self, now: float) -> tuple[float, float]:
        assert self._sample is not None
        least, most, at = self._sample
        drift = _DRIFT * max(0.0, now - at)
        return least - drift, most + drift
