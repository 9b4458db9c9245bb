"""``downtick exchange``: the stub exchange alone, for a person or for any bot."""

from __future__ import annotations

import asyncio
import contextlib
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from downtick.commands import options

if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import BinaryIO

    from downtick.exchange.config import ExchangeConfig


@click.command("exchange")
@click.option("--host", default="127.0.0.1", show_default=True, help="Loopback address.")
@click.option("--seed", default=1, show_default=True, help="Seed of the market.")
@click.option(
    "--tape",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="Play a recorded capture instead of the seeded market, plain or gzipped.",
)
@click.option(
    "--product",
    "products",
    multiple=True,
    metavar="ID",
    help="What the seeded market trades. Repeatable; BTC-USD and ETH-USD if not given.",
)
@click.option(
    "--rate", type=float, metavar="N", help="Happenings a nominal second and product, seeded."
)
@options.time_scale
@click.option(
    "--certificate",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="PEM chain: serve TLS too.",
)
@click.option(
    "--private-key", metavar="FILE", type=click.Path(path_type=Path), help="PEM key of the chain."
)
@click.option("--no-auth", is_flag=True, help="Do not look at tokens and signatures.")
@click.option(
    "--keys-file",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="Write the keys there, for your eyes alone, as a shell reads them; printed if not given.",
)
@click.option(
    "--journal",
    metavar="FILE",
    type=click.File("wb", lazy=False),
    help="Write the journal there, as a history, instead of to the output.",
)
@click.option("--quiet", is_flag=True, help="Do not print the journal.")
def command(
    host: str,
    seed: int,
    tape: Path | None,
    products: tuple[str, ...],
    rate: float | None,
    time_scale: float,
    certificate: Path | None,
    private_key: Path | None,
    no_auth: bool,
    keys_file: Path | None,
    journal: BinaryIO | None,
    quiet: bool,
) -> None:
    """Run the stub exchange alone, in the foreground; its journal goes to the output as JSON Lines."""
    from downtick.errors import InputError  # noqa: PLC0415 - commands import late
    from downtick.exchange.auth.keys import process_keys  # noqa: PLC0415
    from downtick.exchange.auth.variables import (  # noqa: PLC0415
        exports,
        key_variables,
        write_exports,
    )
    from downtick.exchange.config import ExchangeConfig  # noqa: PLC0415

    if no_auth and keys_file is not None:
        raise InputError("--no-auth needs no keys: leave out --keys-file")
    if tape is not None and (products or rate is not None):
        raise InputError("--tape brings its own products and rate: leave out --product and --rate")
    config = ExchangeConfig(
        host=host,
        seed=seed,
        time_scale=time_scale,
        products=products or ExchangeConfig.products,
        tick_rate=ExchangeConfig.tick_rate if rate is None else rate,
        tape=tape,
        certificate=certificate,
        private_key=private_key,
        check_auth=not no_auth,
    )
    variables = {} if no_auth else key_variables(process_keys())
    if keys_file is not None:
        write_exports(keys_file, variables)
        variables = {}
    with contextlib.suppress(KeyboardInterrupt):
        output = sys.stdout.buffer if journal is None and not quiet else journal
        asyncio.run(_run(config, exports(variables), output, header=journal is not None))


async def _run(
    config: ExchangeConfig, keys: Iterable[str], output: BinaryIO | None, *, header: bool
) -> None:
    """Run until interrupted, having told where it listens and these keys: beside the journal, never in it."""
    import msgspec  # noqa: PLC0415 - commands import late

    from downtick.errors import InputError  # noqa: PLC0415
    from downtick.exchange.exchange import Exchange  # noqa: PLC0415
    from downtick.exchange.journal import Journal  # noqa: PLC0415
    from downtick.history import Event, new_header  # noqa: PLC0415

    encoder = msgspec.json.Encoder()

    def tell(events: list[Event]) -> None:
        if output is not None:
            output.write(encoder.encode_lines(events))
            output.flush()

    if output is not None and header:
        run = {"seed": config.seed, "time_scale": config.time_scale}
        output.write(encoder.encode(new_header(run)) + b"\n")

    exchange = Exchange(config, Journal(tell))
    try:
        endpoints = await exchange.start()
    except OSError as error:
        raise InputError(f"--host {config.host}: cannot listen there: {error}") from error
    try:
        for name, (host, port) in (
            ("rest", endpoints.rest),
            ("market_ws", endpoints.market_ws),
            ("user_ws", endpoints.user_ws),
            ("exchange_rest", endpoints.exchange_rest),
            ("exchange_ws", endpoints.exchange_ws),
        ):
            scheme = "http" if name.endswith("rest") else "ws"
            secure = f" and {scheme}s://{host}:{port}" if config.certificate else ""
            click.echo(f"{name}: {scheme}://{host}:{port}{secure}", err=True)
        for line in keys:
            click.echo(line, err=True)
        await asyncio.Event().wait()
    finally:
        await exchange.stop()
