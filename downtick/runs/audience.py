"""Who is told of runs while they are played. Several may be played at once, each in a thread of its own."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Protocol

from downtick.history import Event
from downtick.report.judged_run import JudgedRun
from downtick.report.timeline import line
from downtick.runs.plan import Plan
from downtick.verdict import Result

Kept = tuple[Path, Path]
"""Where the history of a run is, and its bot's output."""


class Audience(Protocol):
    """Is told of each run, from the thread that plays it."""

    def begins(self, plan: Plan) -> None:
        """A run begins."""

    def hears(self, plan: Plan, news: Sequence[Event]) -> None:
        """So much has happened since the last time; perhaps nothing. Called some ten times a second."""

    def says(self, plan: Plan, words: str) -> None:
        """Something that no event tells."""

    def ends(self, plan: Plan, judged: JudgedRun, kept: Kept) -> None:
        """A run has ended."""


class Nobody:
    """Is not interested."""

    def begins(self, plan: Plan) -> None:
        """Do nothing."""

    def hears(self, plan: Plan, news: Sequence[Event]) -> None:
        """Do nothing."""

    def says(self, plan: Plan, words: str) -> None:
        """Do nothing."""

    def ends(self, plan: Plan, judged: JudgedRun, kept: Kept) -> None:
        """Do nothing."""


class Lines:
    """Prints a line for each act of the conductor, and each verdict.

    Args:
        tell: prints a line.
        several: whether runs are played at once, so that each line must say of which it is.
    """

    def __init__(self, tell: Callable[[str], object], *, several: bool = False) -> None:
        self._tell = tell
        self._several = several
        self._began: dict[str, float] = {}
        self._one_at_a_time = threading.Lock()

    def begins(self, plan: Plan) -> None:
        """Say what is played, and how long it takes."""
        self._began[plan.name] = time.monotonic()
        title = plan.prepared.profile.title
        self._print([f"{plan.name}: {title} ({plan.seconds:g} s from the steady state)"])

    def hears(self, plan: Plan, news: Sequence[Event]) -> None:
        """Print what the conductor did."""
        began = self._began[plan.name]
        told = (line(event, began) for event in news if event.source == "conductor")
        self._print([self._of(plan, said) for said in told if said is not None])

    def says(self, plan: Plan, words: str) -> None:
        """Print it."""
        self._print([self._of(plan, words)])

    def ends(self, plan: Plan, judged: JudgedRun, kept: Kept) -> None:
        """Print the verdict, the command that plays it again after a FAIL, and what was kept."""
        self._print(verdict(judged, kept))

    def _of(self, plan: Plan, words: str) -> str:
        return f"{plan.name}: {words}" if self._several else words

    def _print(self, lines: Sequence[str]) -> None:
        with self._one_at_a_time:
            for told in lines:
                self._tell(told)


def verdict(judged: JudgedRun, kept: Kept) -> list[str]:
    """Return what is said of a run that has ended."""
    again = [f"again: {judged.again}"] if judged.result is Result.FAIL else []
    history, log = kept
    return [*judged.lines(), *again, f"history: {history}   the bot's output: {log}"]
