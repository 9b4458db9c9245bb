"""A process that does nothing but look at its clock: when it woke late, the whole machine stood still.

It shares no interpreter with anything that a test does, so nothing that a test does can make it late. On a virtual
machine the kernel tells besides how much time its host gave to others (`steal` in /proc/stat, proc(5)).
"""

from __future__ import annotations

import contextlib
import json
import os
import select
import subprocess
import sys
import time
from bisect import bisect_left
from typing import Final

_EVERY: Final = 0.020
_TOLD: Final = 0.050
_ENDS_WITHIN: Final = 5.0
_STEAL: Final = 8
"""Its place in the first line of /proc/stat."""

Loss = tuple[float, float, float]
"""From when to when in monotonic seconds, and how many seconds of them nobody had."""


class Metronome:
    """The process, and what it has seen."""

    def __init__(self) -> None:
        # Nothing of this project is imported there: it is up at once, and stays small.
        command = [sys.executable, "-I", "-S", __file__]
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
        told = json.loads(self._process.stdout.readline())
        return worst([(began, ended, lost) for began, ended, lost in told], since, window)

    def close(self) -> None:
        """End it."""
        self._process.communicate(timeout=_ENDS_WITHIN)


def worst(losses: list[Loss], since: float, window: float) -> float:
    """Return the most seconds that were lost in a window which begins at an instant or later.

    Args:
        losses: in order.
        since: monotonic seconds.
        window: seconds.
    """
    later = [loss for loss in losses if loss[1] > since]
    most = 0.0
    for place, (first, _, _) in enumerate(later):
        start = max(first, since)
        end = start + window
        near = later[place : bisect_left(later, end, key=_began)]
        most = max(most, sum(_within(loss, start, end) for loss in near))
    return most


def _began(loss: Loss) -> float:
    return loss[0]


def _within(loss: Loss, start: float, end: float) -> float:
    """Return how much of a loss is in a window: it is spread evenly over its time."""
    first, last, lost = loss
    return lost * max(0.0, min(last, end) - max(first, start)) / (last - first)


def _stolen() -> float:
    """Return for how many seconds each processor was another's so far; 0 where nobody tells."""
    with contextlib.suppress(OSError, IndexError), open("/proc/stat", encoding="ascii") as told:  # noqa: PTH123
        ticks = int(told.readline().split()[_STEAL])
        return ticks / os.sysconf("SC_CLK_TCK") / (os.cpu_count() or 1)
    return 0.0


def _beat() -> None:
    """Tell what was seen each time that somebody asks, until nobody is there to ask."""
    seen: list[Loss] = []
    stolen = _stolen()
    while True:
        began = time.monotonic()
        asked = select.select([sys.stdin], [], [], _EVERY)[0]
        now, before = time.monotonic(), stolen
        stolen = _stolen()
        late = now - began - _EVERY
        lost = max(stolen - before, late if late > _TOLD else 0.0)
        if lost > 0:
            seen.append((began, now, min(lost, now - began)))
        if asked:
            if not sys.stdin.readline():
                return
            sys.stdout.write(json.dumps(seen) + "\n")
            sys.stdout.flush()


if __name__ == "__main__":
    _beat()
