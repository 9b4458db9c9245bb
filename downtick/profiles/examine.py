"""Several profiles examined at once: what does not load, what the linter finds, and names given twice."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from downtick.errors import ProfileError
from downtick.profiles.library import find
from downtick.profiles.lint import lint
from downtick.profiles.load import load
from downtick.profiles.vocabulary import Vocabulary


@dataclass(frozen=True)
class Examination:
    """What was found.

    Attributes:
        lines: one a problem or finding, each with its file and line.
        errors: how many of them stop a run.
        warnings: how many only show.
    """

    lines: tuple[str, ...]
    errors: int
    warnings: int


def examine(names: Iterable[str], vocabulary: Vocabulary, time_scale: float = 1.0) -> Examination:
    """Load and lint profiles, each a name of the library or a path.

    Raises:
        ProfileError: ``time_scale`` is none.
    """
    lines: list[str] = []
    errors = warnings = 0
    first_of: dict[str, str] = {}
    for given in dict.fromkeys(names):
        try:
            text, file = find(given)
            profile = load(text, file, vocabulary)
        except ProfileError as error:
            lines += error.problems
            errors += len(error.problems)
            continue
        first = first_of.setdefault(profile.name, file)
        if first != file:
            lines.append(f"{file}:1: name: `{profile.name}` is the name of {first} too")
            errors += 1
        findings = lint(profile, vocabulary, time_scale)
        lines += [f"{file}:{f.line}: {f.severity} {f.code}: {f.message}" for f in findings]
        errors += sum(finding.severity == "error" for finding in findings)
        warnings += sum(finding.severity == "warning" for finding in findings)
    return Examination(tuple(lines), errors, warnings)
