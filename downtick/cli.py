"""The command line. Each command stands in a module of its own, imported when it is called."""

from __future__ import annotations

import importlib
import sys

import click

import downtick
from downtick.errors import DowntickError

COMMANDS = {
    "doctor": "Tell what this machine has, what it can witness, and what is missing.",
    "exchange": "Run the stub exchange alone, in the foreground.",
    "incident": "Play an outage that happened, by its own clock, against a bot.",
    "inject": "Act on a rig that `downtick up` holds, from another terminal.",
    "install": "Get the pinned Toxiproxy server.",
    "judge": "Say what the history of a run tells of its bot, by what its profile expects.",
    "lint": "Check fault profiles against what the toxics really do.",
    "profiles": "List the fault profiles of the library.",
    "report": "Write pages of what histories tell, and files for other programs.",
    "run": "Play profiles to any bot, and say what it did.",
    "schema": "Print the JSON Schema of a profile.",
    "show": "Draw a profile's timeline.",
    "up": "Hold a rig in the foreground: endpoints, live events; Ctrl-C takes it down.",
}


class _Lazy(click.Group):
    """A group whose commands are imported when they are needed."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = importlib.import_module(f"downtick.commands.{cmd_name}").command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(sorted(COMMANDS.items()))


@click.group(cls=_Lazy, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(downtick.__version__, prog_name="downtick")
def group() -> None:
    """Chaos engineering for trading bots: Toxiproxy between a bot and an exchange that keeps the truth."""


def main() -> None:
    """Run the command line: bad input is one message and exit code 2, never a traceback."""
    try:
        group.main(standalone_mode=True)
    except DowntickError as error:
        click.echo(f"downtick: {error}", err=True)
        sys.exit(error.exit_code)
