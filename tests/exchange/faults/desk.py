"""A desk at which faults are tried without sockets: a fault book, connections that remember, time that is told."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

import msgspec

from downtick.exchange.call import Call, HttpAnswer
from downtick.exchange.config import ExchangeConfig
from downtick.exchange.error_bodies import JSON, Answer
from downtick.exchange.faults import Fate, FaultBook
from downtick.exchange.frames import Body
from downtick.exchange.journal import Journal
from downtick.exchange.market import MarketEvent, Opening
from downtick.exchange.venue import open_venue
from downtick.history import Event, History
from tests.exchange.told_time import ToldTime


class FakeFeed:
    """An open feed connection that remembers what was done to it."""

    def __init__(self, number: int, *products: str) -> None:
        self.number = number
        self.listener = "market_ws"
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


class FakeDoor:
    """A listener that remembers what was done to it."""

    def __init__(self, *connections: int, renewable: bool = True) -> None:
        self.connections = connections
        self.renewable = renewable
        self.renewals = 0

    def hang_up(self, spared: Collection[int], fault: int) -> Sequence[int]:
        return [number for number in self.connections if number not in spared]

    def renew(self) -> None:
        self.renewals += 1


class Desk(ToldTime):
    """A fault book with its journal and some connections. Its time passes when it is told."""

    def __init__(self, *feeds: FakeFeed, openings: Sequence[Opening] = ()) -> None:
        super().__init__()
        self.history = History()
        self.feeds = list(feeds)
        self.seed = 1
        self.scale = 0.1
        self.doors: list[FakeDoor] = []
        self.happened: list[MarketEvent] = []
        self._journal = Journal(self.history.extend)
        self.venue = open_venue(ExchangeConfig(seed=1), openings, self._journal.record)
        self.book = FaultBook(self._journal, self)

    def happen(self, event: MarketEvent) -> None:
        self.happened.append(event)

    def settle(self) -> None:
        """Nobody waits for a next update here."""

    def start(self, name: str, selectors: Mapping[str, Any] | None = None, **more: Any) -> int:
        return self.book.start(name, more, selectors or {})

    def fates(self, *bodies: Body, feed: int = 0) -> list[Fate]:
        return [self.book.frame(self.feeds[feed], body, n)[0] for n, body in enumerate(bodies)]

    def asked(self, method: str, path: str, *, number: int = 1, **more: Any) -> Call:
        """Return a request."""
        return Call(1, number, method, f"/api/v3/brokerage{path}", **more)

    def answered(self, call: Call, told: Any) -> Any:
        """Return what is answered instead of this, decoded."""
        answer = HttpAnswer(Answer(200, JSON, msgspec.json.encode(told)))
        return msgspec.json.decode(self.book.rewrite(call, answer)[0].answer.body)

    def sent(self, body: Body, told: Any, feed: int = 0) -> Any:
        """Return what is sent instead of this, decoded."""
        payload = msgspec.json.encode(told)
        return msgspec.json.decode(self.book.rewrite_frame(self.feeds[feed], body, 7, payload)[0])

    def hits(self, handle: int) -> int:
        """Stop a fault and return its hits."""
        self.book.stop(handle)
        return int(self.events("fault_off")[-1]["hits"])

    def events(self, kind: str) -> Sequence[Event]:
        self._journal.flush()
        return self.history.select(kind)
