"""What is to be played."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from downtick.errors import ProfileError
from downtick.prepare import Prepared, prepare


class Plan(NamedTuple):
    """A run's name, and what is played in it."""

    name: str
    prepared: Prepared

    @property
    def seconds(self) -> float:
        """Real seconds from the steady state to the end."""
        return self.prepared.schedule.length + self.prepared.schedule.settle


def planned(
    profiles: Sequence[str], seed: int | None, time_scale: float, repeat: int = 1
) -> list[Plan]:
    """Return what is to be played. Every profile is read before anything starts, and every problem is told.

    Args:
        profiles: names of the library, or paths of files.
        seed: instead of the profiles' own.
        time_scale: real time over nominal time.
        repeat: runs of each.

    Raises:
        ProfileError: a profile does not load, or the linter finds an error in it.
    """
    plans: list[Plan] = []
    problems: list[str] = []
    for name in profiles:
        try:
            prepared = prepare(name, seed, time_scale)
        except ProfileError as error:
            problems += error.problems
            continue
        for number in range(1, repeat + 1):
            again = f"-{number}" if repeat > 1 else ""
            plans.append(Plan(name.removesuffix(".yaml") + again, prepared))
    if problems:
        raise ProfileError(tuple(problems))
    return plans
