"""``downtick report``: histories of runs as pages, and as files for other programs."""

from __future__ import annotations

from pathlib import Path

import click

from downtick.commands import options


@click.command(
    "report", epilog="Example: downtick report .downtick/runs/*.jsonl --report build/report"
)
@click.argument(
    "files", nargs=-1, required=True, metavar="HISTORY...", type=click.Path(path_type=Path)
)
@click.option(
    "--report",
    "--out",
    "folder",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path(".downtick", "report"),
    show_default=True,
    metavar="FOLDER",
    help="Where the pages go, and junit.xml and report.json.",
)
@options.accept_unwitnessed
@options.played_profile
@click.option(
    "--perfetto",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Write the one HISTORY as a trace for https://ui.perfetto.dev instead.",
)
def command(
    files: tuple[Path, ...],
    folder: Path,
    accept_unwitnessed: bool,
    profile: str | None,
    perfetto: Path | None,
) -> None:
    """Judge each HISTORY, a run in JSON Lines, and write a report of them.

    A page for each run, index.html, junit.xml and report.json; a table for GITHUB_STEP_SUMMARY where it is set. The exit
    code is 0 whatever the verdicts are: `downtick judge` has them.
    """
    from downtick.errors import InputError  # noqa: PLC0415
    from downtick.histories import read_played  # noqa: PLC0415
    from downtick.judging import judge_run  # noqa: PLC0415
    from downtick.report.folder import (  # noqa: PLC0415 - commands import late
        ReportFolder,
        write_trace,
    )

    names = [file.stem for file in files]
    if twice := sorted({name for name in names if names.count(name) > 1}):
        raise InputError(f"two histories are called {twice[0]}: their pages would be one file")
    if perfetto is not None and len(files) > 1:
        raise InputError("--perfetto: a trace is of one history")
    report = ReportFolder(folder)
    for file in files:
        played = read_played(file, profile)
        run = judge_run(file.stem, played, accept_unwitnessed=accept_unwitnessed)
        if perfetto is not None:
            write_trace(perfetto, run)
            click.echo(f"trace: {perfetto}")
            return
        report.add(run)
    click.echo(f"report: {report.finish()}")
