"""From a profile's name to a schedule that may be played: found, loaded, linted, scheduled."""

from __future__ import annotations

from typing import NamedTuple

from downtick.errors import ProfileError
from downtick.profiles.library import find
from downtick.profiles.lint import lint
from downtick.profiles.load import load
from downtick.profiles.model import Profile
from downtick.profiles.schedule import Schedule, schedule
from downtick.words import VOCABULARY


class Prepared(NamedTuple):
    """What the conductor plays, the linter's warnings, and the profile that both are made from.

    Attributes:
        asked_for: the name or file by which somebody asked for the profile.
        schedule: for the conductor.
        warnings: of the linter.
        profile: as it was loaded.
        text: of its file.
    """

    asked_for: str
    schedule: Schedule
    warnings: tuple[str, ...]
    profile: Profile
    text: str


def prepare(name: str, seed: int | None = None, time_scale: float = 1.0) -> Prepared:
    """Return a profile that may be played.

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
    plan = schedule(profile, seed, time_scale, VOCABULARY)
    return Prepared(name, plan, told["warning"], profile, text)
