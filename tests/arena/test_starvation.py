from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from downtick.arena.starvation import TOLD, watch

BEFORE = 5.0
"""Seconds that the process has waited before anybody looked."""


class Kernel:
    """Shows one process as Linux does."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.told: asyncio.Queue[float] = asyncio.Queue()
        self._figures = folder / "7" / "schedstat"
        self._figures.parent.mkdir()
        self.waited(0.0)

    def waited(self, seconds: float) -> None:
        """Let the process have waited for so long since it is watched."""
        new = self._figures.with_suffix(".new")
        new.write_text(f"999 {round((BEFORE + seconds) * 1e9)} 12\n")
        new.replace(self._figures)

    def ended(self) -> None:
        """Let the process be no more."""
        self._figures.unlink()

    async def next_told(self) -> float:
        """Return what is told next."""
        return await asyncio.wait_for(self.told.get(), 5)


@pytest.fixture
async def kernel(tmp_path: Path) -> AsyncIterator[Kernel]:
    """A kernel and its process, which ends with the test."""
    kernel = Kernel(tmp_path)
    watching = asyncio.create_task(watch(7, kernel.told.put_nowait, tmp_path))
    await asyncio.sleep(0)
    yield kernel
    with contextlib.suppress(FileNotFoundError):
        kernel.ended()
    await asyncio.wait_for(watching, 5)


async def test_waiting_is_told_with_its_seconds(kernel: Kernel) -> None:
    """What came before it is not, and nothing is told twice."""
    kernel.waited(2 * TOLD)
    assert await kernel.next_told() == pytest.approx(2 * TOLD)
    kernel.waited(5 * TOLD)
    assert await kernel.next_told() == pytest.approx(3 * TOLD)


async def test_small_waits_add_up(kernel: Kernel) -> None:
    """None of them is news, all together are."""
    kernel.waited(TOLD * 0.6)
    await asyncio.sleep(0.05)
    assert kernel.told.empty()
    kernel.waited(TOLD * 1.2)
    assert await kernel.next_told() == pytest.approx(TOLD * 1.2)


async def test_it_ends_with_the_process(kernel: Kernel) -> None:
    """A process that is gone waits for nothing."""
    kernel.ended()
    assert kernel.told.empty()


async def test_a_kernel_that_does_not_say_is_no_error(tmp_path: Path) -> None:
    """Not every system has the figure."""
    await asyncio.wait_for(watch(7, lambda _: None, tmp_path), 5)
