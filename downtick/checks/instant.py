"""Instants that are known as intervals, and what can be said of them.

Whoever asks whether something came in time gets one of three answers: yes in every reading, no in every reading, or
nobody knows. Doubt is never green: it makes a check NOT EXERCISED.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Final, NamedTuple

from downtick.checks.finding import Outcome

Truth = bool | None
"""True or False in every reading; None if the readings differ."""


class Instant(NamedTuple):
    """When something happened: not before ``earliest``, not after ``latest``, in monotonic seconds."""

    earliest: float
    latest: float

    def or_earlier(self, other: Instant) -> Instant:
        """Return when the first of the two happened."""
        return Instant(min(self.earliest, other.earliest), min(self.latest, other.latest))


NEVER: Final = Instant(math.inf, math.inf)
"""It did not happen."""


def exactly(at: float) -> Instant:
    """Return an instant that is known."""
    return Instant(at, at)


def first_of(instants: Iterable[Instant]) -> Instant:
    """Return when the first of them happened; never, if there is none."""
    first = NEVER
    for instant in instants:
        first = first.or_earlier(instant)
    return first


def before(one: Instant, other: Instant) -> Truth:
    """Return whether one happened before the other, or at the same time."""
    if one.latest <= other.earliest:
        return True
    return False if one.earliest > other.latest else None


def met(happened: Instant, since: Instant, within: float, stolen: float = 0.0) -> Truth:
    """Return whether something happened in time.

    Args:
        happened: when it did; may be `NEVER`.
        since: when the clock began to run.
        within: seconds that were allowed.
        stolen: seconds meanwhile for which the machine gave the bot no time: they may count or not.
    """
    if happened.latest <= since.earliest + within:
        return True
    return False if happened.earliest > since.latest + within + stolen else None


def every(truths: Iterable[Truth]) -> Truth:
    """Return whether all are true: one that is false decides, then one that nobody knows."""
    found = set(truths)
    if False in found:
        return False
    return None if None in found else True


def outcome(holds: Truth) -> Outcome:
    """Return what a check comes to whose condition is this."""
    if holds is None:
        return Outcome.NOT_EXERCISED
    return Outcome.HOLDS if holds else Outcome.VIOLATED
