"""The bot as a process of its own: ``python -m bot_v2``."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import signal
import sys
import time
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

from chaos_tests.brokerages.trading import environment
from downtick.rig import Rig

CONFIG = """\
time_scale: {scale}
symbols: [BTC-USD]
risk:
  max_position: {{BTC-USD: 2.5}}
  max_exposure: 1000000
  max_daily_loss: 100000
strategy:
  BTC-USD: {{quantity: 0.01, lowest: 1.9, highest: 2.1, half_life: 5}}
interval: 1
state: {state}
metrics: {{port: 0}}
"""


class BotProcess:
    """One run of the bot, and what it says.

    Attributes:
        lines: its log, parsed.
        other: what it wrote that is no log line.
    """

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self.process = process
        self.lines: list[dict[str, Any]] = []
        self.other: list[str] = []
        self._reading = asyncio.create_task(self._read())

    async def _read(self) -> None:
        assert self.process.stderr is not None
        async for raw in self.process.stderr:
            try:
                self.lines.append(json.loads(raw))
            except ValueError:
                self.other.append(raw.decode(errors="replace"))

    def said(self, words: str) -> list[dict[str, Any]]:
        """Return the lines whose message has these words."""
        return [line for line in self.lines if words in line["message"]]

    async def until(
        self, rig: Rig, holds: Callable[[], object], *, within: float, name: str
    ) -> None:
        """Wait until something holds, for so many nominal seconds and 3 s more, in which a process starts."""
        async with rig.deadline(within + 3 / rig.time_scale, name):
            while not holds():
                assert self.process.returncode is None, (self.lines[-3:], self.other)
                await asyncio.sleep(0.01)

    async def end(self, number: signal.Signals = signal.SIGTERM) -> tuple[int, float]:
        """Send a signal; return the exit code and the real seconds that it took."""
        start = time.monotonic()
        self.process.send_signal(number)
        code = await asyncio.wait_for(self.process.wait(), 20)
        await self._reading
        return code, time.monotonic() - start


def _kept() -> dict[str, str]:
    """Return what of our own environment a bot gets: where programs are, and that its coverage is counted, if it is."""
    return {
        name: value
        for name, value in os.environ.items()
        if name == "PATH" or name.startswith("COVERAGE_")
    }


@contextlib.asynccontextmanager
async def bot_process(
    rig: Rig, folder: Path, *, apart: bool = False, **more: str
) -> AsyncIterator[BotProcess]:
    """Start the bot; whatever is left of it afterwards is killed.

    Args:
        rig: at which it trades.
        folder: for its files; with the same one it goes on where it was.
        apart: whether it is in a process group of its own, so that a Ctrl-C is not for it.
        more: variables of its environment.
    """
    config = folder / "bot.yaml"
    text = CONFIG.format(scale=rig.time_scale, state=folder / "bot.sqlite")
    config.write_text(text, encoding="utf-8")
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bot_v2", "--config", str(config)),
        env={**_kept(), **environment(rig, "advanced_trade"), **more},
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.PIPE,
        cwd=Path(__file__).parents[2],
        process_group=0 if apart else None,
    )
    bot = BotProcess(process)
    try:
        yield bot
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()
        await bot._reading
