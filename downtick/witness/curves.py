"""Byte curves: how far into a stream a socket was, and when, between bounds. Pure: from events alone.

Nothing here is a point. Between two looks a count may have moved at any instant, so a curve says for each position
when it was reached at the earliest and at the latest. A position is one of the application's stream: SYN and FIN,
which Linux counts as bytes here and there, are taken out.
"""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from typing import NamedTuple


class Span(NamedTuple):
    """When something happened, in monotonic seconds: after ``earliest``, and by ``latest``.

    The earliest may be minus infinity, for what happened before the witness came; the latest infinity, for what
    perhaps never happened.
    """

    earliest: float
    latest: float


class Count(NamedTuple):
    """How many bytes, between bounds; ``most`` is infinity for what nobody saw."""

    least: int
    most: float


class Step(NamedTuple):
    """A look at a count: from ``least`` to ``most`` bytes were reached after ``since`` and by ``at``."""

    since: float
    at: float
    least: int
    most: int


class Mark(NamedTuple):
    """A look at a stream: ``position`` bytes of it went in so many ``segments``, after ``since`` and by ``at``."""

    since: float
    at: float
    position: int
    segments: int


class Curve:
    """A count of bytes that never falls.

    Args:
        steps: of it, oldest first. None of them takes back what an earlier one said.
        until: until when the last of them is known to hold; infinity if the socket is dead.
    """

    def __init__(self, steps: Sequence[Step], until: float) -> None:
        self.steps: list[Step] = []
        least = most = 0
        for step in steps:
            least, most = max(least, step.least), max(most, step.most)
            self.steps.append(Step(step.since, step.at, least, most))
        self.until = until
        self._sinces = [step.since for step in self.steps]
        self._ats = [step.at for step in self.steps]
        self._leasts = [step.least for step in self.steps]
        self._mosts = [step.most for step in self.steps]

    def reached(self, position: int) -> Span | None:
        """Return when so many bytes were reached; None if they surely never were.

        Args:
            position: in the stream, in bytes; more than 0.
        """
        maybe = bisect_left(self._mosts, position)
        surely = bisect_left(self._leasts, position)
        latest = self._ats[surely] if surely < len(self.steps) else math.inf
        if maybe < len(self.steps):
            return Span(self._sinces[maybe], latest)
        return None if self.until == math.inf else Span(self.until, math.inf)

    def at(self, instant: float) -> Count:
        """Return how many bytes were reached by an instant."""
        if instant > self.until:
            most = math.inf
        else:
            begun = bisect_left(self._sinces, instant)
            most = self._mosts[begun - 1] if begun else 0
        done = bisect_right(self._ats, instant)
        return Count(self._leasts[done - 1] if done else 0, most)

    def growth(self) -> list[Span]:
        """Return when it grew, each time that a look shows."""
        before, grew = 0, []
        for step in self.steps:
            if step.least > before:
                before = step.least
                grew.append(Span(step.since, step.at))
        return grew

    def grown(self, start: float, end: float) -> Count:
        """Return by how many bytes it grew from one instant to another."""
        before, after = self.at(start), self.at(end)
        least = 0 if before.most == math.inf else max(0, after.least - int(before.most))
        return Count(least, after.most - before.least)
