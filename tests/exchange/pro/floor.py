"""The Exchange dialect without sockets: a market that is played by hand, the user's ledger, and who listens."""

from __future__ import annotations

import json
from collections.abc import Iterable
from itertools import count, islice
from typing import Any, Final
from urllib.parse import parse_qsl

from multidict import MultiDict

from downtick.exchange.call import Call, HttpAnswer
from downtick.exchange.frames import Body
from downtick.exchange.identity import identity
from downtick.exchange.ledger import Entry, Ledger, LedgerSettings, Order
from downtick.exchange.market import MarketClock, MarketEvent, MarketState, SeededMarket
from downtick.exchange.pro.answers import Declined
from downtick.exchange.pro.asked import Asked
from downtick.exchange.pro.own_orders import OwnOrders
from downtick.exchange.pro.publisher import ProPublisher
from downtick.exchange.pro.rest import find
from downtick.exchange.venue import Venue
from tests.exchange.brokerage.site import BALANCES, PRODUCTS, START

_IDENTITY: Final = identity(5)


class Floor:
    """One exchange.

    Attributes:
        listening: topics, without ``exchange/``, that somebody listens to.
        publisher: of the market.
        venue: of the market and the ledger; its time stands still.
        own: what was told of the user's orders.
        journal: what it was told: kinds and particulars.
        last: event that happened.
        gathered: events with which a batch of the book began.
    """

    def __init__(self, *listening: str, settings: LedgerSettings | None = None) -> None:
        self.listening = {f"exchange/{channel}" for channel in listening}
        self.gathered: list[MarketEvent] = []
        self.journal: list[tuple[str, dict[str, Any]]] = []
        self._seeded = SeededMarket(5, PRODUCTS, rate=5.0)
        self._events = self._seeded.events()
        self.last: MarketEvent
        clock = MarketClock(START)
        state = MarketState(self._seeded.openings, clock.origin)
        ledger = Ledger(state.products, BALANCES, settings or LedgerSettings(), seed=5, at=START)
        self._venue = Venue(state, clock, ledger, _IDENTITY, self._record)
        self.venue = self._venue.like(now=START)
        self.publisher = ProPublisher(
            state,
            clock,
            lambda topic, _: topic in self.listening,
            lambda: self.venue.ledger.state.flags,
            seed=5,
            gathering=lambda: self.gathered.append(self.last),
        )
        self._orders = OwnOrders(self.publisher.followed, _IDENTITY)
        self.own: list[Body] = []
        self._venue.watchers.append(self._entered)
        self._numbers = count(1)

    def _record(self, kind: str, **data: Any) -> None:
        self.journal.append((kind, data))

    @property
    def ledger(self) -> Ledger:
        """The user's."""
        return self.venue.ledger

    @property
    def state(self) -> MarketState:
        """Of the market."""
        return self.venue.market

    def play(self, events: int) -> list[Body]:
        """Let the next events happen, to the market and the ledger, and return what is told of them."""
        bodies: list[Body] = []
        for event in islice(self._events, events):
            self.last = event
            self.state.apply(event)
            bodies += self.publisher.happened(event)
            self._venue.ledger.happened(event, self.state.book(event.product_id), START)
        return bodies

    def settle(self) -> None:
        """Let the orders be told that rest."""
        self.own += self._orders.rested()

    def told(self, channel: str) -> list[dict[str, Any]]:
        """Return what was told of the user's orders on a channel since the last call."""
        self.settle()
        told = [json.loads(body.events) for body in self.own if body.channel == channel]
        self.own = [body for body in self.own if body.channel != channel]
        return told

    def answer(self, line: str, body: Any = None) -> HttpAnswer:
        """Return the answer to a request such as ``GET /orders?limit=1``; a body that is no bytes is sent as JSON."""
        method, _, rest = line.partition(" ")
        path, _, query = rest.partition("?")
        sent = (
            body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
        )
        asked: MultiDict[str] = MultiDict(parse_qsl(query, keep_blank_values=True))
        call = Call(1, next(self._numbers), method, path, asked, body=sent, target=rest)
        route = find(method, path)
        assert route is not None, line
        try:
            return route.handler(Asked(call, self.venue, self.publisher.flow, route.name))
        except Declined as declined:
            return declined.answer

    def ask(self, line: str, body: Any = None, status: int = 200) -> Any:
        """Return the JSON that a request is answered with; its status must be this one."""
        told = self.answer(line, body).answer
        assert told.status == status, told.body
        assert told.content_type == "application/json; charset=utf-8"
        return json.loads(told.body)

    def refused(self, line: str, body: Any = None, status: int = 400) -> str:
        """Return the message that a request is refused with."""
        told = self.ask(line, body, status)
        assert list(told) == ["message"]
        return str(told["message"])

    def place(self, **more: Any) -> Any:
        """Place a limit order that rests far below the market, or as told otherwise, and return its JSON."""
        terms = {"side": "buy", "product_id": "BTC-USD", "price": "10000.00", "size": "0.001"}
        wanted = {**terms, **more}
        return self.ask("POST /orders", {key: v for key, v in wanted.items() if v is not None})

    def _entered(self, entry: Entry, order: Order | None) -> None:
        if order is not None:
            self.own += self._orders.entered(entry, order)


def messages(bodies: Iterable[Body], channel: str = "") -> list[dict[str, Any]]:
    """Return what bodies say, those of one topic or all."""
    topic = f"exchange/{channel}"
    return [json.loads(body.events) for body in bodies if channel == "" or body.topic == topic]
