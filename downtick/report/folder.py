"""The files of a report, written."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from downtick.errors import InputError
from downtick.report.document import RunReport, document, run_report
from downtick.report.fates import fates
from downtick.report.index_page import index_page
from downtick.report.judged_run import JudgedRun
from downtick.report.junit import junit
from downtick.report.page import run_page
from downtick.report.perfetto import perfetto
from downtick.report.summary import summary

SUMMARY: Final = "GITHUB_STEP_SUMMARY"
"""The variable in which GitHub names a file; what is written there stands on the page of the job."""


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
        runs: whose pages are written already.
    """

    def __init__(self, folder: Path | None, runs: Sequence[RunReport] = ()) -> None:
        self._folder = folder
        self._runs = [*runs]

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
