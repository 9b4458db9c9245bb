"""A history that grows while somebody waits for what comes next."""

from __future__ import annotations

import asyncio
import contextlib
import math
import threading
import time
from collections.abc import AsyncIterator, Callable, Iterable, Iterator

from downtick.arena.spill import SpilledEvents
from downtick.errors import DowntickError
from downtick.history import Event, History, Predicate

GRACE = 2.0
"""Seconds that a wait goes on after its deadline: an event that happened in time may be told late."""


_FROM_ARENA = frozenset({"late"})
_FROM_ANYBODY = frozenset({"late", "starved"})


class LiveHistory(History):
    """A history fed by one thread and awaited by others, under any event loop or none. It may become long.

    Attributes:
        failure: what ended the run as an error, or None.
    """

    def __init__(self) -> None:
        super().__init__(keep=SpilledEvents())
        self._late: list[Event] = []
        self.failure: DowntickError | None = None
        self._changed = threading.Condition()
        self._wakers: dict[object, Callable[[], object]] = {}

    def extend(self, events: Iterable[Event]) -> None:
        """Add events at the end, and wake whoever waits."""
        events = list(events)
        with self._changed:
            super().extend(events)
            self._late += (e for e in events if e.kind in _FROM_ANYBODY and e.source == "arena")
            self._wake()

    def append(self, event: Event) -> None:
        """Add one event at the end, and wake whoever waits."""
        self.extend((event,))

    def fail(self, failure: DowntickError) -> None:
        """End every wait, now and later, with this error."""
        with self._changed:
            self.failure = self.failure or failure
            self._wake()

    def stolen(self, since: float, until: float = math.inf, *, from_bot: bool = True) -> float:
        """Return the seconds between two instants for which the machine gave its time to others.

        That is while the arena stood still, or the process under test waited for a processor. A deadline is longer
        by them.

        Args:
            since: the earlier instant.
            until: the later one.
            from_bot: whether to count what the process under test waited, or only the arena's standstills.
        """
        kinds = _FROM_ANYBODY if from_bot else _FROM_ARENA
        late = (event for event in self._late if event.kind in kinds)
        spans = sorted((each.at - each["seconds"], each.at) for each in late)
        stolen, counted = 0.0, since  # spans may overlap: no instant counts twice
        for start, end in spans:
            stolen += max(0.0, min(end, until) - max(start, counted))
            counted = max(counted, end)
        return stolen

    @contextlib.asynccontextmanager
    async def patience(self, start: float, seconds: float) -> AsyncIterator[None]:
        """End what is awaited inside, once so many seconds, and those that were stolen, are surely over.

        Raises:
            TimeoutError: it was ended.
        """
        loop = asyncio.get_running_loop()
        async with asyncio.timeout(None) as limit:
            again: asyncio.Handle

            def look() -> None:
                nonlocal again
                left = start + seconds + self.stolen(start) + GRACE - time.monotonic()
                if left <= 0:
                    limit.reschedule(loop.time())
                else:
                    again = loop.call_later(left, look)

            again = loop.call_soon(look)
            try:
                yield
            finally:
                again.cancel()

    def wait(self, wanted: Predicate, by: float) -> Event | None:
        """Block until an event that is wanted has happened, and return the first; None if none did by then.

        Args:
            wanted: tells whether an event is the one.
            by: the deadline in monotonic seconds; later by what was `stolen` meanwhile. Judged by when the
                event happened, not by when we heard.

        Raises:
            RigError: the rig failed.
        """
        position, start, ends = 0, time.monotonic(), by + GRACE
        with self._changed:
            while True:
                found, position = self._find(wanted, start, by, position)
                if found is not None:
                    return found
                if self._changed.wait(max(0.0, ends - time.monotonic())):
                    continue
                ends = by + self.stolen(start) + GRACE
                if ends <= time.monotonic():
                    return None

    async def until(self, wanted: Predicate, by: float) -> Event | None:
        """Do as `wait` does, without blocking the event loop."""
        loop, changed, position = asyncio.get_running_loop(), asyncio.Event(), 0
        key, start, ends = object(), time.monotonic(), by + GRACE
        self._wakers[key] = lambda: loop.call_soon_threadsafe(changed.set)
        try:
            while True:
                changed.clear()
                found, position = self._find(wanted, start, by, position)
                if found is not None:
                    return found
                try:
                    async with asyncio.timeout(ends - time.monotonic()):
                        await changed.wait()
                except TimeoutError:
                    ends = by + self.stolen(start) + GRACE
                    if ends <= time.monotonic():
                        return None
        finally:
            del self._wakers[key]

    def follow(self) -> Iterator[Event]:
        """Yield every event, those to come included, until the rig fails.

        Raises:
            RigError: the rig failed.
        """
        position = 0
        while True:
            with self._changed:
                while position >= len(self):
                    if self.failure is not None:
                        raise self.failure
                    self._changed.wait()
            yield self[position]
            position += 1

    def _find(
        self, wanted: Predicate, start: float, by: float, position: int
    ) -> tuple[Event | None, int]:
        if self.failure is not None:
            raise self.failure
        for event in self.since(position):
            if wanted(event):
                # One that is too late is looked at again: time that was stolen may be told after it.
                in_time = event.at - self.stolen(start, event.at) <= by
                return (event if in_time else None), position
            position += 1
        return None, position

    def _wake(self) -> None:
        self._changed.notify_all()
        for waker in tuple(self._wakers.values()):
            waker()
