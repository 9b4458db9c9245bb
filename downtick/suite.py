"""The verdicts of a test suite: told by each test, perhaps in a process of its own, and summed up at the end."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import msgspec

from downtick.report.document import RunReport, run_report
from downtick.report.folder import ReportFolder
from downtick.report.judged_run import JudgedRun
from downtick.report.verdict import table


def told(judged: JudgedRun, folder: str | None) -> Any:
    """Return what is told of a run, as JSON values, and write its page.

    Args:
        judged: the run.
        folder: for the page; None for none.
    """
    if folder is not None:
        ReportFolder(Path(folder)).add(judged)
    return msgspec.to_builtins(run_report(judged))


def summary(runs: Sequence[Any], folder: str | None) -> Iterator[str]:
    """Yield a line for each run, worst first; write what tells of all, and say where.

    Args:
        runs: as `told` returned them.
        folder: for the report; None for none.
    """
    reports = sorted(msgspec.convert(runs, list[RunReport]), key=lambda run: run.name)
    for line in table([(f"{run.profile}  {run.name}", run.result) for run in reports]):
        yield f"downtick: {line}"
    if (
        page := ReportFolder(None if folder is None else Path(folder), reports).finish()
    ) is not None:
        yield f"downtick: report: {page}"
