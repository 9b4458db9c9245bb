"""A process that does nothing but look at its clock: when it woke late, the whole machine stood still.

It shares no interpreter with anything that a test does, so nothing that a test does can make it late. In a virtual
machine the kernel tells besides for how long its host took a processor away, once it has given it back (`steal` in
/proc/stat, proc_stat(5)): what ran there stood still.
"""

from __future__ import annotations

import contextlib
import itertools
import json
import os
import select
import subprocess
import sys
import time
from collections.abc import Sequence
from typing import Final

_EVERY: Final = 0.050
_TOLD: Final = 0.050
_ENDS_WITHIN: Final = 5.0
_STEAL: Final = 8
"""Its place in a line of /proc/stat."""

Loss = tuple[float, float]
"""From when to when in monotonic seconds nobody had a processor, or one of them."""


class Metronome:
    """The process, and what it has seen."""

    def __init__(self, stat: str = "/proc/stat") -> None:
        """Start it. ``stat``: where the kernel tells what the host took."""
        # Nothing of this project is imported there: it is up at once, and stays small.
        command = [sys.executable, "-I", "-S", __file__, stat]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self.most_lost(0.0, 1.0)  # it beats before the first test begins

    @property
    def pid(self) -> int:
        """The process."""
        return self._process.pid

    def most_lost(self, since: float, window: float) -> float:
        """Return how many seconds the machine stood still, in the worst window after an instant.

        Args:
            since: monotonic seconds.
            window: seconds.
        """
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(b"\n")
        self._process.stdin.flush()
        told: dict[str, list[Loss]] = json.loads(self._process.stdout.readline())
        return max((worst(each, since, window) for each in told.values()), default=0.0)

    def close(self) -> None:
        """End it."""
        self._process.communicate(timeout=_ENDS_WITHIN)


def worst(losses: Sequence[Loss], since: float, window: float) -> float:
    """Return the most seconds that were lost in a window which begins at an instant or later.

    Args:
        losses: none of which overlap, in order.
        since: monotonic seconds.
        window: seconds.
    """
    later = [(max(began, since), ended) for began, ended in losses if ended > since]
    most = 0.0
    for place, (began, _) in enumerate(later):
        end, lost = began + window, 0.0
        for start, ended in itertools.islice(later, place, None):
            if start >= end:
                break
            lost += min(ended, end) - start
        most = max(most, lost)
    return most


def stolen(stat: str) -> dict[str, float]:
    """Return for how many seconds each processor was another's so far; nothing where nobody tells."""
    with contextlib.suppress(OSError, IndexError, ValueError), open(stat, encoding="ascii") as told:  # noqa: PTH123
        _, *lines = itertools.takewhile(lambda line: line.startswith("cpu"), told)
        tick = os.sysconf("SC_CLK_TCK")
        return {figures[0]: int(figures[_STEAL]) / tick for figures in map(str.split, lines)}
    return {}


def _beat(stat: str) -> None:
    """Tell what was seen each time that somebody asks, until nobody is there to ask."""
    seen: dict[str, list[Loss]] = {"all": []}
    now, taken = time.monotonic(), stolen(stat)
    while True:
        due, before = now + _EVERY, taken
        asked = select.select([sys.stdin], [], [], _EVERY)[0]
        now = time.monotonic()
        if now - due > _TOLD:
            seen["all"].append((due, now))
        taken = stolen(stat)
        for name, seconds in taken.items():
            lost = seconds - before.get(name, seconds)
            if lost > 0:
                of_one = seen.setdefault(name, [])
                last = of_one[-1][1] if of_one else 0.0
                of_one.append((max(now - lost, last), now))
        if asked:
            if not sys.stdin.readline():
                return
            sys.stdout.write(json.dumps(seen) + "\n")
            sys.stdout.flush()


if __name__ == "__main__":
    _beat(sys.argv[1])
