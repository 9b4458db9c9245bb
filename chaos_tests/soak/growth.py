"""Whether something grows that should not: what a process holds, sample by sample (pure), and how it is read."""

from __future__ import annotations

import asyncio
import re
import sys
from collections.abc import Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from statistics import median
from typing import Final

import requests

ENOUGH: Final = 15
"""Samples from which growth is judged; before, a process has not come to rest."""


@dataclass(frozen=True)
class Sample:
    """What a bot holds: resident memory in MiB, open file descriptors, threads, tasks of its event loop."""

    memory: float
    descriptors: float
    threads: float
    tasks: float


@dataclass(frozen=True)
class Growth:
    """One figure: what it was, what it became, and what it may come to.

    Attributes:
        name: see `Sample`.
        early: its median over the second fifth of the run; the first is for warming up.
        late: its median over the last fifth.
        limit: that `late` must not pass.
    """

    name: str
    early: float
    late: float
    limit: float

    @property
    def too_much(self) -> bool:
        """Whether it grew further than it may."""
        return self.late > self.limit

    def __str__(self) -> str:
        return f"{self.name} {self.early:.0f} -> {self.late:.0f} (at most {self.limit:.0f})"


_SLACK: Final = {
    "memory": (0.25, 12.0),
    "descriptors": (0.25, 6.0),
    "threads": (0.0, 4.0),
    "tasks": (0.25, 6.0),
}
"""How far each may go above its early median: a share of it, or so many, whichever is more."""


def judge(samples: Sequence[Sample]) -> tuple[Growth, ...]:
    """Return how each figure went; nothing if there are too few samples to say."""
    if len(samples) < ENOUGH:
        return ()
    fifth = len(samples) // 5
    early, late = samples[fifth : 2 * fifth], samples[-fifth:]
    found = []
    for each in fields(Sample):
        before = median(getattr(sample, each.name) for sample in early)
        after = median(getattr(sample, each.name) for sample in late)
        share, least = _SLACK[each.name]
        found.append(Growth(each.name, before, after, before + max(share * before, least)))
    return tuple(found)


async def sample(process: int, metrics: str) -> Sample | None:
    """Look at a process now; None where the system does not tell (it has no ``/proc``), or its page does not answer.

    Args:
        process: its id.
        metrics: address of its page for Prometheus.
    """
    if not sys.platform.startswith("linux"):
        return None
    try:
        page, status, descriptors = await asyncio.to_thread(_read, process, metrics)
    except (OSError, requests.RequestException):
        return None
    tasks = re.search(r"^bot_v2_tasks (\S+)$", page, re.MULTILINE)
    memory, threads = (
        re.search(rf"^{key}:\s+(\d+)", status, re.MULTILINE) for key in ("VmRSS", "Threads")
    )
    if tasks is None or memory is None or threads is None:
        return None
    return Sample(int(memory[1]) / 1024, descriptors, int(threads[1]), float(tasks[1]))


def _read(process: int, url: str) -> tuple[str, str, int]:
    """Return a process's page for Prometheus, its status, and how many files it has open."""
    with requests.Session() as session:
        session.trust_env = False
        page = session.get(url, timeout=5).text
    folder = Path("/proc") / str(process)
    return page, (folder / "status").read_text("utf-8"), len(list((folder / "fd").iterdir()))
