"""``downtick incident``: an outage that happened, played again in the foreground by its own clock."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from downtick.commands import options

if TYPE_CHECKING:
    from downtick.bots.command_line import Process
    from downtick.report.incident import IncidentStory
    from downtick.rig import Rig

TICK = 0.1
"""Real seconds between two looks at clock and history."""


@click.command("incident")
@click.argument("name")
@click.argument("bot", nargs=-1, type=click.UNPROCESSED, metavar="[-- COMMAND [ARGS]...]")
@options.time_scale
@options.seed
@click.option(
    "--log",
    type=click.Path(dir_okay=False, path_type=Path),
    default=Path(".downtick", "incident-bot.log"),
    show_default=True,
    help="Where the output of COMMAND goes.",
)
def command(
    name: str, bot: tuple[str, ...], time_scale: float, seed: int | None, log: Path
) -> None:
    """Play the incident NAME against COMMAND, or against the bot that you point there; Ctrl-C ends."""
    from downtick.arena.host import close_shared_arenas  # noqa: PLC0415 - commands import late
    from downtick.bots import command as bots  # noqa: PLC0415
    from downtick.errors import InputError  # noqa: PLC0415
    from downtick.profiles.library import find_incident  # noqa: PLC0415
    from downtick.profiles.load import load  # noqa: PLC0415
    from downtick.report.incident import IncidentStory  # noqa: PLC0415
    from downtick.rig import Rig  # noqa: PLC0415
    from downtick.words import VOCABULARY  # noqa: PLC0415

    text, file = find_incident(name)
    profile = load(text, file, VOCABULARY)
    if profile.incident is None:
        raise InputError(f"{file}: it has no `incident`; `downtick up --profile` plays it")
    if bot:
        bots.check(bot)
    story = IncidentStory(profile, VOCABULARY, time_scale)
    rig = Rig.playing(file, time_scale=time_scale, seed=seed)
    try:
        with rig, _bot(rig, bot, log) as running:
            _play(rig, story, running)
    except KeyboardInterrupt:
        click.echo("downtick: interrupted: the rig is down", err=True)
    finally:
        close_shared_arenas()


@contextlib.contextmanager
def _bot(rig: Rig, command: tuple[str, ...], log: Path) -> Iterator[Process | None]:
    """Start the bot, or tell how one connects."""
    from downtick.bots.command_line import CommandLine  # noqa: PLC0415 - commands import late
    from downtick.exchange.auth.variables import exports  # noqa: PLC0415

    if not command:
        assert rig.schedule is not None
        click.echo(f"# Point a bot here within {rig.schedule.warm_up:g} s: the clock waits for it.")
        for export in exports(rig.endpoints.environment()):
            click.echo(export)
        yield None
        return
    with CommandLine(command).running(rig, log) as bot:
        click.echo(f"# The bot's output: {log}")
        try:
            yield bot
        finally:
            for words in bot.stop().words:
                click.echo(words)


def _play(rig: Rig, story: IncidentStory, bot: Process | None) -> None:
    """Show what happens until the incident is over, and the quiet time after it too."""
    from rich.console import Console  # noqa: PLC0415 - commands import late

    from downtick.report.incident_screen import Lines, Screen  # noqa: PLC0415

    assert rig.schedule is not None
    console = Console(highlight=False)
    heard = 0
    ends: float | None = None
    with Screen(story, console) if console.is_terminal else Lines(story, console) as shown:
        while ends is None or time.monotonic() < ends:
            if bot is not None:
                rig.history.extend(bot.news())
            while heard < len(rig.history):
                shown.tell(story.hear(rig.history[heard]))
                heard += 1
            if rig.failure is not None:
                raise rig.failure
            if story.over and ends is None:
                ends = time.monotonic() + rig.schedule.settle
            if bot is not None and bot.exit_code is not None:
                shown.tell([f"the bot ended by itself, with exit code {bot.exit_code}"])
                bot = None
            shown.tick(time.monotonic())
            time.sleep(TICK)
