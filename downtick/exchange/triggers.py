"""Counts what happens on the feed, and fires when a profile's ``when`` is reached."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Final

from downtick.errors import InputError
from downtick.exchange.vocabulary import TRIGGERS

Callback = Callable[[], Awaitable[None]]

CHANNEL_COUNTERS: Final = {
    "ticker": "exchange.ticks",
    "market_trades": "exchange.trades",
    "heartbeats": "exchange.heartbeats",
}
"""Counters of frames of one channel; every frame also counts for ``exchange.frames``."""


@dataclass
class Watch:
    """One trigger that waits.

    Attributes:
        counter: one of `TRIGGERS`.
        left: how many are still to come.
        callback: what to do then.
        hold: whether the feed waits meanwhile.
    """

    counter: str
    left: int
    callback: Callback
    hold: bool


class Triggers:
    """All triggers that wait. Each counts from the moment at which it was added.

    Args:
        fire: is called in the same instant as the event that a watch waited for.

    Attributes:
        armed: whether any waits; checked once a frame.
    """

    def __init__(self, fire: Callable[[Watch], None]) -> None:
        self._fire = fire
        self._watches: dict[str, list[Watch]] = defaultdict(list)
        self.armed = False

    def add(self, counter: str, count: int, callback: Callback, *, hold: bool) -> None:
        """Wait for the ``count``-th event of a counter from now on.

        Raises:
            InputError: an unknown counter, or a count below 1.
        """
        if counter not in TRIGGERS:
            raise InputError(f"no trigger {counter!r}: expected {', '.join(TRIGGERS)}")
        if count < 1:
            raise InputError(f"{counter}: expected a count from 1, found {count}")
        self._watches[counter].append(Watch(counter, count, callback, hold))
        self.armed = True

    def clear(self) -> None:
        """Forget every watch."""
        self._watches.clear()
        self.armed = False

    def count(self, counter: str) -> None:
        """Count one event."""
        watches = self._watches.get(counter)
        if not watches:
            return
        for watch in watches:
            watch.left -= 1
        reached = [watch for watch in watches if watch.left == 0]
        for watch in reached:
            watches.remove(watch)
        self.armed = any(self._watches.values())
        for watch in reached:
            self._fire(watch)

    def frame(self, channel: str) -> None:
        """Count a frame that was sent."""
        self.count("exchange.frames")
        counter = CHANNEL_COUNTERS.get(channel)
        if counter is not None:
            self.count(counter)
