"""``downtick judge``: what a history of a run says of its bot."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from downtick.commands import options


@click.command("judge")
@click.argument("file", metavar="HISTORY", type=click.Path(path_type=Path))
@options.accept_unwitnessed
@options.played_profile
def command(file: Path, accept_unwitnessed: bool, profile: str | None) -> None:
    """Judge HISTORY, a run in JSON Lines, by what its profile expects.

    Exit code 0 for PASS, 1 for FAIL, 3 for NOT EXERCISED, 4 for ERROR; 2 if there is nothing to judge.
    """
    from downtick.histories import read_played  # noqa: PLC0415 - commands import late
    from downtick.judging import judge_run  # noqa: PLC0415
    from downtick.verdict import Result  # noqa: PLC0415

    played = read_played(file, profile)
    judged = judge_run(file.stem, played, accept_unwitnessed=accept_unwitnessed)
    for line in judged.lines():
        click.echo(line)
    if judged.result is Result.FAIL:
        click.echo(f"again: {judged.again}")
    sys.exit(judged.result.exit_code)
