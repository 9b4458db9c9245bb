"""What a rule of the linter is made of."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Final, Literal, NamedTuple

from downtick.profiles.fields import faults_at
from downtick.profiles.model import Profile, Step
from downtick.profiles.timing import Span, spans
from downtick.profiles.vocabulary import Vocabulary

Severity = Literal["error", "warning"]

FEEDS: Final = ("market_ws", "user_ws")
"""The links that carry a stream: data comes unasked, and heartbeats at least every second."""


@dataclass(frozen=True)
class Subject:
    """What a rule looks at."""

    profile: Profile
    vocabulary: Vocabulary
    time_scale: float

    def toxics(self, name: str) -> Iterator[Step]:
        """Return the steps that add this toxic."""
        return (step for step in self.profile.steps if (step.place, step.name) == ("toxic", name))

    def expects(self, *checks: str) -> bool:
        """Return whether one of these checks is expected."""
        return any(check.name in checks for check in self.profile.expect)

    def lasting(self, step: Step) -> bool:
        """Return whether the step's fault goes on until it is ended."""
        return faults_at(self.vocabulary, step.place)[step.name].lasting

    def spans(self, step: Step) -> list[Span]:
        """Return when the step's fault is on; nothing for a step that waits for ``when``."""
        return spans(step, self.lasting(step))


class Hit(NamedTuple):
    """One place where a rule applies: what stands there, in words."""

    severity: Severity
    line: int
    what: str


@dataclass(frozen=True)
class Rule:
    """One numbered trap.

    Attributes:
        code: such as ``DT003``.
        title: the trap in a few words.
        reason: what really happens.
        fix: what to write instead.
        source: who says so.
        check: finds the trap in a profile.
    """

    code: str
    title: str
    reason: str
    fix: str
    source: str
    check: Callable[[Subject], Iterable[Hit]]


def rule(
    code: str, title: str, *, reason: str, fix: str, source: str = ""
) -> Callable[[Callable[[Subject], Iterable[Hit]]], Rule]:
    """Make a `Rule` of the function that finds its trap."""

    def made(check: Callable[[Subject], Iterable[Hit]]) -> Rule:
        return Rule(code, title, reason, fix, source, check)

    return made
