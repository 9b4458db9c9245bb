"""For how long the machine let the bot wait: what it could not do then is not the bot's fault.

The kernel counts the time that a thread could have run and had no processor (Linux, the second figure of
/proc/PID/schedstat; see Documentation/scheduler/sched-stats). The time that the host took a virtual processor away it
counts only when it gives it back, all at once (``steal`` in /proc/stat; see proc_stat(5)): whoever ran there stood still
meanwhile, and nobody else. Elsewhere nothing is told.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final, NamedTuple

TOLD: Final = 0.010
"""Seconds of waiting that the history tells of at once."""

_EVERY = 0.020
_STEAL: Final = 8  # the place of that figure in a line, the first of which is the processor's name
_PROCESSOR: Final = (
    36  # the place of that figure in /proc/PID/stat, after the name, which may hold anything
)
_ENOUGH: Final = 1000  # bytes: what is told of one process is no longer
_LINE: Final = 200  # bytes: that of a processor is no longer
_PROCESSORS: Final = os.cpu_count() or 1


class _Look(NamedTuple):
    """What the kernel says at one moment: of a process, and of each processor."""

    waited: float
    processor: bytes
    stolen: Mapping[bytes, float]


async def watch(
    process: int,
    tell: Callable[[float], None],
    folder: Path = Path("/proc"),
    clock: Callable[[], float] = time.monotonic,
) -> None:
    """Tell how many seconds a process's main thread had no processor, each time that enough have come together.

    Args:
        process: its id. It ends when the process does.
        tell: gets the seconds that have ended just now. They may have been told in part before.
        folder: where the kernel shows processes.
        clock: in seconds.
    """
    with contextlib.ExitStack() as files:
        try:
            # Kept open: to look every 20 ms costs a tenth so.
            shown = [
                files.enter_context((folder / name).open("rb", buffering=0)).fileno()
                for name in (f"{process}/schedstat", f"{process}/stat", "stat")
            ]
        except OSError:
            return
        before = _look(*shown)
        if before is None:
            return
        told, at = before.waited, clock()
        while True:
            await asyncio.sleep(_EVERY)
            look = _look(*shown)
            if look is None:
                return
            stolen = max(_since(before, look, place) for place in (before, look))
            if stolen >= TOLD:
                tell(stolen)
            if look.waited - told >= TOLD:
                now = clock()
                tell(min(look.waited - told, now - at))
                told, at = look.waited, now
            before = look


def _since(before: _Look, now: _Look, place: _Look) -> float:
    """Return the seconds for which the processor of a process was taken away between two looks."""
    name = place.processor
    return now.stolen.get(name, 0.0) - before.stolen.get(name, 0.0)


def _look(waits: int, process: int, machine: int) -> _Look | None:
    """Look at three files; None if the kernel does not say."""
    try:
        waited = int(os.pread(waits, _ENOUGH, 0).split()[1]) / 1e9
        of_process = os.pread(process, _ENOUGH, 0).rpartition(b")")[2].split()
        lines = os.pread(machine, _LINE * (_PROCESSORS + 1), 0).splitlines()
        figures = (line.split(maxsplit=_STEAL + 1) for line in lines if line.startswith(b"cpu"))
        tick = os.sysconf("SC_CLK_TCK")
        stolen = {told[0]: int(told[_STEAL]) / tick for told in figures if len(told) > _STEAL}
        return _Look(waited, b"cpu" + of_process[_PROCESSOR], stolen)
    except (OSError, IndexError, ValueError):
        return None
