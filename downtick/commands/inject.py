"""``downtick inject``: act on a rig that `downtick up` holds."""

from __future__ import annotations

import json
import tempfile
import time
from pathlib import Path
from typing import Any

import click


@click.command("inject")
@click.argument("link")
@click.argument("fault")
@click.argument("attributes", nargs=-1, metavar="[NAME=VALUE]...")
@click.option("--for", "duration", metavar="TIME", help="End it after this time, such as 5s.")
@click.option(
    "--stream",
    type=click.Choice(["downstream", "upstream"]),
    default="downstream",
    show_default=True,
    help="Direction of a toxic: downstream is exchange to bot.",
)
@click.option(
    "--run",
    type=click.Path(file_okay=False, path_type=Path),
    help="The rig's folder, if several are up.",
)
def command(
    link: str,
    fault: str,
    attributes: tuple[str, ...],
    duration: str | None,
    stream: str,
    run: Path | None,
) -> None:
    """Start FAULT on LINK of the rig that `downtick up` holds; FAULT `heal` ends all.

    LINK is a link (market_ws, rest, user_ws) or `exchange` for a fault inside the exchange. FAULT is a toxic, a
    link fault or an exchange fault; `downtick schema` lists them.
    """
    from downtick.arena import protocol  # noqa: PLC0415 - commands import late
    from downtick.arena.channel import Channel  # noqa: PLC0415
    from downtick.profiles.values import seconds  # noqa: PLC0415

    lasts = None if duration is None else seconds(duration)
    given = dict(_attribute(text) for text in attributes)
    channel = Channel(_socket(run), lambda _: None, lambda _: None)
    try:
        channel.ask(protocol.Attach(), answer=tuple[str, ...])
        if link == "exchange":
            handle = channel.ask(protocol.StartExchangeFault(fault, given), answer=int)
            end: protocol.Request = protocol.StopExchangeFault(handle)
        elif fault == "heal":
            channel.ask(protocol.Heal(link))
            click.echo(f"{link}: healed")
            return
        else:
            echo = channel.ask(protocol.Inject(link, fault, given, stream), answer=dict[str, Any])
            click.echo(json.dumps(echo))
            end = protocol.Heal(link, fault, stream)
        click.echo(f"{link}: {fault} is on")
        if lasts is not None:
            time.sleep(lasts)
            channel.ask(end)
            click.echo(f"{link}: {fault} is off")
    finally:
        channel.close()


def _attribute(text: str) -> tuple[str, Any]:
    from downtick.errors import InputError  # noqa: PLC0415 - commands import late

    name, equals, value = text.partition("=")
    if not equals:
        raise InputError(f"{text!r} is not NAME=VALUE, such as latency=800")
    try:
        return name, json.loads(value)
    except ValueError:
        return name, value


def _socket(run: Path | None) -> Path:
    """Return the socket of the one rig that is up."""
    from downtick.errors import InputError  # noqa: PLC0415 - commands import late

    found = (
        sorted(Path(tempfile.gettempdir()).glob("downtick-*/arena.sock"))
        if run is None
        else [run / "arena.sock"]
    )
    if not found:
        raise InputError("no rig is up: start one with `downtick up`")
    if len(found) > 1:
        folders = "\n".join(f"  --run {path.parent}" for path in found)
        raise InputError(f"{len(found)} rigs are up; name one:\n{folders}")
    return found[0]
