"""Waiting for what happens in a run, and noting how much of each deadline was used."""

from __future__ import annotations

import contextlib
import math
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

from downtick.arena.live import LiveHistory
from downtick.errors import DeadlineMissed, DowntickError
from downtick.history import Event, Predicate, wanted


@dataclass(frozen=True)
class Deadline:
    """How much of a deadline was used: what for, real seconds allowed, real seconds taken."""

    name: str
    within: float
    used: float


class Waiting:
    """A run that one can wait in. Deadlines follow the time scale, and do not count what the machine gave to others.

    Args:
        time_scale: real time over nominal time.

    Attributes:
        history: everything that happened, growing while it happens.
        deadlines: how much of each deadline was used.
    """

    def __init__(self, time_scale: float) -> None:
        self.time_scale = time_scale
        self.history = LiveHistory()
        self.deadlines: list[Deadline] = []

    @property
    def failure(self) -> DowntickError | None:
        """What failed of the rig itself, or None. A run with a failure says nothing about the bot."""
        return self.history.failure

    def scaled(self, seconds: float) -> float:
        """Return nominal seconds as real ones."""
        return seconds * self.time_scale

    def stolen(self, since: float, until: float = math.inf, *, from_bot: bool = True) -> float:
        """Return the seconds between two instants for which the machine gave arena or bot no time.

        No deadline counts them. With ``from_bot`` false, only those for which the arena stood still.
        """
        return self.history.stolen(since, until, from_bot=from_bot)

    def now(self) -> float:
        """Return the present instant on the history's clock, for ``after``."""
        return time.monotonic()

    async def until(
        self, kind: str | Predicate, /, *, within: float, after: float | None = None, **data: Any
    ) -> Event:
        """Wait until something has happened, and return its first event.

        Args:
            kind: of the event, or a predicate.
            within: nominal seconds from now. Judged by when it happened, not by when we heard of it.
            after: only an event later than this instant (`now`) counts.
            data: particulars that the event must have.

        Raises:
            DeadlineMissed: it did not happen in time.
            RigError: the rig failed meanwhile.
        """
        start, seconds = time.monotonic(), self.scaled(within)
        found = await self.history.until(wanted(kind, after, **data), start + seconds)
        return self._judge(found, kind, start, seconds, data)

    def wait(
        self, kind: str | Predicate, /, *, within: float, after: float | None = None, **data: Any
    ) -> Event:
        """Do as `until` does, in a synchronous test."""
        start, seconds = time.monotonic(), self.scaled(within)
        found = self.history.wait(wanted(kind, after, **data), start + seconds)
        return self._judge(found, kind, start, seconds, data)

    @contextlib.asynccontextmanager
    async def deadline(self, within: float, name: str) -> AsyncIterator[None]:
        """Give what is awaited inside this many nominal seconds, and note how much of them it took.

        Raises:
            DeadlineMissed: it took longer.
        """
        start, seconds = time.monotonic(), self.scaled(within)
        try:
            # What was stolen is told a little later, so it is judged by afterwards.
            async with self.history.patience(start, seconds):
                yield
        except TimeoutError:
            used = math.inf
        else:
            end = time.monotonic()
            used = end - start - self.stolen(start, end)
        if used > seconds:
            if self.failure is not None:
                raise self.failure
            raise DeadlineMissed(f"not within {seconds:g} s (nominally {within:g} s): {name}")
        self.deadlines.append(Deadline(name, seconds, used))

    def _judge(
        self,
        found: Event | None,
        kind: str | Predicate,
        start: float,
        seconds: float,
        data: dict[str, Any],
    ) -> Event:
        particulars = ", ".join(f"{key}={value!r}" for key, value in data.items())
        name = f"{kind if isinstance(kind, str) else kind.__qualname__}({particulars})"
        if found is None:
            raise DeadlineMissed(
                f"not within {seconds:g} s (nominally {seconds / self.time_scale:g} s): {name}"
            )
        used = max(0.0, found.at - start - self.stolen(start, found.at))
        self.deadlines.append(Deadline(name, seconds, used))
        return found
