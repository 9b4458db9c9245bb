"""``downtick judge``: what a history of a run says of its bot."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from downtick.history import Header, History
    from downtick.profiles.model import Profile
    from downtick.verdict import Verdict

_MOST_EVENTS = 5


@click.command("judge")
@click.argument("file", metavar="HISTORY", type=click.Path(path_type=Path))
@click.option(
    "--accept-unwitnessed",
    is_flag=True,
    help="Take a fault for real that nobody saw on the wire. The verdict says so.",
)
def command(file: Path, accept_unwitnessed: bool) -> None:
    """Judge HISTORY, a run in JSON Lines, by what its profile expects.

    Exit code 0 for PASS, 1 for FAIL, 3 for NOT EXERCISED, 4 for ERROR; 2 if there is nothing to judge.
    """
    from downtick.checks.index import index  # noqa: PLC0415 - commands import late
    from downtick.checks.proofs import proofs  # noqa: PLC0415
    from downtick.checks.registry import judge  # noqa: PLC0415
    from downtick.verdict import decide  # noqa: PLC0415

    header, history = _read(file)
    profile = _profile(file, header)
    scale = _scale(file, header)
    run = index(history, scale, settle=profile.run.settle * scale)
    verdict = decide(
        run,
        [judge(run, check.name, check.parameters) for check in profile.expect],
        proofs(run, len(profile.steps)),
        accept_unwitnessed=accept_unwitnessed,
    )
    _show(profile.name, verdict, history)
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


def _profile(file: Path, header: Header) -> Profile:
    """Return the profile that was played. The history names it; what it expects stands in the library alone."""
    from downtick.errors import InputError  # noqa: PLC0415
    from downtick.profiles.library import find  # noqa: PLC0415
    from downtick.profiles.load import load  # noqa: PLC0415
    from downtick.words import VOCABULARY  # noqa: PLC0415

    name = header.run.get("profile")
    if not isinstance(name, str):
        raise InputError(f"{file}: no profile was played, so nothing is expected of the bot")
    return load(*find(name), VOCABULARY)


def _scale(file: Path, header: Header) -> float:
    from downtick.errors import InputError  # noqa: PLC0415

    scale = header.run.get("time_scale")
    if not isinstance(scale, int | float) or scale <= 0:
        raise InputError(f"{file}: its header has no time_scale: allowed is a number above 0")
    return float(scale)


def _show(name: str, verdict: Verdict, history: History) -> None:
    """Print the verdict, worst first."""
    from downtick.checks.finding import Outcome  # noqa: PLC0415
    from downtick.report.timeline import line  # noqa: PLC0415

    taken = f"  ({len(verdict.accepted)} faults accepted unwitnessed)" if verdict.accepted else ""
    click.echo(f"{verdict.result.value}  {name}{taken}")
    for reason in verdict.reasons:
        click.echo(f"  {reason}")
    start = history[0].at if len(history) else 0.0
    for finding in verdict.findings:
        weaker = f" ({finding.weaker})" if finding.weaker else ""
        click.echo(f"\n{finding.outcome.value:14} {finding.check}{weaker}: {finding.sentence}")
        if finding.outcome is not Outcome.VIOLATED:
            continue
        for number in finding.evidence[:_MOST_EVENTS]:
            if (told := line(history[number], start)) is not None:
                click.echo(f"  event {number:<7} {told.strip()}")
    click.echo("")
    for proof in verdict.proofs:
        accepted = ", accepted unwitnessed" if proof in verdict.accepted else ""
        click.echo(
            f"{proof.bite.value:14} {proof.fault} on {proof.place}: {proof.sentence}{accepted}"
        )
