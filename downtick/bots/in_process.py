"""A bot that is a coroutine of this process."""

from __future__ import annotations

import asyncio
import contextlib
import threading
import time
from collections.abc import Callable, Coroutine, Iterator
from pathlib import Path
from typing import Any

from downtick.bots.bot import Farewell
from downtick.bots.command import PATIENCE, Ended
from downtick.history import Event
from downtick.rig import Rig

BotFunction = Callable[[Rig], Coroutine[Any, Any, object]]
"""Makes a bot work before a rig's links, until it is cancelled."""


class InProcess:
    """A bot that is a coroutine.

    Args:
        function: given the rig, for its endpoints and its time scale, works until it is cancelled.
        loop: that it works in. Whoever starts it waits in another thread.
    """

    words: tuple[str, ...] = ()

    def __init__(self, function: BotFunction, loop: asyncio.AbstractEventLoop) -> None:
        self._function = function
        self._loop = loop
        self._work: _Work | None = None

    @property
    def failure(self) -> BaseException | None:
        """What it raised, or None."""
        return None if self._work is None else self._work.failure

    @contextlib.contextmanager
    def running(self, rig: Rig, log: Path) -> Iterator[_Work]:
        """Let it work; it is cancelled afterwards. It writes no log."""
        work = self._work = _Work(self._function(rig), self._loop)
        try:
            yield work
        finally:
            work.cancel()


class _Work:
    """The bot at work. Its end cannot be judged as a process's can, unless it ends by itself."""

    def __init__(
        self, coroutine: Coroutine[Any, Any, object], loop: asyncio.AbstractEventLoop
    ) -> None:
        self.failure: BaseException | None = None
        self._loop = loop
        self._task: asyncio.Task[object] | None = None
        self._ended = threading.Event()
        self._at = 0.0
        loop.call_soon_threadsafe(self._start, coroutine)

    @property
    def exit_code(self) -> int | None:
        """What a process would have ended with: 1 if it raised something; None while it works."""
        return int(self.failure is not None) if self._ended.is_set() else None

    def news(self) -> list[Event]:
        """Return nothing: the test itself knows what it told."""
        return []

    def stop(self) -> Farewell:
        """Cancel it, which tells nothing of it; tell how it ended if it had ended by itself."""
        if (code := self.exit_code) is not None:
            ended = Ended(None, self._at, code)
            return Farewell(tuple(ended.events()), (str(ended),))
        self.cancel()
        return Farewell()

    def cancel(self) -> None:
        """Cancel it, and wait until it has ended."""
        self._loop.call_soon_threadsafe(self._cancel)
        self._ended.wait(PATIENCE)

    def _start(self, coroutine: Coroutine[Any, Any, object]) -> None:
        self._task = self._loop.create_task(coroutine)
        self._task.add_done_callback(self._done)

    def _cancel(self) -> None:
        if self._task is not None:
            self._task.cancel()

    def _done(self, task: asyncio.Task[object]) -> None:
        self._at = time.monotonic()
        self.failure = None if task.cancelled() else task.exception()
        self._ended.set()
