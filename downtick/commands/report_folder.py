"""The files of a report, written."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

from downtick.checks.index import index
from downtick.commands.histories import Played
from downtick.errors import InputError
from downtick.judging import judged
from downtick.report.document import RunReport, document, run_report
from downtick.report.fates import fates
from downtick.report.index_page import index_page
from downtick.report.judged_run import JudgedRun
from downtick.report.junit import junit
from downtick.report.page import run_page
from downtick.report.perfetto import perfetto
from downtick.report.summary import summary
from downtick.verdict import Result, Verdict

SUMMARY: Final = "GITHUB_STEP_SUMMARY"
"""The variable in which GitHub names a file; what is written there stands on the page of the job."""


def judged_run(
    name: str, played: Played, *, accept_unwitnessed: bool = False, trouble: str | None = None
) -> JudgedRun:
    """Return a run with its verdict.

    Args:
        name: of its files.
        played: as `read_played` returns it.
        accept_unwitnessed: whether a fault that nobody saw counts as one that bit.
        trouble: what failed of the rig, so that nothing can be said of the bot.
    """
    history, profile, scale = played.history, played.profile, played.time_scale
    if trouble is None:
        run, verdict = judged(history, profile, scale, accept_unwitnessed=accept_unwitnessed)
    else:
        run = index(history, scale, settle=profile.run.settle * scale)
        verdict = Verdict(Result.ERROR, (trouble,), (), ())
    return JudgedRun(name, profile.title, played.header, history, run, verdict)


def write_trace(file: Path, judged: JudgedRun) -> None:
    """Write a run as a trace for Perfetto.

    Raises:
        InputError: it cannot be written there.
    """
    trace = perfetto(judged, fates(judged.run, judged.verdict))
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(trace)
    except OSError as error:
        raise InputError(f"{file}: {error.strerror}") from error


class ReportFolder:
    """Where a report goes. A page is written as soon as its run is there, so that no history need be held.

    Args:
        folder: of the files; None for none, if only the summary of a GitHub job is wanted.
    """

    def __init__(self, folder: Path | None) -> None:
        self._folder = folder
        self._runs: list[RunReport] = []

    def add(self, judged: JudgedRun) -> None:
        """Write the page of a run.

        Raises:
            InputError: it cannot be written there.
        """
        run = run_report(judged)
        self._runs.append(run)
        if self._folder is not None:
            self._write(run.page, run_page(judged))

    def finish(self) -> Path | None:
        """Write what tells of all runs, append to the summary, and return the page to begin with.

        Raises:
            InputError: it cannot be written.
        """
        runs = self._runs
        self._append_summary()
        if self._folder is None:
            return None
        self._write("index.html", index_page(runs))
        self._write("junit.xml", junit(runs))
        self._write("report.json", document(runs))
        return self._folder / ("index.html" if len(runs) != 1 else runs[0].page)

    def _write(self, name: str, text: bytes) -> None:
        assert self._folder is not None
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            (self._folder / name).write_bytes(text)
        except OSError as error:
            raise InputError(f"{self._folder}: {error.strerror}") from error

    def _append_summary(self) -> None:
        if not (file := os.environ.get(SUMMARY)):
            return
        try:
            with Path(file).open("a", encoding="utf-8") as page:
                page.writelines(f"{line}\n" for line in summary(self._runs))
        except OSError as error:
            raise InputError(f"{SUMMARY}: {file}: {error.strerror}") from error
