"""An event loop whose time passes only when nothing else is to be done: hours in a blink, and always the same."""

from __future__ import annotations

import asyncio
import selectors
from collections.abc import Coroutine
from typing import Any, TypeVar

from bot_v2.features.market_data.clocks import SteadyClock

T = TypeVar("T")

WALL = 1_780_000_000.0
"""Wall clock at the loop's second 0."""


class _Selector(selectors.DefaultSelector):
    """Never waits: it moves the time on instead."""

    def __init__(self) -> None:
        super().__init__()
        self.now = 0.0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        """Return what is ready, at once."""
        ready = super().select(0)
        if not ready:
            assert timeout is not None, "everything waits for something that will never come"
            self.now += max(0.0, timeout)
        return ready


class VirtualLoop(asyncio.SelectorEventLoop):
    """See the module."""

    def __init__(self) -> None:
        self.selector = _Selector()
        super().__init__(self.selector)

    def time(self) -> float:
        """Return the virtual time in seconds."""
        return self.selector.now


def play(story: Coroutine[Any, Any, T]) -> T:
    """Run a coroutine in virtual time."""
    with asyncio.Runner(loop_factory=VirtualLoop) as runner:
        return runner.run(story)


async def pass_time(seconds: float) -> None:
    """Let virtual seconds pass: everything that falls due in them happens, and nobody waits."""
    await asyncio.sleep(seconds)


def now() -> float:
    """Return the virtual time."""
    return asyncio.get_running_loop().time()


def clock() -> SteadyClock:
    """Return our own clock in virtual time."""
    loop = asyncio.get_running_loop()
    return SteadyClock(loop.time, lambda: WALL + loop.time())
