"""What a check says of a run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any


class Outcome(Enum):
    """What came out of a check."""

    HOLDS = "holds"
    VIOLATED = "violated"
    NOT_EXERCISED = "not exercised"


@dataclass(frozen=True)
class Finding:
    """The outcome of one check.

    Attributes:
        check: its name, as ``expect`` writes it.
        outcome: what came out.
        sentence: what a person is to know of it, and can act on.
        evidence: numbers of the events that it rests on, counted from 0.
        parameters: what the check was asked with, in nominal seconds and rates.
        weaker: the name of a lesser violation, if it is only that.
    """

    check: str
    outcome: Outcome
    sentence: str
    evidence: tuple[int, ...] = ()
    parameters: Mapping[str, Any] = field(default_factory=dict)
    weaker: str | None = None
