"""``downtick judge``: what a history of a run says of its bot."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from downtick.history import Header, History
    from downtick.profiles.model import Profile


@click.command("judge")
@click.argument("file", metavar="HISTORY", type=click.Path(path_type=Path))
@click.option(
    "--accept-unwitnessed",
    is_flag=True,
    help="Take a fault for real that nobody saw on the wire. The verdict says so.",
)
@click.option(
    "--profile",
    metavar="PROFILE",
    help="What was played: a file, where the history names none of the library.",
)
def command(file: Path, accept_unwitnessed: bool, profile: str | None) -> None:
    """Judge HISTORY, a run in JSON Lines, by what its profile expects.

    Exit code 0 for PASS, 1 for FAIL, 3 for NOT EXERCISED, 4 for ERROR; 2 if there is nothing to judge.
    """
    from downtick.judging import judged  # noqa: PLC0415 - commands import late
    from downtick.report.verdict import verdict_lines  # noqa: PLC0415

    header, history = _read(file)
    played = _profile(file, header, profile)
    verdict = judged(history, played, _scale(file, header), accept_unwitnessed=accept_unwitnessed)
    for line in verdict_lines(played.name, verdict, history):
        click.echo(line)
    sys.exit(verdict.result.exit_code)


def _read(file: Path) -> tuple[Header, History]:
    from downtick.errors import InputError  # noqa: PLC0415
    from downtick.history import History  # noqa: PLC0415

    try:
        return History.from_jsonl(file.read_bytes())
    except OSError as error:
        raise InputError(f"{file}: cannot be read: {error.strerror or error}") from error
    except ValueError as error:
        raise InputError(f"{file}: {error}") from error


def _profile(file: Path, header: Header, given: str | None) -> Profile:
    """Return the profile that was played. The history names it; what it expects stands in the library alone."""
    from downtick.errors import InputError  # noqa: PLC0415
    from downtick.profiles.library import find  # noqa: PLC0415
    from downtick.profiles.load import load  # noqa: PLC0415
    from downtick.words import VOCABULARY  # noqa: PLC0415

    name = header.run.get("profile")
    if not isinstance(name, str):
        raise InputError(f"{file}: no profile was played, so nothing is expected of the bot")
    played = load(*find(given or name), VOCABULARY)
    if played.name != name:
        raise InputError(f"{file}: {name!r} was played, not {played.name!r}")
    return played


def _scale(file: Path, header: Header) -> float:
    from downtick.errors import InputError  # noqa: PLC0415

    scale = header.run.get("time_scale")
    if not isinstance(scale, int | float) or scale <= 0:
        raise InputError(f"{file}: its header has no time_scale: allowed is a number above 0")
    return float(scale)
