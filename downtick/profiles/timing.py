"""When the faults of a profile begin and end, in nominal seconds."""

from __future__ import annotations

import math
from typing import NamedTuple

from downtick.profiles.model import Profile, Step
from downtick.profiles.vocabulary import Vocabulary

AFTERWARDS = 5.0
"""Seconds that a run without ``run.for`` goes on after its last fault and its last deadline."""


class Span(NamedTuple):
    """One occurrence of a step; ``end`` is infinite if nothing ends it before the run does."""

    start: float
    end: float


def starts(step: Step) -> list[float]:
    """Return when a timed step begins, once for each repetition; nothing for a step that waits."""
    if step.at is None:
        return []
    if step.repeat is None:
        return [step.at]
    return [step.at + number * step.repeat.every for number in range(step.repeat.count)]


def spans(step: Step, lasting: bool) -> list[Span]:
    """Return the occurrences of a timed step; one that is over at once has no length."""
    if not lasting:
        return [Span(start, start) for start in starts(step)]
    length = math.inf if step.for_ is None else step.for_
    return [Span(start, start + length) for start in starts(step)]


def last_end(profile: Profile) -> float:
    """Return when the last fault is over; one without ``for`` counts with its start.

    A step that waits for ``when`` counts as if it began at once: nobody knows when it will.
    """
    return max(max(starts(step), default=0.0) + (step.for_ or 0.0) for step in profile.steps)


def last_start(profile: Profile) -> float:
    """Return when the last fault begins, one that waits for ``when`` counted as above."""
    return max(max(starts(step), default=0.0) for step in profile.steps)


def needed_length(profile: Profile, vocabulary: Vocabulary) -> float:
    """Return the shortest run in which every fault is over and every deadline of ``expect`` has passed."""
    needed = [last_end(profile)]
    for check in profile.expect:
        spec = vocabulary.checks[check.name]
        if spec.afterwards:
            continue
        begin = last_start(profile) if spec.from_start else last_end(profile)
        needed.append(begin + (check.parameters.get("within") or 0.0))
    return max(needed)


def run_length(profile: Profile, vocabulary: Vocabulary) -> float:
    """Return ``run.for``; left out, it is long enough for every fault and every deadline."""
    if profile.run.for_ is not None:
        return profile.run.for_
    return needed_length(profile, vocabulary) + AFTERWARDS
