"""``downtick show``: a profile's timeline in the terminal."""

from __future__ import annotations

import click


@click.command("show")
@click.argument("name")
def command(name: str) -> None:
    """Draw the timeline of NAME, a profile of the library or a file, in nominal time."""
    from rich.console import Console  # noqa: PLC0415 - commands import late
    from rich.text import Text  # noqa: PLC0415

    from downtick.profiles.drawing import ASCII, UNICODE, draw  # noqa: PLC0415
    from downtick.profiles.library import find  # noqa: PLC0415
    from downtick.profiles.load import load  # noqa: PLC0415
    from downtick.profiles.timing import run_length  # noqa: PLC0415
    from downtick.words import VOCABULARY  # noqa: PLC0415

    profile = load(*find(name), VOCABULARY)
    console = Console(highlight=False)
    console.print(Text(f"{profile.name}: {profile.title}", style="bold"))
    if profile.description:
        console.print(Text(profile.description.strip(), style="dim"))
    console.print(
        f"\nsteady state within {profile.run.warm_up:g} s, faults for {run_length(profile, VOCABULARY):g} s,"
        f" then {profile.run.settle:g} s to settle\n"
    )
    glyphs = UNICODE if console.encoding.startswith("utf") else ASCII
    label = max(len(link) for link in (*VOCABULARY.links, "exchange")) + 2
    rows = draw(profile, VOCABULARY, min(console.width - label, 72), glyphs)
    lane = ""
    for row in rows:
        if row.words:
            # The words stand above their bar, so that a narrow terminal breaks neither.
            head = row.lane.ljust(label) if row.lane != lane else " " * label
            console.print(Text(head, style="bold") + Text(row.words))
            lane = row.lane
        style = "red" if row.words else "dim"
        console.print(Text(" " * label) + Text(row.bar, style=style), no_wrap=True)
    for check in profile.expect:
        given = [f"{key} {value}" for key, value in check.parameters.items() if value is not None]
        console.print(
            Text("expect".ljust(label), style="bold") + Text(" ".join((check.name, *given)))
        )
