"""What a history says of a run, as the checks read it. `downtick.checks.index` makes one of a history.

The exchange is a witness of what it saw and sent, not of when the bot read or wrote. So the instants of the bot are
intervals here: what was sent at 10.0 was read at 10.0 or later, what was seen at 12.0 had left at 12.0 or earlier. HTTP/1.1
narrows both: the next request of a connection leaves after the answer before it was read.
"""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Literal

from downtick.checks.instant import Instant
from downtick.checks.routes import Intent, Purpose
from downtick.history import Event

Frame = tuple[int, Event]
"""An event, mostly a frame that was sent, after its number."""

Pair = tuple[str, str]
"""A channel and a product; the product is empty where a channel has none, or all were asked for."""

FEEDS = ("market_ws", "user_ws")
"""Listeners whose connections are feeds."""

PRICES = frozenset({"ticker", "ticker_batch", "l2_data", "level2", "market_trades", "matches"})
"""Channels that tell prices, as the journal calls them and as bots do."""

_SILENCES = frozenset({"channel_gone", "data_silence", "heartbeat_silence", "product_vanished"})
"""Faults of the exchange that keep a channel's frames back for as long as they stand."""

CUT = 0.5
"""Real seconds after a link was cut within which the exchange has seen it."""


@dataclass(frozen=True, slots=True)
class End:
    """How a connection ended: number and instant of the event, whose doing, and how."""

    number: int
    at: float
    by: str
    how: str
    code: int | None
    fault: int | None


@dataclass(frozen=True, slots=True)
class Acknowledged:
    """What a connection was subscribed to from one acknowledgement on."""

    number: int
    at: float
    pairs: frozenset[Pair]


@dataclass(slots=True)
class Connection:
    """One connection that the exchange accepted.

    Attributes:
        conn: its number in the journal.
        listener: the link that it came over.
        number: of the event.
        accepted: when.
        upgraded: when it became a feed; None if it never did.
        end: how it ended, or None.
        frames: that it was sent, in order.
        acknowledged: what it was subscribed to, in order.
        subscribed: numbers and instants of the messages by which the bot asked for a subscription.
        heard: when the bot last sent anything on it.
    """

    conn: int
    listener: str
    number: int
    accepted: float
    upgraded: float | None = None
    end: End | None = None
    frames: list[Frame] = field(default_factory=list)
    acknowledged: list[Acknowledged] = field(default_factory=list)
    subscribed: list[tuple[int, float]] = field(default_factory=list)
    heard: float = -math.inf

    @property
    def ended(self) -> float:
        """When it ended; infinite if it never did."""
        return math.inf if self.end is None else self.end.at

    def alive(self, at: float) -> bool:
        """Whether it was an open feed at an instant."""
        return self.upgraded is not None and self.upgraded <= at < self.ended

    def frames_after(self, at: float) -> Iterator[Frame]:
        """Yield the frames that were sent at an instant or later."""
        frames = self.frames
        for place in range(bisect_left(frames, at, key=_sent), len(frames)):
            yield frames[place]

    def pairs(self, at: float) -> frozenset[Pair]:
        """Return what it was subscribed to just before an instant."""
        found: frozenset[Pair] = frozenset()
        for each in self.acknowledged:
            if each.at >= at:
                break
            found = each.pairs
        return found


def _sent(frame: Frame) -> float:
    return frame[1].at


Pause = tuple[str, Connection, Frame, tuple[Connection, Frame] | None]
"""A product, the feed and frame of its last price before a pause, and those of the first after it, if any came."""

Reading = Callable[[Connection, Frame], Instant]
"""Says when the bot had read a frame."""


def unwitnessed(connection: Connection, frame: Frame) -> Instant:
    """Say what the exchange alone knows: not before it was sent. Whoever saw the bot's socket says more."""
    return Instant(frame[1].at, math.inf)


