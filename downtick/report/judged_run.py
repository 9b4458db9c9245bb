"""A run that was judged, as the renderers of a report read it."""

from __future__ import annotations

from dataclasses import dataclass

from downtick.checks.run import Run
from downtick.history import Header, History
from downtick.report.again import again
from downtick.verdict import Verdict


@dataclass(frozen=True)
class JudgedRun:
    """One run, its verdict, and what both rest on.

    Attributes:
        name: of its files, without a suffix; no other run of the report has it.
        title: of the profile: what happens, in one line.
        header: of the history.
        history: without secrets.
        run: the same history, as the checks read it.
        verdict: on the run.
    """

    name: str
    title: str
    header: Header
    history: History
    run: Run
    verdict: Verdict

    @property
    def profile(self) -> str:
        """The name of the profile that was played."""
        return str(self.header.run.get("profile"))

    @property
    def start(self) -> float:
        """When the first event was, in monotonic seconds: instants of a report are counted from it."""
        return self.history[0].at if len(self.history) else 0.0

    @property
    def end(self) -> float:
        """When the last event was, in monotonic seconds."""
        return max(self.run.last, self.start)

    @property
    def again(self) -> str:
        """The command that plays it again with the same seed."""
        return again(self.header, accept_unwitnessed=bool(self.verdict.accepted))
