"""``downtick up``: a rig in the foreground, for a person or for a container."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from downtick.commands import options

if TYPE_CHECKING:
    from downtick.rig import Rig


@click.command("up")
@click.option("--profile", metavar="NAME", help="Play this profile once the bot is steady.")
@click.option("--arm", multiple=True, metavar="LINK", help="Let this link reset (RST). Repeatable.")
@options.time_scale
@options.seed
@click.option(
    "--topology",
    default="stub",
    show_default=True,
    metavar="NAME",
    help="Where the links are and lead: stub, sandbox-advanced, sandbox-exchange or compose.",
)
@click.option(
    "--share",
    metavar="FOLDER",
    type=click.Path(file_okay=False, path_type=Path),
    help="Leave keys (bot.env, for your eyes alone) and authority (ca.pem) there instead of printing them.",
)
def command(
    profile: str | None,
    arm: tuple[str, ...],
    time_scale: float,
    seed: int | None,
    topology: str,
    share: Path | None,
) -> None:
    """Hold a rig in the foreground: endpoints, live events; Ctrl-C takes it down."""
    from downtick.arena.host import close_shared_arenas  # noqa: PLC0415 - commands import late
    from downtick.errors import InputError  # noqa: PLC0415
    from downtick.handover import take_back  # noqa: PLC0415
    from downtick.links.topology import named_topology  # noqa: PLC0415
    from downtick.rig import Rig  # noqa: PLC0415

    links = [plan.name for plan in named_topology(topology)]
    for link in arm:
        if link not in links:
            raise InputError(f"--arm: no link {link!r}; there are {', '.join(links)}")
    if profile is None:
        seed = 1 if seed is None else seed
        rig = Rig(time_scale=time_scale, seed=seed, arm=arm, topology=topology)
    else:
        rig = Rig.playing(profile, time_scale=time_scale, seed=seed, arm=arm, topology=topology)
    if share is not None:
        take_back(share)
    try:
        with rig:
            _tell(rig, topology, share)
            _hold(rig)
    except KeyboardInterrupt:
        click.echo("downtick: the rig is down", err=True)
    finally:
        close_shared_arenas()
        if share is not None:
            take_back(share)


def _tell(rig: Rig, topology: str, share: Path | None) -> None:
    """Say how to connect."""
    from downtick.exchange.auth.variables import exports  # noqa: PLC0415 - commands import late
    from downtick.handover import hand_over  # noqa: PLC0415
    from downtick.links.topology import named_topology  # noqa: PLC0415

    for warning in rig.warnings:
        click.echo(f"downtick: warning: {warning}", err=True)
    if share is not None:
        hand_over(rig.endpoints, share)
        click.echo(f"# Keys and authority of this run are in {share}.")
    elif topology.startswith("sandbox"):
        click.echo(
            "# Dial the sandbox by its name, and be led to the link: its certificate stays right."
        )
        for plan in named_topology(topology):
            host, port = rig.endpoints.addresses[plan.name]
            click.echo(
                f"curl --connect-to {plan.upstream}:{host}:{port} https://{plan.upstream.host}/"
            )
    else:
        click.echo(
            "# Point a bot here. Each port speaks plain and TLS; the keys are good for this run."
        )
        for export in exports(rig.endpoints.environment()):
            click.echo(export)
    click.echo("# From another terminal: downtick inject market_ws freeze --for 5s; Ctrl-C ends.")


def _hold(rig: Rig) -> None:
    """Print what happens, until interrupted."""
    from downtick.report.timeline import line  # noqa: PLC0415 - commands import late

    start = rig.now()
    for event in rig.history.follow():
        if (told := line(event, start)) is not None:
            click.echo(told)
