"""From several cases to one finding: the worst of them speaks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from downtick.checks.finding import Finding, Outcome
from downtick.checks.instant import Truth, every, outcome


@dataclass(frozen=True)
class Case:
    """One thing that a check looked at.

    Attributes:
        holds: whether it is as it should be.
        sentence: what is to be said of it.
        evidence: numbers of its events.
    """

    holds: Truth
    sentence: str
    evidence: tuple[int, ...] = ()


def conclude(
    check: str, cases: Sequence[Case], parameters: Mapping[str, Any], nothing: str
) -> Finding:
    """Return the finding of several cases.

    Args:
        check: its name.
        cases: in the order in which they are told.
        parameters: that the check was asked with.
        nothing: what is said if there was no case.
    """
    if not cases:
        return Finding(check, Outcome.NOT_EXERCISED, nothing, (), parameters)
    holds = every(case.holds for case in cases)
    alike = [case for case in cases if case.holds is holds]
    more = f" ({len(alike)} such cases)" if len(alike) > 1 else ""
    evidence = tuple(sorted({number for case in alike for number in case.evidence}))
    return Finding(check, outcome(holds), alike[0].sentence + more, evidence, parameters)


def unexercised(check: str, why: str, parameters: Mapping[str, Any]) -> Finding:
    """Return the finding of a check that had nothing to judge."""
    return Finding(check, Outcome.NOT_EXERCISED, why, (), parameters)
