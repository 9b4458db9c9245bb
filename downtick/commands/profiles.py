"""``downtick profiles``: what the library holds."""

from __future__ import annotations

import click


@click.command("profiles")
def command() -> None:
    """List the fault profiles of the library; `downtick show NAME` draws one."""
    from rich.console import Console  # noqa: PLC0415 - commands import late
    from rich.table import Table  # noqa: PLC0415

    from downtick.profiles.library import find, library_names  # noqa: PLC0415
    from downtick.profiles.load import load  # noqa: PLC0415
    from downtick.profiles.timing import run_length  # noqa: PLC0415
    from downtick.words import VOCABULARY  # noqa: PLC0415

    table = Table("profile", "what happens", box=None, pad_edge=False, header_style="bold")
    table.add_column("faults for", justify="right", no_wrap=True)
    table.columns[0].no_wrap = True
    for name in library_names():
        profile = load(*find(name), VOCABULARY)
        table.add_row(name, profile.title, f"{run_length(profile, VOCABULARY):g} s")
    Console(highlight=False).print(table)
