"""The witness of one rig: looks at the sockets of its links again and again, and hears of each that dies."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterable
from typing import Final, Self

from downtick.history import Event
from downtick.witness.kernel import Kernel, NoWitness, look
from downtick.witness.sightings import SOURCE, Sightings, WatchedLink

INTERVAL: Final = 0.020
"""Seconds from one look to the next."""

Tell = Callable[[list[Event]], None]


class Witness:
    """Watches from `open` to `close`, in the event loop that runs.

    Args:
        links: whose sockets are watched.
        tell: is given the events, oldest first.
        interval: seconds from one look to the next.
        clock: in seconds.

    Attributes:
        none: why there is no witness here, None if there is one.
    """

    def __init__(
        self,
        links: Iterable[WatchedLink],
        tell: Tell,
        interval: float = INTERVAL,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._links = tuple(links)
        self._tell = tell
        self._interval = interval
        self._clock = clock
        self._timer: asyncio.TimerHandle | None = None
        self._kernel: Kernel | None = None
        self._sightings = Sightings(self._links, 0.0)
        self.none: NoWitness | None = None

    def open(self) -> Self:
        """Begin, before the first bot connects: from now on no death is missed unless it says so.

        Where nobody can look, that is told as ``no_witness``, and nothing ever after.
        """
        links = self._links
        found = look((link.listen[1] for link in links), (link.upstream[1] for link in links))
        now = self._clock()
        if isinstance(found, NoWitness):
            self.none = found
            self._tell([Event(now, SOURCE, "no_witness", {"reason": found.reason})])
            return self
        self._kernel = found
        self._sightings = Sightings(self._links, now)
        self._tell([Event(now, SOURCE, "watching", {"interval": self._interval})])
        asyncio.get_running_loop().add_reader(found, self._listen, found)
        self._look(found)
        return self

    def look(self) -> None:
        """Look now, besides: who judges until now must know what was read by now. What came just now takes two looks."""
        for _ in range(2):
            if self._kernel is not None:
                self._try(self._kernel, thoroughly=True)

    def close(self) -> None:
        """Look and hear one last time, and end. Twice is once."""
        kernel = self._kernel
        if kernel is None:
            return
        asked = self._clock()
        try:
            self._see(kernel, thoroughly=True)
        except OSError as error:
            self._go_blind(kernel, error)
            return
        self._stop(kernel)
        self._tell([Event(self._clock(), SOURCE, "watched", {"since": asked})])

    def _stop(self, kernel: Kernel) -> None:
        self._kernel = None
        if self._timer is not None:
            self._timer.cancel()
        asyncio.get_running_loop().remove_reader(kernel)
        kernel.close()

    def _look(self, kernel: Kernel) -> None:
        self._timer = asyncio.get_running_loop().call_later(self._interval, self._look, kernel)
        self._try(kernel)

    def _try(self, kernel: Kernel, *, thoroughly: bool = False) -> None:
        try:
            self._see(kernel, thoroughly=thoroughly)
        except OSError as error:
            self._go_blind(kernel, error)

    def _go_blind(self, kernel: Kernel, error: OSError) -> None:
        """See no more, and say so: what happens from now on has no witness."""
        self.none = NoWitness(f"the kernel stopped to answer: {error}")
        self._stop(kernel)
        self._tell([Event(self._clock(), SOURCE, "no_witness", {"reason": self.none.reason})])

    def _see(self, kernel: Kernel, *, thoroughly: bool = False) -> None:
        asked = self._clock()
        sockets, whole = kernel.living(thoroughly=thoroughly)
        events = self._sightings.seen(asked, self._clock(), sockets, whole=whole)
        if events:
            self._tell(events)
        self._hear(kernel)  # who died meanwhile is not merely absent
        if absent := self._sightings.absent(self._clock()):
            self._tell(absent)

    def _listen(self, kernel: Kernel) -> None:
        try:
            self._hear(kernel)
        except OSError as error:
            self._go_blind(kernel, error)

    def _hear(self, kernel: Kernel) -> None:
        dead, lost = kernel.dead()
        now = self._clock()
        events = [self._sightings.lost(now)] if lost else []
        for socket in dead:
            events += self._sightings.died(now, socket, kernel.waits)
        if events:
            self._tell(events)
