"""Time that passes when it is told."""

from __future__ import annotations

from collections.abc import Callable
from itertools import count


class ToldTime:
    """A clock with timers.

    Attributes:
        time: seconds now.
        timers: instant, number and what to do then, of those that wait.
    """

    def __init__(self) -> None:
        self.time = 0.0
        self.timers: list[tuple[float, int, Callable[[], None]]] = []
        self._numbers = count()

    def later(self, seconds: float, do: Callable[[], None]) -> Callable[[], None]:
        """Do something after so many seconds, and return what calls it off."""
        timer = (self.time + seconds, next(self._numbers), do)
        self.timers.append(timer)

        def cancel() -> None:
            if timer in self.timers:
                self.timers.remove(timer)

        return cancel

    def wait(self, seconds: float) -> None:
        """Let time pass, and do what was to be done later as its instant comes."""
        end = self.time + seconds
        while due := sorted(timer for timer in self.timers if timer[0] <= end):
            self.timers.remove(due[0])
            self.time = due[0][0]
            due[0][2]()
        self.time = end
