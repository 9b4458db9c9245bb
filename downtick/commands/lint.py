"""``downtick lint``: profiles checked against what the toxics really do."""

from __future__ import annotations

import sys

import click


@click.command("lint")
@click.argument("files", nargs=-1, metavar="[FILE|NAME]...")
@click.option("--explain", metavar="CODE", help="Say what a finding such as DT003 means.")
@click.option("--time-scale", type=float, default=1.0, show_default=True, help="Of the run.")
def command(files: tuple[str, ...], explain: str | None, time_scale: float) -> None:
    """Check profiles: files, or names of the library; none means the whole library.

    Every problem and finding is told as `file:line`. Exit code 2 if there is an error; warnings only show.
    """
    from downtick.profiles.examine import examine  # noqa: PLC0415
    from downtick.profiles.library import library_names  # noqa: PLC0415 - commands import late
    from downtick.profiles.lint import explain as explanation  # noqa: PLC0415
    from downtick.words import VOCABULARY  # noqa: PLC0415

    if explain is not None:
        click.echo(explanation(explain))
        return
    names = files or library_names()
    result = examine(names, VOCABULARY, time_scale)
    for line in result.lines:
        click.echo(line)
    counts = {"error": result.errors, "warning": result.warnings}
    told = ", ".join(_counted(count, noun) for noun, count in counts.items())
    click.echo(f"{_counted(len(names), 'profile')}: {told}", err=True)
    if result.errors:
        sys.exit(2)


def _counted(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"
