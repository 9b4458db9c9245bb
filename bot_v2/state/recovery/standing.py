"""For how long the broker has stood by what it says."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass


@dataclass(frozen=True)
class Stand:
    """How often the same was said in a row, and for how many seconds."""

    looks: int
    seconds: float

    def holds(self, looks: int, seconds: float) -> bool:
        """Tell whether it was said often and long enough."""
        return self.looks >= looks and self.seconds >= seconds


class Standing:
    """Remembers what was said, until something else is."""

    def __init__(self) -> None:
        self._said: dict[Hashable, tuple[Hashable, float, int]] = {}

    def note(self, about: Hashable, said: Hashable, now: float) -> Stand:
        """Note what is said, and return since when it has been the same."""
        before, since, looks = self._said.get(about, (said, now, 0))
        if before != said:
            since, looks = now, 0
        self._said[about] = said, since, looks + 1
        return Stand(looks + 1, now - since)

    def drop(self, about: Hashable) -> None:
        """Forget what was said about something."""
        self._said.pop(about, None)

    def forget(self) -> None:
        """Forget everything: who could not be asked has not stood by anything."""
        self._said.clear()
