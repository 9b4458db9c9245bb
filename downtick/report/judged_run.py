"""A run that was judged, as the renderers of a report read it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from downtick.checks.run import Run
from downtick.history import Header, History
from downtick.report.again import again
from downtick.report.verdict import verdict_lines
from downtick.verdict import Result, Verdict


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
        failure: what a bot of this process died of.
    """

    name: str
    title: str
    header: Header
    history: History
    run: Run
    verdict: Verdict
    failure: BaseException | None = None

    @property
    def result(self) -> Result:
        """What it comes to."""
        return self.verdict.result

    def lines(self) -> Iterator[str]:
        """Yield the verdict, its reasons and its evidence, worst first."""
        return verdict_lines(self.profile, self.verdict, self.history)

    def assert_pass(self) -> None:
        """Fail a test, with the evidence, unless the run is a PASS.

        Raises:
            AssertionError: it is none.
        """
        if self.result is not Result.PASS:
            raise AssertionError("\n".join(self.lines())) from self.failure

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
