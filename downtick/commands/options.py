"""Options that more than one command has."""

from __future__ import annotations

import click

time_scale = click.option(
    "--time-scale",
    default=1.0,
    show_default=True,
    type=click.FloatRange(0, 100, min_open=True),
    help="Real time over nominal time.",
)
accept_unwitnessed = click.option(
    "--accept-unwitnessed",
    is_flag=True,
    help="Take a fault for real that nobody saw on the wire. The verdict says so.",
)
played_profile = click.option(
    "--profile",
    metavar="PROFILE",
    help="What was played: a file, where the history names none of the library.",
)
seed = click.option("--seed", type=int, help="Seed of the market and of random draws.")