@dataclass(slots=True)
class Answer:
    """The answer to a request. ``proven`` is when the bot had surely read it: infinite without a proof."""

    number: int
    at: float
    status: int
    size: int
    fault: int | None
    proven: float = math.inf

    @property
    def read(self) -> Instant:
        """When the bot had read it."""
        return Instant(self.at, self.proven)


@dataclass(slots=True)
class Request:
    """One REST request.

    Attributes:
        number: of the event.
        at: when the exchange saw it.
        since: it did not leave before this.
        conn: its connection.
        id: its number in the journal.
        purpose: what it is for.
        query: as it was sent.
        intent: the order that it asks for, if it does.
        names: ids of orders that it names: the bot knew them.
        answer: to it, None if there was none.
        book: best bid and ask of the product as they truly were, where an order reached it.
    """

    number: int
    at: float
    since: float
    conn: int
    id: int
    purpose: Purpose
    query: str = ""
    intent: Intent | None = None
    names: str = ""
    answer: Answer | None = None
    book: tuple[Decimal, Decimal] | None = None

    @property
    def leave(self) -> Instant:
        """When it left the bot."""
        return Instant(self.since, self.at)


@dataclass(frozen=True, slots=True)
class Fill:
    """One match of an order: also its entry in the ledger, and its wall clock in nanoseconds since 1970."""

    number: int
    at: float
    size: Decimal
    price: Decimal
    entry: int
    wall: int


@dataclass(slots=True)
class Order:
    """An order in the ledger.

    Attributes:
        order_id: the exchange's name for it.
        intent: what was asked.
        number: of the event.
        applied: when the ledger took it.
        size: in the base currency; None if it was asked for in the quote currency.
        edits: later sizes, with the number and instant of each.
        requests: that asked for it, each under its name.
        fills: in order.
        ended: when it could be matched no more; infinite if it stayed open.
        told: user frames that tell of it.
    """

    order_id: str
    intent: Intent
    number: int
    applied: float
    size: Decimal | None
    edits: list[tuple[int, float, Decimal]] = field(default_factory=list)
    requests: list[Request] = field(default_factory=list)
    fills: list[Fill] = field(default_factory=list)
    ended: float = math.inf
    told: list[tuple[Connection, Frame]] = field(default_factory=list)


@dataclass(slots=True)
class Fault:
    """One fault that was made.

    Attributes:
        place: ``link`` or ``exchange``.
        name: of the fault or toxic.
        link: that it was made on; None inside the exchange.
        number: of the event that asked for it.
        asked: when.
        done: when it was made; infinite if it never was.
        ending: when it was asked to end: until then it surely stood.
        ended: when it was over; infinite if it lasted to the end.
        handle: of an exchange fault.
        attributes: of it, in real time.
        stream: of a toxic.
        toxicity: the share of connections that a toxic hits.
        hits: the events that tell what it hit (exchange faults).
        listeners: whose connections it hit (exchange faults).
    """

    place: Literal["link", "exchange"]
    name: str
    link: str | None
    number: int
    asked: float
    done: float = math.inf
    ending: float = math.inf
    ended: float = math.inf
    handle: int | None = None
    attributes: Mapping[str, Any] = field(default_factory=dict)
    stream: str = "downstream"
    toxicity: float = 1.0
    hits: list[Frame] = field(default_factory=list)
    listeners: set[str] = field(default_factory=set)

    def silences(self, conn: int) -> bool:
        """Whether it kept frames from a feed, and not just one of them."""
        return self.name in _SILENCES and any(hit.get("conn") == conn for _, hit in self.hits)

    def touches(self, listener: str) -> bool:
        """Whether it was made on a link, or hit something of its listener."""
        return self.link == listener or listener in self.listeners


