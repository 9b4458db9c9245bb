"""``downtick run``: profiles played to any bot, and a verdict on what it did."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from downtick.commands import options

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from downtick.prepare import Prepared
    from downtick.rig import Rig
    from downtick.verdict import Result

_BOT: Final = "downtick.bot"
_LOOK: Final = 0.1
"""Real seconds between two looks at what happened."""


class _BeforeItsBot(click.Command):
    """A command that ends where ``--`` stands: what follows is the bot's own."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Keep the bot's words from the parser."""
        words = [*args]
        if "--" in words:
            place = words.index("--")
            ctx.meta[_BOT] = tuple(words[place + 1 :])
            words = words[:place]
        return super().parse_args(ctx, words)


@click.command(
    "run",
    cls=_BeforeItsBot,
    epilog="Example: downtick run streaming/market-feed-reset outage/full-503 -- node mybot.js",
)
@click.argument("profiles", nargs=-1, required=True, metavar="PROFILE... -- COMMAND [ARGS]...")
@options.time_scale
@options.seed
@click.option(
    "--repeat", default=1, show_default=True, type=click.IntRange(1, 1000), help="Runs of each."
)
@click.option(
    "--keep",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path(".downtick", "runs"),
    show_default=True,
    metavar="FOLDER",
    help="Where each run's history and its bot's output go.",
)
@click.option(
    "--accept-unwitnessed",
    is_flag=True,
    help="Take a fault for real that nobody saw on the wire. The verdict says so.",
)
@click.pass_context
def command(
    ctx: click.Context,
    profiles: tuple[str, ...],
    time_scale: float,
    seed: int | None,
    repeat: int,
    keep: Path,
    accept_unwitnessed: bool,
) -> None:
    """Play each PROFILE to the bot that COMMAND starts, and say what it did.

    The bot learns from its environment where to connect, its keys and what to trust; {rest_url}, {market_wss_url}
    and their like are filled in where they stand in its arguments.

    Exit code 0 if every run is PASS, 1 for FAIL, 3 for NOT EXERCISED, 4 for ERROR; 2 for bad input.
    """
    from downtick.arena.host import close_shared_arenas  # noqa: PLC0415 - commands import late
    from downtick.bots.command import check  # noqa: PLC0415
    from downtick.report.verdict import table  # noqa: PLC0415
    from downtick.verdict import WORST_FIRST  # noqa: PLC0415

    bot: tuple[str, ...] = ctx.meta.get(_BOT, ())
    if not bot:
        raise click.UsageError("no bot: write its command after --", ctx)
    check(bot)
    plans = _planned(profiles, seed, time_scale, repeat)
    rows: list[tuple[str, Result]] = []
    try:
        for name, prepared in plans:
            for warning in prepared.warnings:
                click.echo(f"downtick: warning: {warning}", err=True)
            one = _OneRun(prepared, keep / name.replace("/", "-"), accept_unwitnessed)
            rows.append((name, one.play(bot)))
    except KeyboardInterrupt:
        click.echo("downtick: interrupted: the rig is down", err=True)
        sys.exit(130)
    finally:
        close_shared_arenas()
    if len(rows) > 1:
        click.echo("")
        for line in table(rows):
            click.echo(line)
    sys.exit(min((result for _, result in rows), key=WORST_FIRST.index).exit_code)


Plan = tuple[str, "Prepared"]
"""A run's name, and what is played in it."""


def _planned(
    profiles: Sequence[str], seed: int | None, time_scale: float, repeat: int
) -> list[Plan]:
    """Return what is to be played. Every profile is read before anything starts, and every problem is told."""
    from downtick.errors import ProfileError  # noqa: PLC0415 - commands import late
    from downtick.prepare import prepare  # noqa: PLC0415

    plans: list[Plan] = []
    problems: list[str] = []
    for name in profiles:
        try:
            prepared = prepare(name, seed, time_scale)
        except ProfileError as error:
            problems += error.problems
            continue
        for number in range(1, repeat + 1):
            again = f"-{number}" if repeat > 1 else ""
            plans.append((name.removesuffix(".yaml") + again, prepared))
    if problems:
        raise ProfileError(tuple(problems))
    return plans


class _OneRun:
    """One profile played to one bot."""

    def __init__(self, prepared: Prepared, files: Path, accept_unwitnessed: bool) -> None:
        self._profile = prepared.profile
        self._schedule = prepared.schedule
        self._history = files.with_name(files.name + ".jsonl")
        self._log = files.with_name(files.name + ".log")
        self._accept = accept_unwitnessed

    def play(self, bot: Sequence[str]) -> Result:
        """Play it, print the verdict, and return its result."""
        from downtick.errors import RigError  # noqa: PLC0415 - commands import late
        from downtick.judging import judged  # noqa: PLC0415
        from downtick.report.verdict import verdict_lines  # noqa: PLC0415
        from downtick.rig import Rig  # noqa: PLC0415
        from downtick.verdict import Result  # noqa: PLC0415

        rig = Rig(schedule=self._schedule, witness=True)
        seconds = self._schedule.length + self._schedule.settle
        click.echo(
            f"{self._profile.name}: {self._profile.title} ({seconds:g} s from the steady state)"
        )
        trouble: RigError | None = None
        try:
            with rig:
                for line in self._watched(rig, bot):
                    click.echo(line)
        except RigError as error:
            trouble = error
        self._keep(rig)
        if trouble is not None:
            click.echo(f"{Result.ERROR.value}  {self._profile.name}\n  {trouble}")
            result = Result.ERROR
        else:
            scale = self._schedule.time_scale
            verdict = judged(rig.history, self._profile, scale, accept_unwitnessed=self._accept)
            for line in verdict_lines(self._profile.name, verdict, rig.history):
                click.echo(line)
            result = verdict.result
        click.echo(f"history: {self._history}   the bot's output: {self._log}")
        return result

    def _watched(self, rig: Rig, bot: Sequence[str]) -> Iterator[str]:
        """Run the bot while the profile is played and for its settling time; yield what happens."""
        from downtick.bots.command import running  # noqa: PLC0415 - commands import late
        from downtick.report.timeline import line  # noqa: PLC0415

        told = rig.endpoints.environment()
        told["DOWNTICK_TIME_SCALE"] = f"{rig.time_scale:g}"
        start, heard, ends = time.monotonic(), 0, float("inf")
        with running(bot, rig.popen, told, self._log) as process:
            alive = True
            while time.monotonic() < ends:
                news = rig.history.since(heard)
                heard += len(news)
                for event in news:
                    if event.source == "conductor" and (said := line(event, start)):
                        yield said
                    if event.kind == "run_ended":
                        ends = time.monotonic() + self._schedule.settle
                if rig.failure is not None:
                    raise rig.failure
                if alive and process.exit_code is not None:
                    alive = False
                    yield f"the bot ended by itself, with exit code {process.exit_code}"
                time.sleep(_LOOK)
            yield process.stop()

    def _keep(self, rig: Rig) -> None:
        """Write the history down, without secrets."""
        from downtick.errors import InputError  # noqa: PLC0415 - commands import late
        from downtick.secret_values import Scrubber, secret_values  # noqa: PLC0415

        scrubber = Scrubber(secret_values({**os.environ, **rig.endpoints.environment()}))
        try:
            self._history.parent.mkdir(parents=True, exist_ok=True)
            with self._history.open("wb") as file:
                file.writelines(scrubber.clean(line) for line in rig.history_lines())
        except OSError as error:
            raise InputError(f"{self._history}: {error.strerror}") from error
