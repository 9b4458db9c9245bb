"""Steps that cannot both be played: they would undo each other on one link."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Sequence
from itertools import pairwise

from downtick.profiles.fields import faults_at
from downtick.profiles.model import Step
from downtick.profiles.problems import Mark, Problems
from downtick.profiles.timing import Span, spans
from downtick.profiles.vocabulary import Vocabulary

Placed = tuple[Step, Mark]


def find_conflicts(placed: Sequence[Placed], vocabulary: Vocabulary, problems: Problems) -> None:
    """Tell which steps of a profile cannot both be played."""
    links = defaultdict(list)
    for step, mark in placed:
        if step.link is not None:
            links[step.link].append((step, mark))
    for steps in links.values():
        _down_and_another(steps, vocabulary, problems)
        _same_twice(steps, vocabulary, problems)
        _reset_and_close(steps, problems)


def arms(step: Step) -> bool:
    """Return whether a step needs its link armed for RST: its connections are to be reset."""
    return step.place == "link" and (
        step.name == "reset" or (step.name == "blackhole" and step.attributes["end"] == "reset")
    )


def _timed(steps: Sequence[Placed], vocabulary: Vocabulary) -> list[tuple[Span, Step, Mark]]:
    return [
        (span, step, mark)
        for step, mark in steps
        for span in spans(step, faults_at(vocabulary, step.place)[step.name].lasting)
    ]


def _down_and_another(steps: Sequence[Placed], vocabulary: Vocabulary, problems: Problems) -> None:
    """A link that is down has no connection that another fault could hit."""
    timed = _timed(steps, vocabulary)
    timed.sort(key=lambda one: (one[0].start, one[1].name != "down"))
    down_until = other_until = -math.inf
    down: Step | None = None
    other: Step | None = None
    told: set[Mark] = set()
    for span, step, mark in timed:
        is_down = step.name == "down" and step.place == "link"
        met = (
            down
            if span.start < down_until
            else other
            if is_down and span.start < other_until
            else None
        )
        if met is not None and mark not in told:
            told.add(mark)
            problems.add(
                mark,
                f"{step.name}: on `{step.link}` at the same time as `{met.name}` of line {met.line};"
                " while a link is down it has no other fault: let one end before the next begins",
            )
        if is_down and span.end > down_until:
            down_until, down = span.end, step
        if not is_down and span.end > other_until:
            other_until, other = span.end, step


def _same_twice(steps: Sequence[Placed], vocabulary: Vocabulary, problems: Problems) -> None:
    """One fault is on or off; a second latency is the linter's, which knows what it would do."""
    groups = defaultdict(list)
    for span, step, mark in _timed(steps, vocabulary):
        if step.name not in ("down", "latency"):
            groups[step.place, step.name, step.stream].append((span, step, mark))
    for group in groups.values():
        group.sort(key=lambda one: one[0])
        for (first, earlier, _), (second, later, mark) in pairwise(group):
            if later is not earlier and second.start < first.end:
                problems.add(
                    mark,
                    f"{later.name}: on `{later.link}` while that of line {earlier.line} still lasts;"
                    " a fault is on or off: let one end before the next begins",
                )


def _reset_and_close(steps: Sequence[Placed], problems: Problems) -> None:
    """A link is armed (every close becomes a reset) for the whole run, or it is not."""
    first_armed = next((step for step, _ in steps if arms(step)), None)
    if first_armed is None:
        return
    for step, mark in steps:
        if step.place == "link" and step.name in ("close", "blackhole") and not arms(step):
            problems.add(
                mark,
                f"{step.name}: ends in a close, but line {first_armed.line} resets `{step.link}`;"
                " a link of one profile resets or closes, not both: Toxiproxy turns every close of"
                " a link that can reset into a reset",
            )
