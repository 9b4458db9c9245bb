"""A desk at which faults are tried without sockets: a fault book, connections that remember, time that is told."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from downtick.exchange.config import ExchangeConfig
from downtick.exchange.faults import Fate, FaultBook
from downtick.exchange.frames import Body
from downtick.exchange.journal import Journal
from downtick.exchange.venue import open_venue
from downtick.history import Event, History
from tests.exchange.told_time import ToldTime


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


class Desk(ToldTime):
    """A fault book with its journal and some connections. Its time passes when it is told."""

    def __init__(self, *feeds: FakeFeed) -> None:
        super().__init__()
        self.history = History()
        self.feeds = list(feeds)
        self.seed = 1
        self.scale = 0.1
        self._journal = Journal(self.history.extend)
        self.venue = open_venue(ExchangeConfig(seed=1), (), self._journal.record)
        self.book = FaultBook(self._journal, self)

    def settle(self) -> None:
        """Nobody waits for a next update here."""

    def start(self, name: str, selectors: Mapping[str, Any] | None = None, **more: Any) -> int:
        return self.book.start(name, more, selectors or {})

    def fates(self, *bodies: Body, feed: int = 0) -> list[Fate]:
        return [self.book.frame(self.feeds[feed], body, n)[0] for n, body in enumerate(bodies)]

    def events(self, kind: str) -> Sequence[Event]:
        self._journal.flush()
        return self.history.select(kind)
