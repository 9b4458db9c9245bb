"""A desk at which faults are tried without sockets: a fault book, connections that remember, time that is told."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import count
from typing import Any

from downtick.exchange.config import ExchangeConfig
from downtick.exchange.faults import Fate, FaultBook
from downtick.exchange.frames import Body
from downtick.exchange.journal import Journal
from downtick.exchange.venue import open_venue
from downtick.history import Event, History


class FakeFeed:
    """An open feed connection that remembers what was done to it."""

    def __init__(self, number: int, *products: str) -> None:
        self.number = number
        self.active: Mapping[str, tuple[str, ...]] = {"ticker": products}
        self.done: list[tuple[Any, ...]] = []

    def say(self, text: bytes, kind: str, fault: int) -> None:
        self.done.append((kind, text))

    def close(self, code: int, reason: str, *, by: str, fault: int | None = None) -> None:
        self.done.append(("close", code, reason))

    def abort(self, fault: int) -> None:
        self.done.append(("abort",))

    def show(self, channel: str) -> None:
        self.done.append(("show", channel))


class Desk:
    """A fault book with its journal and some connections. Its time passes when it is told."""

    def __init__(self, *feeds: FakeFeed) -> None:
        self.history = History()
        self.feeds = list(feeds)
        self.time = 0.0
        self.seed = 1
        self.scale = 0.1
        self._numbers = count()
        self._timers: list[tuple[float, int, Callable[[], None]]] = []
        self._journal = Journal(self.history.extend)
        self.venue = open_venue(ExchangeConfig(seed=1), (), self._journal.record)
        self.book = FaultBook(self._journal, self)

    def later(self, seconds: float, do: Callable[[], None]) -> Callable[[], None]:
        timer = (self.time + seconds, next(self._numbers), do)
        self._timers.append(timer)

        def cancel() -> None:
            if timer in self._timers:
                self._timers.remove(timer)

        return cancel

    def wait(self, seconds: float) -> None:
        """Let time pass, and do what was to be done later as its instant comes."""
        end = self.time + seconds
        while due := sorted(timer for timer in self._timers if timer[0] <= end):
            self._timers.remove(due[0])
            self.time = due[0][0]
            due[0][2]()
        self.time = end

    def start(self, name: str, selectors: Mapping[str, Any] | None = None, **more: Any) -> int:
        return self.book.start(name, more, selectors or {})

    def fates(self, *bodies: Body, feed: int = 0) -> list[Fate]:
        return [self.book.frame(self.feeds[feed], body, n)[0] for n, body in enumerate(bodies)]

    def events(self, kind: str) -> Sequence[Event]:
        self._journal.flush()
        return self.history.select(kind)
