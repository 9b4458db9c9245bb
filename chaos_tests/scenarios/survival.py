"""``python -m bot_v2`` through one profile of the library, from some seconds of calm to its end and after it.

The runner plays the whole library, or what is named, and prints a table::

    python -m chaos_tests.scenarios.survival [--at-once N] [--time-scale X] [PROFILE...]
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import sqlite3
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path
from typing import Final

from bot_v2.features.brokerages.broker import BrokerError
from chaos_tests.brokerages.trading import everything_told, trading
from chaos_tests.orchestration.bot import BTC, orders_in
from chaos_tests.orchestration.process import BotProcess, bot_process
from chaos_tests.scenarios import books
from downtick.arena.host import close_shared_arenas
from downtick.errors import DeadlineMissed, DowntickError
from downtick.prepare import prepare
from downtick.profiles.library import library_names
from downtick.rig import Rig

AFTERWARDS: Final = 200.0
"""Nominal seconds after the end of the faults within which it must read again, and its books must be right."""

WARM_UP: Final = 40.0
"""Real seconds until the bot must have its first data."""

CALM: Final = 20.0
"""Nominal seconds by which the profile is put off, so that the bot has orders when it begins."""

LAST: Final = 5.0
"""Real seconds that it may take to end."""

_RETOLD: Final = frozenset(("voided", "rolledback"))
"""Changes of the ledger after which the fills of an order are no longer what they were told to be."""


@dataclass(frozen=True)
class Survival:
    """How the bot came through.

    Attributes:
        alive: whether its process ran to the end.
        reading: nominal seconds after the faults until prices and answers came again; None if they did not.
        books: nominal seconds after the faults until its position was the ledger's; None if it never was.
        ended: real seconds from SIGTERM to its end.
        exit_code: with which it ended.
        orders: that the ledger took.
        mode: in which it was at last.
    """

    alive: bool
    reading: float | None
    books: float | None
    ended: float
    exit_code: int | None
    orders: int
    mode: str

    @property
    def fine(self) -> bool:
        """Whether it survived."""
        well = self.alive and self.reading is not None and self.books is not None
        return well and self.exit_code == 0 and self.ended < LAST


def rig_playing(name: str, time_scale: float) -> Rig:
    """Return a rig, not yet up, that plays a profile to a process: there is time for it to start and to trade before."""
    schedule = prepare(name, None, time_scale).schedule
    calm = CALM * time_scale
    acts = (act if act.at is None else replace(act, at=act.at + calm) for act in schedule.acts)
    length = schedule.length + calm
    return Rig(schedule=replace(schedule, acts=tuple(acts), length=length, warm_up=WARM_UP))


async def survive(rig: Rig, folder: Path) -> Survival:
    """Let the bot live through the profile of a rig that is up, and say how it came through."""
    state = folder / "bot.sqlite"
    async with bot_process(rig, folder) as bot:
        over = await rig.until("run_ended", within=_length(rig))
        reading = await _seconds(rig, bot, over.at, lambda: _reads(rig, over.at))
        agreed = await _agreed(rig, bot, over.at, state)
        alive = bot.process.returncode is None
        code, ended = await _ended(bot)
        modes = [line["mode"] for line in bot.lines if line.get("mode")]
    if agreed is not None and not await _right(rig, state):
        agreed = None  # what it did last is not in them
    mode = modes[-1] if modes else "none"
    return Survival(alive, reading, agreed, ended, code, len(orders_in(rig)), mode)


async def _ended(bot: BotProcess) -> tuple[int | None, float]:
    """Tell it to end; return its exit code, None if it does not end at all, and the real seconds that it took."""
    if bot.process.returncode is not None:
        return bot.process.returncode, 0.0
    start = time.monotonic()
    try:
        return await bot.end()
    except TimeoutError:
        return None, time.monotonic() - start


def _length(rig: Rig) -> float:
    assert rig.schedule is not None
    return (rig.schedule.warm_up + rig.schedule.length + 20) / rig.time_scale


def _reads(rig: Rig, since: float) -> bool:
    """Whether a price was sent to the bot and a request answered well since an instant."""
    frames = rig.history.select("frame_sent", after=since, channel="ticker")
    return bool(frames and rig.history.select("answer", after=since, status=200))


async def _seconds(
    rig: Rig, bot: BotProcess, since: float, holds: Callable[[], bool]
) -> float | None:
    """Return the nominal seconds from an instant until something holds; None if it does not in time."""
    while (spent := (rig.now() - since) / rig.time_scale) < AFTERWARDS:
        if bot.process.returncode is not None:
            return None
        if holds():
            return spent
        await asyncio.sleep(0.05)
    return None


async def _agreed(rig: Rig, bot: BotProcess, since: float, state: Path) -> float | None:
    """Return the nominal seconds until the bot believes to hold what the exchange says, in the same instant."""
    async with trading(rig, "advanced_trade", symbols=(BTC,)) as exchange:
        while (spent := (rig.now() - since) / rig.time_scale) < AFTERWARDS:
            if bot.process.returncode is not None:
                return None
            before = _believed(state)
            with contextlib.suppress(BrokerError):
                if (await exchange.get_positions()).get(BTC) == before == _believed(state):
                    return spent
            with contextlib.suppress(DeadlineMissed):  # it asks no more: then we do
                await rig.until("request", after=rig.now(), within=1)
    return None


async def _right(rig: Rig, state: Path) -> bool:
    """Whether position and orders are the exchange's, now that nobody trades any more."""
    async with trading(rig, "advanced_trade", symbols=(BTC,)) as exchange:
        held = (await exchange.get_positions()).get(BTC)
        still = {order.client_order_id for order in await exchange.open_orders()}
    await everything_told(rig)
    told = books.of_bot(state, BTC)
    retold = any(event["change"] in _RETOLD for event in rig.history.select("ledger"))
    filled = retold or told.filled == books.of_ledger(rig, BTC).filled
    return told.position == held and still <= told.open and filled


