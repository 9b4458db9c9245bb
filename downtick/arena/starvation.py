"""For how long the machine let the bot wait: what it could not do then is not the bot's fault.

The kernel counts the time that a thread could have run and had no processor (Linux, the second figure of
/proc/PID/schedstat; see Documentation/scheduler/sched-stats). Elsewhere nothing is told.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

TOLD = 0.010
"""Seconds of waiting that the history tells of at once."""

_EVERY = 0.020


async def watch(process: int, tell: Callable[[float], None], folder: Path = Path("/proc")) -> None:
    """Tell how many seconds a process's main thread waited for a processor, each time that enough have come together.

    Args:
        process: its id. It ends when the process does.
        tell: gets the seconds since it was last told.
        folder: where the kernel shows processes.
    """
    figures = folder / str(process) / "schedstat"
    told = _waited(figures)
    while told is not None:
        await asyncio.sleep(_EVERY)
        waited = _waited(figures)
        if waited is None:
            return
        if waited - told >= TOLD:
            tell(waited - told)
            told = waited


def _waited(figures: Path) -> float | None:
    """Return the seconds that a thread has waited in its life; None if the kernel does not say."""
    try:
        return int(figures.read_text().split()[1]) / 1e9
    except (OSError, IndexError, ValueError):
        return None
