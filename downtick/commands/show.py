"""``downtick show``: a profile's timeline in the terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from collections.abc import Iterator

    from downtick.profiles.model import Incident


@click.command("show")
@click.argument("name")
def command(name: str) -> None:
    """Draw the timeline of NAME, a profile of the library or a file, in nominal time."""
    from rich.console import Console  # noqa: PLC0415 - commands import late
    from rich.table import Table  # noqa: PLC0415
    from rich.text import Text  # noqa: PLC0415

    from downtick.profiles.drawing import ASCII, UNICODE, check_words, draw  # noqa: PLC0415
    from downtick.profiles.library import find  # noqa: PLC0415
    from downtick.profiles.load import load  # noqa: PLC0415
    from downtick.profiles.timing import run_length  # noqa: PLC0415
    from downtick.words import VOCABULARY  # noqa: PLC0415

    profile = load(*find(name), VOCABULARY)
    console = Console(highlight=False)
    glyphs = UNICODE if console.encoding.startswith("utf") else ASCII
    label = max(len(link) for link in (*VOCABULARY.links, "exchange"))
    table = Table.grid(padding=(0, 2, 0, 0))
    table.add_column(style="bold", no_wrap=True)
    table.add_column()
    lane = ""
    for row in draw(profile, VOCABULARY, min(console.width - label - 4, 72), glyphs):
        if row.words:
            # The words stand above their bar, so that a narrow terminal breaks neither.
            table.add_row("" if row.lane == lane else row.lane, Text(row.words))
            lane = row.lane
        table.add_row(" " * label, Text(row.bar, style="red" if row.words else "dim"))
    for check in profile.expect:
        table.add_row("expect", Text(check_words(check)))

    console.print(Text(f"{profile.name}: {profile.title}", style="bold"))
    if profile.description:
        console.print(Text(profile.description.strip(), style="dim"))
    console.print(
        f"\nsteady state within {profile.run.warm_up:g} s, faults for"
        f" {run_length(profile, VOCABULARY):g} s, then {profile.run.settle:g} s to settle\n"
    )
    console.print(table)
    if profile.incident is not None:
        for line in _told(profile.incident):
            console.print(Text(line))


def _told(incident: Incident) -> Iterator[str]:
    """Yield what an incident says of itself, a line each."""
    yield f"\nan incident, played {incident.compression:g} times as fast as it was"
    for phase in incident.phases:
        at = f"{phase.at:%Y-%m-%d %H:%M}Z ({incident.nominal(phase.at):g} s)"
        yield f"  {at:28} {phase.evidence}  {phase.what}"
    yield from (f"  source: {source}" for source in incident.sources)
