"""The linter: finds what a profile asks for and will not get. Errors stop a run, warnings show."""

from __future__ import annotations

import textwrap
from dataclasses import dataclass
from typing import Final

from downtick.errors import InputError
from downtick.profiles import rules_run, rules_toxics
from downtick.profiles.model import Profile
from downtick.profiles.problems import did_you_mean, one_of, shown
from downtick.profiles.rule import Rule, Severity, Subject
from downtick.profiles.vocabulary import Vocabulary

RULES: Final = (*rules_toxics.RULES, *rules_run.RULES)
_BY_CODE: Final = {rule.code: rule for rule in RULES}


@dataclass(frozen=True)
class Finding:
    """One trap in one profile.

    Attributes:
        code: of the rule, such as ``DT003``.
        severity: an ``error`` stops a run, a ``warning`` shows.
        line: where it is in the file.
        message: what stands there, what really happens, and what to write instead.
    """

    code: str
    severity: Severity
    line: int
    message: str


def lint(profile: Profile, vocabulary: Vocabulary, time_scale: float = 1.0) -> tuple[Finding, ...]:
    """Return every trap of a profile, in the order of the file."""
    subject = Subject(profile, vocabulary, time_scale)
    found = [
        Finding(rule.code, hit.severity, hit.line, f"{hit.what}. {rule.reason} {rule.fix}")
        for rule in RULES
        for hit in rule.check(subject)
    ]
    return tuple(sorted(found, key=lambda finding: (finding.line, finding.code)))


def explain(code: str) -> str:
    """Return what a finding means: the trap, the reason, the fix, and who says so.

    Raises:
        InputError: there is no such finding.
    """
    rule: Rule | None = _BY_CODE.get(code.upper())
    if rule is None:
        hint = did_you_mean(code.upper(), _BY_CODE)
        raise InputError(f"unknown finding {shown(code)}; allowed: {one_of(_BY_CODE)}{hint}")
    parts = [f"{rule.code}: {rule.title}", rule.reason, f"Fix: {rule.fix}"]
    if rule.source:
        parts.append(f"Source: {rule.source}")
    return "\n\n".join(textwrap.fill(part, 100) for part in parts)
