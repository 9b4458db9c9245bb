"""For how long the machine let the bot wait: what it could not do then is not the bot's fault.

The kernel counts the time that a thread could have run and had no processor (Linux, the second figure of
/proc/PID/schedstat; see Documentation/scheduler/sched-stats), and the time that the host took from a virtual machine
(``steal`` in /proc/stat; see proc_stat(5)). Elsewhere nothing is told.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import time
from collections.abc import Callable
from pathlib import Path

TOLD = 0.010
"""Seconds of waiting that the history tells of at once."""

_EVERY = 0.020
_STEAL = 8  # the place of that figure in the first line, after the word "cpu"
_ENOUGH = 500  # bytes: that line is no longer


async def watch(
    process: int,
    tell: Callable[[float], None],
    folder: Path = Path("/proc"),
    clock: Callable[[], float] = time.monotonic,
) -> None:
    """Tell how many seconds a process's main thread had no processor, each time that enough have come together.

    Args:
        process: its id. It ends when the process does.
        tell: gets the seconds since it was last told, never more than have passed.
        folder: where the kernel shows processes.
        clock: in seconds.
    """
    with contextlib.ExitStack() as files:
        try:
            # Kept open: to look every 20 ms costs a tenth so.
            own, machine = (
                files.enter_context((folder / name).open("rb", buffering=0)).fileno()
                for name in (f"{process}/schedstat", "stat")
            )
        except OSError:
            return
        told, at = _without(own, machine), clock()
        while told is not None:
            await asyncio.sleep(_EVERY)
            without = _without(own, machine)
            if without is None:
                return
            if without - told >= TOLD:
                now = clock()
                tell(min(without - told, now - at))
                told, at = without, now


def _without(own: int, machine: int) -> float | None:
    """Return the seconds that a process, and this machine, had to wait so far; None if the kernel does not say."""
    try:
        waited = int(os.pread(own, _ENOUGH, 0).split()[1]) / 1e9
        stolen = int(os.pread(machine, _ENOUGH, 0).split(maxsplit=_STEAL + 1)[_STEAL])
    except (OSError, IndexError, ValueError):
        return None
    return waited + stolen / os.sysconf("SC_CLK_TCK") / (os.cpu_count() or 1)
