"""Time as a place on a drawing, and many moments as few: a drawing has some hundred places, however long a run is."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import accumulate
from typing import Final

WIDTH: Final = 10_000
"""Units of a drawing from the first event to the last."""

PLACES: Final = 400
"""Places on a drawing that are told apart."""


@dataclass(frozen=True)
class Axis:
    """The time of a run, in monotonic seconds."""

    start: float
    end: float

    @property
    def span(self) -> float:
        """Its seconds, more than 0."""
        return max(self.end - self.start, 1e-6)

    def x(self, at: float) -> float:
        """Return where an instant is drawn; one outside of the run, at its edge."""
        inside = min(max(at, self.start), self.end)
        return round((inside - self.start) / self.span * WIDTH, 1)

    def place(self, at: float) -> int:
        """Return the place that an instant belongs to, from 0 to `PLACES` - 1."""
        return min(max(int((at - self.start) / self.span * PLACES), 0), PLACES - 1)

    def ends(self, place: int) -> float:
        """Return the instant at which a place ends."""
        return self.start + self.span * (place + 1) / PLACES

    def climbed(self, steps: Iterable[tuple[float, float]]) -> list[float]:
        """Return how much had come together at the end of each place.

        Args:
            steps: instants and what each of them added.
        """
        added = [0.0] * PLACES
        start, scale, last = self.start, PLACES / self.span, PLACES - 1
        for (
            at,
            much,
        ) in steps:  # nearly every event of a history is one, so what `place` does is done here
            added[min(max(int((at - start) * scale), 0), last)] += much
        return list(accumulate(added))

    def marks(self, most: int = 8) -> list[float]:
        """Return round seconds since the start, evenly apart, at most so many."""
        step = 1e-3
        for factor in _turns():
            if self.span / (step * factor) < most:
                step *= factor
                break
        return [number * step for number in range(int(self.span / step) + 1)]


def _turns() -> Iterable[int]:
    size = 1
    while True:
        yield from (size, 2 * size, 5 * size)
        size *= 10
