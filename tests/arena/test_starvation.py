from __future__ import annotations

import asyncio
import contextlib
import itertools
import os
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
        self.runs_on(1)
        self.stole(0)

    def waited(self, seconds: float) -> None:
        """Let the process have waited for so long since it is watched."""
        self._figures.write_text(f"999 {round((BEFORE + seconds) * 1e9)} 12\n")

    def runs_on(self, processor: int) -> None:
        """Let the process have run there last."""
        before = " ".join(map(str, range(1, 37)))
        (self.folder / "7" / "stat").write_text(
            f"7 (a) b) S {before} {processor} 99\n".replace(" 1 ", " ", 1)
        )

    def stole(self, ticks: int, processor: int = 1) -> None:
        """Let the host have taken so many ticks from a processor since it is watched, and many from another."""
        steal = {0: 0, 1: 0} | {processor: ticks}
        told = [f"cpu{n} 1 2 3 4 5 6 7 {100 + each} 0 0\n" for n, each in steal.items()]
        (self.folder / "stat").write_text(
            "".join(["cpu  1 2 3 4 5 6 7 8 0 0\n", *told, "intr 1 2\n"])
        )

    def ended(self) -> None:
        """Let the process be no more: there is nothing to be read of it."""
        self._figures.write_text("")

    async def seen(self) -> None:
        """Let what is shown now be looked at: with no pause between two looks there is one in each turn of the loop."""
        for _ in range(2):
            await asyncio.sleep(0)

    async def next_told(self) -> float:
        """Return what is told next."""
        return await asyncio.wait_for(self.told.get(), 5)


def clock() -> float:
    """Tell that a second has passed."""
    return float(next(_SECONDS))


_SECONDS = itertools.count()


@pytest.fixture
async def kernel(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Kernel]:
    """A kernel and its process, which ends with the test."""
    monkeypatch.setattr("downtick.arena.starvation._EVERY", 0)
    kernel = Kernel(tmp_path)
    watching = asyncio.create_task(watch(7, kernel.told.put_nowait, tmp_path, clock))
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
    await kernel.seen()
    assert kernel.told.empty()
    kernel.waited(TOLD * 1.2)
    assert await kernel.next_told() == pytest.approx(TOLD * 1.2)


async def test_what_the_host_took_is_told_when_it_gives_it_back(kernel: Kernel) -> None:
    """All of it, however short a while ago something was told."""
    kernel.waited(0.5)
    assert await kernel.next_told() == pytest.approx(0.5)
    kernel.stole(300)
    assert await kernel.next_told() == pytest.approx(300 / os.sysconf("SC_CLK_TCK"))


async def test_what_the_host_took_elsewhere_is_another_s(kernel: Kernel) -> None:
    """The process ran on; once it is there itself, it waits too."""
    kernel.stole(300, processor=0)
    await kernel.seen()
    assert kernel.told.empty()
    kernel.runs_on(0)
    kernel.stole(350, processor=0)
    assert await kernel.next_told() == pytest.approx(50 / os.sysconf("SC_CLK_TCK"))


async def test_never_more_is_told_of_a_queue_than_has_passed(kernel: Kernel) -> None:
    """The kernel may count in other steps than the clock."""
    kernel.waited(7.0)
    assert await kernel.next_told() == 1.0


async def test_it_ends_with_the_process(kernel: Kernel) -> None:
    """A process that is gone waits for nothing."""
    kernel.ended()
    assert kernel.told.empty()


async def test_a_kernel_that_does_not_say_is_no_error(tmp_path: Path) -> None:
    """Not every system has the figure."""
    await asyncio.wait_for(watch(7, lambda _: None, tmp_path), 5)
