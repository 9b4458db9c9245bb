"""Finds what a run left behind: its processes and its files."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from uuid import uuid4

LIMIT = 1.0
"""Seconds after its end in which everything of a run must be gone."""


class Traces:
    """What the processes that were started with `environment` have and leave, their descendants included.

    Attributes:
        environment: marks every descendant with a token, and gives them a folder for temporary files.
        temporary: that folder.
    """

    def __init__(self, temporary: Path) -> None:
        token = uuid4().hex
        self._mark = f"DOWNTICK_TEST_TOKEN={token}"
        self.temporary = temporary
        self.environment: Mapping[str, str] = {
            **os.environ,
            "TMPDIR": str(temporary),
            "DOWNTICK_TEST_TOKEN": token,
        }

    def processes(self) -> list[str]:
        """Return the processes that are alive, a line each. Zombies, having no environment, do not count."""
        marked = self._numbers()
        return [line for line in _ps("axww") if line.split()[0] in marked]

    def files(self) -> list[str]:
        """Return what stands in the folder for temporary files."""
        return sorted(path.name for path in self.temporary.iterdir())

    def gone_after(self, since: float) -> float:
        """Wait until nothing is left and return the seconds that it took since that instant."""
        return eventually(
            lambda: not self.files() and not self._numbers(),
            since,
            what=lambda: [*self.processes(), *self.files()],
        )

    def _numbers(self) -> set[str]:
        marks = (
            self._mark,
            f"{self.temporary}/",
        )  # the latter of one that was given no environment
        return {line.split()[0] for line in _ps("axeww") if any(mark in line for mark in marks)}


def eventually(
    condition: Callable[[], bool], since: float, *, what: Callable[[], object] = lambda: ""
) -> float:
    """Wait until the condition holds and return the seconds that it took since that instant.

    Raises:
        AssertionError: it did not hold at a look that began `LIMIT` seconds after the instant, or later.
    """
    while True:
        looked = time.monotonic()
        if condition():
            return time.monotonic() - since
        assert looked - since < LIMIT, f"{looked - since:.2f} s afterwards: {what()}"


def _ps(selection: str) -> list[str]:
    """Return the lines of `ps`: number and command line, with the environment if selected by ``e``."""
    listing = subprocess.run(
        ["ps", selection, "-o", "pid=,command="], capture_output=True, text=True, check=True
    )
    return listing.stdout.splitlines()
