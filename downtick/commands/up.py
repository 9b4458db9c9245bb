"""``downtick up``: a rig in the foreground, for a person."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from downtick.rig import Rig


@click.command("up")
@click.option("--profile", metavar="NAME", help="Play this profile once the bot is steady.")
@click.option("--arm", multiple=True, metavar="LINK", help="Let this link reset (RST). Repeatable.")
@click.option(
    "--time-scale",
    default=1.0,
    show_default=True,
    type=click.FloatRange(0, 100, min_open=True),
    help="Real time over nominal time.",
)
@click.option("--seed", type=int, help="Seed of the market and of random draws.")
def command(profile: str | None, arm: tuple[str, ...], time_scale: float, seed: int | None) -> None:
    """Hold a rig in the foreground: endpoints, live events; Ctrl-C takes it down."""
    from downtick.arena.host import close_shared_arenas  # noqa: PLC0415 - commands import late
    from downtick.errors import InputError  # noqa: PLC0415
    from downtick.links.vocabulary import LINKS  # noqa: PLC0415
    from downtick.rig import Rig  # noqa: PLC0415

    for link in arm:
        if link not in LINKS:
            raise InputError(f"--arm: no link {link!r}; there are {', '.join(LINKS)}")
    if profile is None:
        rig = Rig(time_scale=time_scale, seed=1 if seed is None else seed, arm=arm)
    else:
        rig = Rig.playing(profile, time_scale=time_scale, seed=seed, arm=arm)
    try:
        with rig:
            _hold(rig)
    except KeyboardInterrupt:
        click.echo("downtick: the rig is down", err=True)
    finally:
        close_shared_arenas()


def _hold(rig: Rig) -> None:
    """Print how to connect, then what happens, until interrupted."""
    from downtick.exchange.auth.variables import exports  # noqa: PLC0415 - commands import late
    from downtick.report.timeline import line  # noqa: PLC0415

    for warning in rig.warnings:
        click.echo(f"downtick: warning: {warning}", err=True)
    click.echo(
        "# Point a bot here. Each port speaks plain and TLS; the keys are good for this run."
    )
    for export in exports(rig.endpoints.environment()):
        click.echo(export)
    click.echo("# From another terminal: downtick inject market_ws freeze --for 5s; Ctrl-C ends.")
    start = rig.now()
    for event in rig.history.follow():
        if (told := line(event, start)) is not None:
            click.echo(told)