@dataclass(frozen=True, slots=True)
class Refusal:
    """A connect of the bot's that met nobody, as the witness saw it.

    Attributes:
        number: of the event.
        at: when.
        links: to which it may have been; several where the kernel had forgotten the port.
    """

    number: int
    at: float
    links: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Process:
    """The bot's process, which ended.

    Attributes:
        numbers: of the events that tell of it.
        asked: when it was sent SIGTERM; None if it ended by itself.
        ended: when it had ended.
        exit_code: as a shell tells it.
        killed: whether SIGTERM was not enough.
    """

    numbers: tuple[int, ...]
    asked: float | None
    ended: float
    exit_code: int
    killed: bool


@dataclass(slots=True)
class Run:
    """Everything that the checks ask of a history.

    Attributes:
        scale: real seconds in a nominal one.
        read: says when the bot had read a frame.
        connections: by number, in the order of their births.
        requests: in order.
        orders: in the ledger, by the exchange's id.
        faults: in the order in which they were asked for.
        steady: when every link of the profile had delivered; None if that is not told.
        links: that the profile names.
        began: of the run: its first event.
        played: when the conductor was done, or the last event.
        ended: of what is judged: the bot was given some time after that to recover, and then stopped.
        over: whether the conductor told of its end.
        last: the last event.
        idle: spans for which the machine gave the arena or the bot no time.
        steps_done: the profile's steps, counted from 0, that were done at least once.
        rolled_back: whether the ledger went back to what it was, with orders that the bot had been told of.
        pauses: in the prices of each product, once somebody asked for them.
        errors: numbers of events that tell of an error of the rig.
        refusals: connects that met nobody.
        counted: whether all of those are there: a witness looked, and missed nothing.
        process: that the bot ran in, once it has ended; None if nobody tells of one.
        ticks: that the bot says it processed.
        unheard: number of the event that tells that the bot said more, which nobody could read; None if it did not.
    """

    scale: float = 1.0
    read: Reading = unwitnessed
    connections: dict[int, Connection] = field(default_factory=dict)
    requests: list[Request] = field(default_factory=list)
    orders: dict[str, Order] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)
    steady: float | None = None
    links: tuple[str, ...] = ()
    began: float = math.inf
    played: float = math.inf
    ended: float = math.inf
    over: bool = False
    last: float = -math.inf
    idle: list[tuple[float, float]] = field(default_factory=list)
    steps_done: set[int] = field(default_factory=set)
    rolled_back: bool = False
    pauses: list[Pause] | None = None
    errors: list[int] = field(default_factory=list)
    refusals: list[Refusal] = field(default_factory=list)
    counted: bool = False
    process: Process | None = None
    ticks: list[Frame] = field(default_factory=list)
    unheard: int | None = None

    @property
    def first_fault(self) -> float:
        """When the first fault was asked for; infinite if there was none."""
        return min((fault.asked for fault in self.faults), default=math.inf)

    @property
    def last_heal(self) -> float:
        """When the last fault was over; the end of all if one never was, or if there was none."""
        ends = [min(fault.ended, self.played) for fault in self.faults]
        return max(ends, default=self.played)

    def real(self, nominal: float) -> float:
        """Return nominal seconds as real ones."""
        return nominal * self.scale

    def feeds(self, listener: str | None = None) -> Iterator[Connection]:
        """Yield the connections that became feeds, of one listener or of all."""
        for each in self.connections.values():
            if each.upgraded is not None and listener in {None, each.listener}:
                yield each

    def sent_on(self, frame: Frame) -> Connection:
        """Return the connection that a frame was sent on."""
        return self.connections[frame[1].data["conn"]]

    def asking(self, *kinds: str) -> Iterator[Request]:
        """Yield the requests for one of these purposes."""
        return (request for request in self.requests if request.purpose.kind in kinds)

    def stolen(self, since: float, until: float) -> float:
        """Return the seconds between two instants for which the machine gave its time to others."""
        stolen, counted = 0.0, since
        for start, end in self.idle:
            stolen += max(0.0, min(end, until) - max(start, counted))
            counted = max(counted, end)
        return stolen
