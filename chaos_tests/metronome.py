"""A process that does nothing but look at its clock: when it woke late, the whole machine stood still.

It shares no interpreter with anything that a test does, so nothing that a test does can make it late.
"""

from __future__ import annotations

import json
import select
import subprocess
import sys
import time
from typing import Final

_EVERY: Final = 0.020
_TOLD: Final = 0.050
_ENDS_WITHIN: Final = 5.0


class Metronome:
    """The process, and what it has seen."""

    def __init__(self) -> None:
        # Nothing of this project is imported there: it is up at once, and stays small.
        command = [sys.executable, "-I", "-S", __file__]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self.longest(0.0)  # it beats before the first test begins

    @property
    def pid(self) -> int:
        """The process."""
        return self._process.pid

    def longest(self, since: float) -> float:
        """Return the longest standstill after an instant, in seconds; 0 for none that is worth a word.

        Args:
            since: monotonic seconds.
        """
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(b"\n")
        self._process.stdin.flush()
        told = json.loads(self._process.stdout.readline())
        return max((end - max(start, since) for start, end in told if end > since), default=0.0)

    def close(self) -> None:
        """End it."""
        self._process.communicate(timeout=_ENDS_WITHIN)


def _beat() -> None:
    """Tell what was seen each time that somebody asks, until nobody is there to ask."""
    seen: list[tuple[float, float]] = []
    while True:
        due = time.monotonic() + _EVERY
        asked = select.select([sys.stdin], [], [], _EVERY)[0]
        late = time.monotonic() - due
        if late > _TOLD:
            seen.append((due, due + late))
        if asked:
            if not sys.stdin.readline():
                return
            sys.stdout.write(json.dumps(seen) + "\n")
            sys.stdout.flush()


if __name__ == "__main__":
    _beat()
