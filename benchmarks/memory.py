"""How much memory an exchange holds that runs an hour at 500 frames a second, its journal going to a file.

Run as ``python -m benchmarks.memory``. The hour is nominal: the same 1.8 million frames, heartbeats and candles pass
in a few minutes. A process that hoarded what it sent, or its journal, would grow from row to row.
"""

from __future__ import annotations

import asyncio
import os
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.bots import PRODUCTS, Bot

HOUR = 3600.0
SCALE = 1 / 25
BOTS = 5
RATE = 10.0
ROWS = 6


async def _listen(port: int, until: float) -> int:
    """Read with a few bots until then, and return how many frames came."""
    loop = asyncio.get_running_loop()
    bots = [Bot(0) for _ in range(BOTS)]
    for bot in bots:
        await loop.create_connection(lambda bot=bot: bot, "127.0.0.1", port)  # type: ignore[misc]
    while (left := until - time.monotonic()) > 0:
        await asyncio.sleep(min(left, 1.0))
        for bot in bots:
            bot.ages.clear()
    if any(bot.lost or bot.dropped for bot in bots):
        raise RuntimeError("frames were lost: the figures would be of another load")
    return sum(bot.frames for bot in bots)


def _resident(process: int) -> float:
    """Return a process's resident memory in MB (Linux)."""
    status = Path(f"/proc/{process}/status").read_text()
    found = re.search(r"VmRSS:\s+(\d+) kB", status)
    assert found
    return int(found[1]) / 1000


async def _measure(process: int, port: int, journal: Path) -> None:
    start = time.monotonic()
    reading = asyncio.create_task(_listen(port, start + HOUR * SCALE))
    print(f"  {'nominal minute':>16}{'resident MB':>14}{'journal MB':>12}")
    for row in range(ROWS + 1):
        await asyncio.sleep(max(0.0, start + row / ROWS * HOUR * SCALE - time.monotonic()))
        size = os.path.getsize(journal) / 1e6  # noqa: ASYNC240, PTH202 - a benchmark may block
        print(f"  {row / ROWS * 60:>16.0f}{_resident(process):>14.0f}{size:>12.0f}", flush=True)
    frames = await reading
    print(f"  {frames:,} frames, {frames / HOUR:.0f} a nominal second")


def main() -> None:
    """Measure and print."""
    products = [word for product in PRODUCTS[:10] for word in ("--product", product)]
    command = [sys.executable, "-m", "downtick", "exchange", "--time-scale", str(SCALE)]
    with tempfile.TemporaryDirectory() as folder:
        journal = Path(folder, "journal.jsonl")
        process = subprocess.Popen(
            [*command, "--rate", str(RATE), *products, "--journal", str(journal)],
            stderr=subprocess.PIPE,
            text=True,
        )
        try:
            assert process.stderr is not None
            told = next(line for line in process.stderr if line.startswith("market_ws"))
            print(f"\nan hour of an exchange, {BOTS} bots, ten products each")
            asyncio.run(_measure(process.pid, int(told.split(":")[3].split()[0]), journal))
        finally:
            process.terminate()
            process.wait()


if __name__ == "__main__":
    main()
