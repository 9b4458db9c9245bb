"""From a profile's name to a schedule that may be played: found, loaded, linted, scheduled."""

from __future__ import annotations

from downtick.errors import ProfileError
from downtick.profiles.library import find
from downtick.profiles.lint import lint
from downtick.profiles.load import load
from downtick.profiles.schedule import Schedule, schedule
from downtick.words import VOCABULARY


def prepare(
    name: str, seed: int | None = None, time_scale: float = 1.0
) -> tuple[Schedule, tuple[str, ...]]:
    """Return what the conductor plays, and the linter's warnings.

    Args:
        name: of the library (``streaming/market-feed-reset``) or the path of a file.
        seed: instead of the profile's own.
        time_scale: real time over nominal time.

    Raises:
        ProfileError: the profile does not load, does not fit the time scale, or the linter finds an error.
    """
    text, file = find(name)
    profile = load(text, file, VOCABULARY)
    findings = lint(profile, VOCABULARY, time_scale)
    told = {
        severity: tuple(
            f"{file}:{f.line}: {f.code} {f.message}" for f in findings if f.severity == severity
        )
        for severity in ("error", "warning")
    }
    if told["error"]:
        raise ProfileError(told["error"])
    return schedule(profile, seed, time_scale, VOCABULARY), told["warning"]
