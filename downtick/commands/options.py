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
seed = click.option("--seed", type=int, help="Seed of the market and of random draws.")
