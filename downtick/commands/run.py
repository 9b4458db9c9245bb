"""``downtick run``: profiles played to any bot, and a verdict on what it did."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

import click

from downtick.commands import options

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from downtick.bots.command import BotCommand
    from downtick.bots.events import BotEvents
    from downtick.prepare import Prepared
    from downtick.report.judged_run import JudgedRun
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
@options.accept_unwitnessed
@click.option(
    "--report",
    type=click.Path(file_okay=False, path_type=Path),
    metavar="FOLDER",
    help="Write a report there: a page for each run, index.html, junit.xml, report.json.",
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
    report: Path | None,
) -> None:
    """Play each PROFILE to the bot that COMMAND starts, and say what it did.

    The bot learns from its environment where to connect, its keys and what to trust; {rest_url}, {market_wss_url}
    and their like are filled in where they stand in its arguments.

    Exit code 0 if every run is PASS, 1 for FAIL, 3 for NOT EXERCISED, 4 for ERROR; 2 for bad input.
    """
    from downtick.arena.host import close_shared_arenas  # noqa: PLC0415 - commands import late
    from downtick.bots.command import check  # noqa: PLC0415
    from downtick.commands.report_folder import ReportFolder  # noqa: PLC0415
    from downtick.report.verdict import table  # noqa: PLC0415
    from downtick.verdict import worst  # noqa: PLC0415

    bot: tuple[str, ...] = ctx.meta.get(_BOT, ())
    if not bot:
        raise click.UsageError("no bot: write its command after --", ctx)
    check(bot)
    plans = planned(profiles, seed, time_scale, repeat)
    rows: list[tuple[str, Result]] = []
    pages = ReportFolder(report)
    try:
        for plan in plans:
            for warning in plan.prepared.warnings:
                click.echo(f"downtick: warning: {warning}", err=True)
            one = OneRun(plan, keep / plan.name.replace("/", "-"), accept_unwitnessed)
            judged = one.play(bot)
            rows.append((plan.name, judged.verdict.result))
            pages.add(judged)
    except KeyboardInterrupt:
        click.echo("downtick: interrupted: the rig is down", err=True)
        sys.exit(130)
    finally:
        close_shared_arenas()
    if len(rows) > 1:
        click.echo("")
        for line in table(rows):
            click.echo(line)
    if (page := pages.finish()) is not None:
        click.echo(f"report: {page}")
    sys.exit(worst(result for _, result in rows).exit_code)


class Plan(NamedTuple):
    """A run's name, what its profile was asked for by, and what is played in it."""

    name: str
    asked_for: str
    prepared: Prepared


def planned(
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
            plans.append(Plan(name.removesuffix(".yaml") + again, name, prepared))
    if problems:
        raise ProfileError(tuple(problems))
    return plans


class OneRun:
    """One profile played to one bot."""

    def __init__(self, plan: Plan, files: Path, accept_unwitnessed: bool) -> None:
        self._told = {"asked_for": plan.asked_for, "profile_text": plan.prepared.text}
        self._profile = plan.prepared.profile
        self._schedule = plan.prepared.schedule
        self._history = files.with_name(files.name + ".jsonl")
        self._log = files.with_name(files.name + ".log")
        self._accept = accept_unwitnessed

    def play(self, bot: Sequence[str]) -> JudgedRun:
        """Play it, print the verdict, and return the run: as it is kept, without secrets."""
        from downtick.commands.histories import Played, read_history  # noqa: PLC0415 - late
        from downtick.commands.report_folder import judged_run  # noqa: PLC0415
        from downtick.errors import RigError  # noqa: PLC0415
        from downtick.report.verdict import verdict_lines  # noqa: PLC0415
        from downtick.rig import Rig  # noqa: PLC0415
        from downtick.verdict import Result  # noqa: PLC0415

        rig = Rig(schedule=self._schedule, witness=True)
        seconds = self._schedule.length + self._schedule.settle
        click.echo(
            f"{self._profile.name}: {self._profile.title} ({seconds:g} s from the steady state)"
        )
        trouble: str | None = None
        try:
            with rig:
                for line in self._watched(rig, bot):
                    click.echo(line)
        except RigError as error:
            if not rig.came_up:
                raise
            trouble = str(error)
        self._keep(rig, bot)
        header, history = read_history(self._history)
        judged = judged_run(
            self._history.stem,
            Played(header, history, self._profile, self._schedule.time_scale),
            accept_unwitnessed=self._accept,
            trouble=trouble,
        )
        for line in verdict_lines(self._profile.name, judged.verdict, judged.history):
            click.echo(line)
        if judged.verdict.result is Result.FAIL:
            click.echo(f"again: {judged.again}")
        click.echo(f"history: {self._history}   the bot's output: {self._log}")
        return judged

    def _watched(self, rig: Rig, bot: Sequence[str]) -> Iterator[str]:
        """Run the bot while the profile is played and for its settling time; yield what happens."""
        from downtick.bots.command import running  # noqa: PLC0415 - commands import late
        from downtick.bots.events import following  # noqa: PLC0415
        from downtick.report.timeline import line  # noqa: PLC0415

        told = rig.endpoints.environment()
        told["DOWNTICK_TIME_SCALE"] = f"{rig.time_scale:g}"
        start, heard, ends = time.monotonic(), 0, float("inf")
        folder = Path(rig.endpoints.ca_file).parent  # the run's own: it goes with the run
        with (
            following(folder, told) as events,
            running(bot, rig.popen, events.environment, self._log) as process,
        ):
            over = False
            while time.monotonic() < ends:
                rig.history.extend(events.news())
                news = rig.history.since(heard)
                heard += len(news)
                for event in news:
                    if event.source == "conductor" and (said := line(event, start)):
                        yield said
                    if event.kind == "run_ended":
                        ends = time.monotonic() + self._schedule.settle
                if rig.failure is not None:
                    raise rig.failure
                if not over and process.exit_code is not None:
                    over = True
                    yield _ended(rig, process, events)
                time.sleep(_LOOK)
            if not over:
                yield _ended(rig, process, events)
            if left_out := str(events):
                yield left_out

    def _keep(self, rig: Rig, bot: Sequence[str]) -> None:
        """Write the history down, without secrets."""
        from downtick.errors import InputError  # noqa: PLC0415 - commands import late
        from downtick.secret_values import Scrubber, secret_values  # noqa: PLC0415

        scrubber = Scrubber(secret_values({**os.environ, **rig.endpoints.environment()}))
        try:
            self._history.parent.mkdir(parents=True, exist_ok=True)
            with self._history.open("wb") as file:
                lines = rig.history_lines(**self._told, bot=list(bot))
                file.writelines(scrubber.clean(line) for line in lines)
        except OSError as error:
            raise InputError(f"{self._history}: {error.strerror}") from error


def _ended(rig: Rig, process: BotCommand, events: BotEvents) -> str:
    """End the bot, if it has not ended by itself; tell the history, and say it in words."""
    ended = process.stop()
    rig.history.extend([*events.rest(), *ended.events()])
    return str(ended)