def _believed(state: Path) -> Decimal | None:
    with contextlib.suppress(sqlite3.Error, ValueError):
        return books.of_bot(state, BTC).position
    return None


async def _row(name: str, scale: float) -> tuple[str, bool]:
    """Play one profile and return its row, and whether the bot survived."""
    with tempfile.TemporaryDirectory() as folder:
        try:
            async with rig_playing(name, scale) as rig:
                how = await survive(rig, Path(folder))
        except (DowntickError, AssertionError) as error:
            return f"{name:40} ERROR: {str(error).splitlines()[0]}", False
    figures = [f"{'-' if each is None else f'{each:.0f}':>7}" for each in (how.reading, how.books)]
    said = (
        f"{' '.join(figures)} {how.orders:6} {how.mode:>12} {how.exit_code!s:>4} {how.ended:5.1f}"
    )
    return f"{name:40} {'survived' if how.fine else 'FAILED':8} {said}", how.fine


async def _play(names: Sequence[str], scale: float, at_once: int) -> bool:
    _say(f"{'profile':40} {'':8} reading   books orders         mode exit  ends")
    limit = asyncio.Semaphore(at_once)
    well = True

    async def one(name: str) -> None:
        nonlocal well
        async with limit:
            row, fine = await _row(name, scale)
        _say(row)
        well &= fine

    await asyncio.gather(*(one(name) for name in names))
    return well


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def main() -> int:
    """Play profiles; the exit code is 1 if the bot did not survive one of them."""
    parser = argparse.ArgumentParser(
        description="Let the bot live through profiles of the library."
    )
    parser.add_argument("names", nargs="*", help="profiles; the whole library if none is named")
    parser.add_argument("--at-once", type=int, default=2)
    parser.add_argument("--time-scale", type=float, default=0.1)
    given = parser.parse_args()
    try:
        well = asyncio.run(_play(given.names or library_names(), given.time_scale, given.at_once))
    finally:
        close_shared_arenas()
    return 0 if well else 1


if __name__ == "__main__":
    sys.exit(main())
