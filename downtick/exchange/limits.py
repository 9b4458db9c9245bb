"""The timers and limits that a feed connection keeps its client to. Reads no clock."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Final

Gone = Callable[[str, Sequence[str]], int | None]

_WINDOW: Final = 1.0


@dataclass(frozen=True)
class Rules:
    """The timers and limits of a connection, in real seconds (and messages a real second); None switches one off."""

    first_subscribe: float | None = None
    idle_close: float | None = None
    message_rate: float | None = None


@dataclass
class Limits:
    """Rules, and where one connection stands with them.

    Attributes:
        rules: timers and limits.
        opened: when the connection was upgraded, in real seconds of any one clock.
        gone: is asked at every subscription whether this channel (by its name in Advanced Trade) of these products
            cannot be had any more; returns the handle of the fault whose doing that is, or None.
        subscribed: whether the client has subscribed to anything yet.
    """

    rules: Rules
    opened: float
    gone: Gone = lambda channel, products: None
    subscribed: bool = False
    _received: deque[float] = field(default_factory=deque)

    def too_many(self, now: float) -> bool:
        """Take one message, and return whether it is over the limit of any one second. Refused ones count too."""
        rate = self.rules.message_rate
        if rate is None:
            return False
        self._received.append(now)
        while self._received[0] <= now - _WINDOW:
            self._received.popleft()
        return len(self._received) > rate * _WINDOW

    def overdue(self, now: float, last_frame: float) -> str | None:
        """Return why the connection is to be closed now, or None.

        Args:
            now: the clock of `opened`.
            last_frame: when the last frame was sent, or `opened`.
        """
        due = self.next_check(last_frame)
        if due is None or now < due:
            return None
        return "idle" if self.subscribed else "no subscription"

    def next_check(self, last_frame: float) -> float | None:
        """Return the instant at which the client is overdue if nothing happens before, or None for never."""
        if not self.subscribed:
            limit, since = self.rules.first_subscribe, self.opened
        else:
            limit, since = self.rules.idle_close, last_frame
        return None if limit is None else since + limit
