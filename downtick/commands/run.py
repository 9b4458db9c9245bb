"""``downtick run``: profiles played to any bot, and a verdict on what it did."""

from __future__ import annotations

import contextlib
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from downtick.commands import options

if TYPE_CHECKING:
    import threading
    from collections.abc import Callable, Iterator

    from downtick.arena.host import ArenaHost
    from downtick.report.judged_run import JudgedRun
    from downtick.runs.audience import Audience
    from downtick.runs.plan import Plan
    from downtick.verdict import Result

_BOT: Final = "downtick.bot"


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
@click.argument("profiles", nargs=-1, required=True, metavar="PROFILE... [-- COMMAND [ARGS]...]")
@click.option(
    "--bot",
    metavar="NAME",
    help="A bot by its name in [tool.downtick.bots] of pyproject.toml, instead of COMMAND.",
)
@options.time_scale
@options.seed
@click.option(
    "--repeat", default=1, show_default=True, type=click.IntRange(1, 1000), help="Runs of each."
)
@click.option(
    "--jobs",
    type=click.IntRange(1, 64),
    help="Runs at a time (default: as many as the machine has cores). 1 for a bot whose files allow no second one.",
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
    "--pcap",
    is_flag=True,
    help="Keep a capture of each link there too, and a log of the TLS keys, for Wireshark. They are secret.",
)
@click.option(
    "--metrics",
    metavar="URL",
    help="The bot's page for Prometheus; {metrics_port} is a free port. What it counts goes into the history.",
)
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
    bot: str | None,
    time_scale: float,
    seed: int | None,
    repeat: int,
    jobs: int | None,
    keep: Path,
    accept_unwitnessed: bool,
    pcap: bool,
    metrics: str | None,
    report: Path | None,
) -> None:
    """Play each PROFILE to the bot that COMMAND starts, and say what it did.

    The bot learns from its environment where to connect, its keys and what to trust; {rest_url}, {market_wss_url}
    and their like are filled in where they stand in its arguments.

    Exit code 0 if every run is PASS, 1 for FAIL, 3 for NOT EXERCISED, 4 for ERROR; 2 for bad input.
    """
    from downtick.bots.command import check  # noqa: PLC0415 - commands import late
    from downtick.bots.command_line import CommandLine  # noqa: PLC0415
    from downtick.bots.metrics import checked  # noqa: PLC0415
    from downtick.bots.named import named_bot  # noqa: PLC0415
    from downtick.report.folder import ReportFolder  # noqa: PLC0415
    from downtick.report.verdict import table  # noqa: PLC0415
    from downtick.runs.one import OneRun  # noqa: PLC0415
    from downtick.runs.plan import planned  # noqa: PLC0415
    from downtick.runs.side_by_side import side_by_side  # noqa: PLC0415
    from downtick.verdict import worst  # noqa: PLC0415

    words: tuple[str, ...] = ctx.meta.get(_BOT, ())
    if bool(words) == (bot is not None):
        problem = "two bots" if words else "no bot"
        raise click.UsageError(f"{problem}: write its command after --, or name it by --bot", ctx)
    if bot is not None:
        words = named_bot(bot)
    check(words)
    page = None if metrics is None else checked(metrics)
    plans = planned(profiles, seed, time_scale, repeat)
    for warning in dict.fromkeys(w for plan in plans for w in plan.prepared.warnings):
        click.echo(f"downtick: warning: {warning}", err=True)
    jobs = min(jobs or os.cpu_count() or 1, len(plans))
    pages = ReportFolder(report)
    rows: list[tuple[str, Result]] = []
    with _audience(several=jobs > 1) as told:

        def play(plan: Plan, arena: Callable[[], ArenaHost], stop: threading.Event) -> JudgedRun:
            files = keep / plan.name.replace("/", "-")
            one = OneRun(
                plan,
                files,
                accept_unwitnessed=accept_unwitnessed,
                pcap=pcap,
                stop=stop,
                arena=arena,
            )
            return one.play(CommandLine(words, page), told)

        try:
            for plan, judged in zip(plans, side_by_side(plans, play, jobs), strict=True):
                rows.append((plan.name, judged.result))
                pages.add(judged)
        except KeyboardInterrupt:
            click.echo("downtick: interrupted: the rig is down", err=True)
            sys.exit(130)
    if len(rows) > 1:
        click.echo("")
        for line in table(rows):
            click.echo(line)
    if (index := pages.finish()) is not None:
        click.echo(f"report: {index}")
    sys.exit(worst(result for _, result in rows).exit_code)


@contextlib.contextmanager
def _audience(*, several: bool) -> Iterator[Audience]:
    """Return who shows the runs: a table that changes on a terminal, plain lines elsewhere."""
    from rich.console import Console  # noqa: PLC0415 - commands import late

    from downtick.report.run_board import Board  # noqa: PLC0415
    from downtick.runs.audience import Lines  # noqa: PLC0415

    console = Console(highlight=False)
    if not console.is_terminal:
        yield Lines(click.echo, several=several)
        return
    with Board(console) as board:
        yield board
