"""The faults that are on: started and stopped by handle, asked at every hook, journalled with their hits."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from functools import partial
from itertools import count
from typing import Any, Final

from downtick.errors import InputError
from downtick.exchange.call import Call, Delivery, HttpAnswer
from downtick.exchange.faults.base import Fate, Fault, Feed, Stage, Welcome
from downtick.exchange.faults.counter import Counter
from downtick.exchange.faults.kinds import KINDS
from downtick.exchange.faults.selector import Selector
from downtick.exchange.frames import Body
from downtick.exchange.journal import Journal
from downtick.exchange.ledger import Entry, Order
from downtick.exchange.user_queue import PASS, Verdict
from downtick.exchange.venue import Venue
from downtick.exchange.vocabulary import EXCHANGE_FAULTS
from downtick.profiles.vocabulary import Attribute

Ask = Callable[[Call, Venue], Awaitable[HttpAnswer]]
"""Carries a request out in a venue, and returns what it is answered with."""

_READING: Final = frozenset(("GET", "HEAD"))


class FaultBook:
    """All faults of one exchange.

    Args:
        journal: gets ``fault_on``, ``fault_hit`` and ``fault_off``, and ``never_matched`` of a fault that hit nothing.
        stage: what faults may touch.

    Attributes:
        any_frames: whether any fault looks at frames; checked once a frame.
    """

    def __init__(self, journal: Journal, stage: Stage) -> None:
        self._journal = journal
        self._stage = stage
        self._handles = count(1)
        self._on: dict[int, Fault] = {}
        self._framing: list[Fault] = []
        self.any_frames = False

    def start(self, name: str, attributes: Mapping[str, Any], selectors: Mapping[str, Any]) -> int:
        """Start a fault and return its handle.

        Args:
            name: one of `EXCHANGE_FAULTS`.
            attributes: of the fault; what is missing gets its default.
            selectors: which opportunities it takes.

        Raises:
            InputError: an unknown fault, attribute or selector, or a required attribute is missing.
        """
        filled = _filled(name, attributes, self._stage.scale)
        selector = Selector.of(selectors)
        handle = next(self._handles)
        done = partial(self.stop, handle)
        fault = KINDS[name](handle, filled, selector, self._stage, self._hit, done)
        self._journal.record(
            "fault_on",
            handle=handle,
            name=name,
            attributes=dict(attributes),
            selectors=dict(selectors) or None,
        )
        self._on[handle] = fault
        self._note_framing()
        fault.begin()
        self._sort_out()
        return handle

    def preparation(self, name: str, attributes: Mapping[str, Any]) -> Callable[[], None] | None:
        """Return what is to be done in a thread before this fault starts, or None.

        Raises:
            InputError: as `start`.
        """
        filled = _filled(name, attributes, self._stage.scale)
        kind = KINDS[name]
        return partial(kind.prepare, filled) if kind.slow else None

    def stop(self, handle: int) -> None:
        """Stop a fault. One that is over already is left alone."""
        fault = self._on.pop(handle, None)
        if fault is None:
            return
        self._sort_out()
        fault.end()
        self._journal.record(
            "fault_off", handle=handle, name=fault.name, hits=fault.hits, matched=fault.hits > 0
        )
        if not fault.hits:
            seen = fault.selector.seen
            self._journal.record("never_matched", handle=handle, name=fault.name, seen=seen)

    def stop_all(self) -> None:
        """Stop every fault."""
        for handle in list(self._on):
            self.stop(handle)

    def accepted(self, conn: int, listener: str) -> tuple[Welcome, Fault] | tuple[None, None]:
        """Return what becomes of a new connection, and whose doing it is."""
        for fault in self._on.values():
            how = fault.accepted(conn, listener)
            if how is not None:
                return how, fault
        return None, None

    def upgrade(self, conn: int, path: str, listener: str) -> tuple[HttpAnswer, Fault] | None:
        """Return the answer that a fault gives to a handshake, and whose doing it is."""
        for fault in self._on.values():
            answer = fault.upgrade(conn, path, listener)
            if answer is not None:
                return answer, fault
        return None

    def subscribe(
        self, conn: int, listener: str, channel: str, products: Sequence[str]
    ) -> int | None:
        """Return the handle of the fault that refuses a subscription, or None if none does."""
        for fault in tuple(self._on.values()):
            if fault.subscribe(conn, listener, channel, products):
                return fault.handle
        return None

    def request(self, call: Call) -> tuple[HttpAnswer, int] | None:
        """Return the answer that a fault gives in the exchange's place, and the fault's handle."""
        for fault in tuple(self._on.values()):
            answer = fault.request(call)
            if answer is not None:
                self._end_if_over(fault)
                return answer, fault.handle
        return None

    async def carried_out(
        self, call: Call, venue: Venue, ask: Ask
    ) -> tuple[HttpAnswer, int | None]:
        """Carry a request out, and return its answer with the handle of the last fault that had a hand in it.

        Args:
            call: the request.
            venue: the true one.
            ask: carries a request out in a venue.
        """
        answer = await ask(call, self._counter(call, venue))
        shown_by = None
        if call.method in _READING:
            answer, shown_by = await self._shown(call, venue, answer, ask)
        answer, handle = self.rewrite(call, answer)
        self._sort_out()
        return answer, shown_by if handle is None else handle

    def _counter(self, call: Call, venue: Venue) -> Venue:
        """Return the venue with the faults before its ledger."""
        if not self._on:
            return venue
        return venue.like(ledger=Counter(venue.ledger, call, tuple(self._on.values())))

    async def _shown(
        self, call: Call, venue: Venue, answer: HttpAnswer, ask: Ask
    ) -> tuple[HttpAnswer, int | None]:
        """Return the answer that the venue gives as the faults show it, one lie on top of the other."""
        handle = None
        for fault in tuple(self._on.values()):
            shown = fault.view(call, venue)
            if shown is None:
                continue
            now = venue.now()  # of both answers, so that they differ in nothing else
            true = await ask(call, venue.like(now=now))
            lie = await ask(call, shown.like(now=now))
            if lie.answer != true.answer and fault.shows(call):
                answer, venue, handle = lie, shown, fault.handle
        return answer, handle

    def rewrite(self, call: Call, answer: HttpAnswer) -> tuple[HttpAnswer, int | None]:
        """Return what is answered instead, and the handle of the last fault that had a hand in it."""
        handle = None
        for fault in tuple(self._on.values()):
            other = fault.rewrite(call, answer)
            if other is not None:
                answer, handle = other, fault.handle
                self._end_if_over(fault)
        return answer, handle

    def delivery(self, call: Call) -> tuple[Delivery, int] | None:
        """Return how an answer leaves if faults have a say in it, and the handle of the last of them."""
        found = None
        for fault in tuple(self._on.values()):
            delivery = fault.delivery(call)
            if delivery is not None:
                found = (delivery.beside(found[0]) if found else delivery), fault.handle
                self._end_if_over(fault)
        return found

    def update(self, entry: Entry, order: Order) -> Verdict:
        """Return what becomes of what the user's feed tells of an order after an entry."""
        for fault in tuple(self._on.values()):
            verdict = fault.update(entry, order)
            self._end_if_over(fault)
            if verdict is not None:
                return verdict
        return PASS

    def told(self, order: Order) -> Order:
        """Return an order as the user's feed tells of it."""
        for fault in self._on.values():
            order = fault.told(order)
        return order

    def frame(self, feed: Feed, body: Body, sequence: int) -> tuple[Fate, int | None]:
        """Return what becomes of a frame, and the handle of the fault whose doing it is."""
        for fault in self._framing:
            fate = fault.frame(feed, body, sequence)
            if fate is not Fate.SENT:
                self._end_if_over(fault)
                return fate, fault.handle
        return Fate.SENT, None

    def rewrite_frame(
        self, feed: Feed, body: Body, sequence: int, payload: bytes
    ) -> tuple[bytes, int | None]:
        """Return what a frame says in the end, and the handle of the last fault that had a hand in it."""
        handle = None
        for fault in tuple(self._framing):
            other = fault.rewrite_frame(feed, body, sequence, payload)
            if other is not None:
                payload, handle = other, fault.handle
                self._end_if_over(fault)
        return payload, handle

    def padding(self, feed: Feed, body: Body) -> int:
        """Return how many bytes of price levels the faults put at the end of a frame."""
        return sum(fault.padding(feed, body) for fault in self._framing)

    def left(self, feed: Feed) -> None:
        """A feed connection is gone."""
        for fault in list(self._on.values()):
            fault.left(feed)
        self._sort_out()

    def _hit(self, fault: Fault, **what: Any) -> None:
        self._journal.record("fault_hit", handle=fault.handle, name=fault.name, **what)

    def _end_if_over(self, fault: Fault) -> None:
        if fault.over:
            self.stop(fault.handle)

    def _sort_out(self) -> None:
        """End what is over, and note which faults look at frames."""
        for fault in [fault for fault in self._on.values() if fault.over]:
            self.stop(fault.handle)
        self._note_framing()

    def _note_framing(self) -> None:
        self._framing = [fault for fault in self._on.values() if fault.framing]
        self.any_frames = bool(self._framing)


def _filled(name: str, attributes: Mapping[str, Any], scale: float) -> dict[str, Any]:
    spec = EXCHANGE_FAULTS.get(name)
    if spec is None:
        raise InputError(f"no exchange fault {name!r}: expected {', '.join(EXCHANGE_FAULTS)}")
    known = {attribute.name: attribute for attribute in spec.attributes}
    for key in attributes:
        if key not in known:
            raise InputError(
                f"{name}: no attribute {key!r}: expected {', '.join(known) or 'none at all'}"
            )
    for attribute in spec.attributes:
        if attribute.required and attributes.get(attribute.name) is None:
            raise InputError(f"{name}: {attribute.name} is required")
    defaults = {key: _default(attribute, scale) for key, attribute in known.items()}
    return defaults | dict(attributes)


def _default(attribute: Attribute, scale: float) -> Any:
    """Return a default in real time; what is given is real already."""
    value = attribute.default
    if value is None or attribute.scaling == "none":
        return value
    return value * scale if attribute.scaling == "duration" else value / scale
