"""From a history to a `Run`: one pass, in which nothing is judged."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import replace
from decimal import Decimal

from downtick.checks.bystanders import Bystanders
from downtick.checks.delivering import delivers, touched
from downtick.checks.routes import Intent, intent, purpose
from downtick.checks.run import (
    Acknowledged,
    Answer,
    Connection,
    End,
    Fault,
    Fill,
    Order,
    Pair,
    Reading,
    Request,
    Run,
    unwitnessed,
)
from downtick.exchange.faults.selector import Selector
from downtick.history import Event

_AT_ONCE = frozenset({"reset", "close"})
"""Link faults that are over when they are done."""

_OF_ANSWERS = frozenset(
    {
        *("http_error", "auth_failure", "rate_limited"),
        *("lost_answer", "half_answer", "error_although_applied"),
    }
)
"""Exchange faults that are over, whenever they are taken away, with the last answer that they may spoil."""


def index(
    history: Iterable[Event],
    time_scale: float = 1.0,
    read: Reading = unwitnessed,
    settle: float = 0.0,
) -> Run:
    """Return what a history says.

    Args:
        history: events in order.
        time_scale: real seconds in a nominal one.
        read: says when the bot had read a frame.
        settle: real seconds that the bot had to recover after the conductor was done.
    """
    reader = _Reader(Run(time_scale, read))
    event = None
    tell, frame = reader.tell, reader.frame
    for number, event in enumerate(history):
        kind = event.kind
        if kind == "frame_sent":  # nearly every event is one
            frame(number, event)
        elif kind in tell:
            tell[kind](number, event)
    return reader.finished(-math.inf if event is None else event.at, settle)


class _Reader:
    """Where the pass stands."""

    def __init__(self, run: Run) -> None:
        self.run = run
        self._wanted: dict[int, set[Pair]] = {}
        self._free: dict[int, float] = {}  # by connection: when its last answer was there
        self._asked: dict[int, Request] = {}  # by id
        self._last: dict[int, Request] = {}  # by connection
        self._placing: dict[str, list[Request]] = {}  # by client_order_id
        self._touched: dict[int, Order] = {}  # by the number of a ledger's entry
        self._fills: dict[int, tuple[Order, Fill]] = {}
        self._by_handle: dict[int, Fault] = {}
        self._left: dict[int, int] = {}  # by handle: how many answers a fault may still spoil
        self._open: dict[tuple[object, ...], Fault] = {}
        self._by_hand = False
        self.tell: dict[str, Callable[[int, Event], None]] = {
            "accepted": self._accepted,
            "upgraded": self._upgraded,
            "closed": self._closed,
            "frame_received": self._received,
            "request": self._request,
            "answer": self._answer,
            "true_book": self._true_book,
            "ledger": self._ledger,
            "fault_on": self._fault_on,
            "fault_hit": self._fault_hit,
            "fault_off": self._fault_off,
            "step_asked": self._step_asked,
            "step_done": self._step_done,
            "step_ending": self._step_ending,
            "step_healed": self._step_healed,
            "inject_asked": self._step_asked,
            "inject_done": self._step_done,
            "inject_ending": self._step_ending,
            "inject_healed": self._step_healed,
            "healing": self._healing,
            "healed": self._healed,
            "steady_state": self._steady,
            "run_ended": self._run_ended,
            "exchange_failed": self._error,
            "handler_failed": self._error,
            "step_failed": self._error,
            **Bystanders(run).tell,
        }

    def finished(self, last: float, settle: float) -> Run:
        """Return what was read. ``last``: the instant of the last event."""
        run = self.run
        run.idle.sort()
        run.last = last
        if self._by_hand and run.steady is None:
            self._steady_by_hand()
        births = [each.accepted for each in run.connections.values()]
        run.began = min([*births, last if run.steady is None else run.steady])
        if not run.over:
            run.played = run.ended = last
            return run
        left = [
            each.end.at
            for each in run.feeds()
            if each.end is not None and each.end.by == "bot" and each.end.at >= run.played
        ]
        later = max(births, default=-math.inf)
        run.ended = min([run.played + settle, last, *(at for at in left if at > later)])
        return run

    def frame(self, number: int, event: Event) -> None:
        """Take a frame that was sent."""
        data = event.data
        connection = self.run.connections.get(data["conn"])
        if connection is None:
            return
        connection.frames.append((number, event))
        if data.get("channel") == "subscriptions":
            pairs = frozenset(self._wanted.get(connection.conn, ()))
            connection.acknowledged.append(Acknowledged(number, event.at, pairs))
        elif "entry" in data and (order := self._touched.get(data["entry"])) is not None:
            order.told.append((connection, (number, event)))

    # -- connections -------------------------------------------------------------------------------

    def _accepted(self, number: int, event: Event) -> None:
        conn = event["conn"]
        self.run.connections[conn] = Connection(conn, event["listener"], number, event.at)
        self._free[conn] = event.at

    def _upgraded(self, number: int, event: Event) -> None:
        if (connection := self.run.connections.get(event["conn"])) is not None:
            connection.upgraded = event.at

    def _closed(self, number: int, event: Event) -> None:
        if (connection := self.run.connections.get(event["conn"])) is not None:
            data = event.data
            connection.end = End(
                number, event.at, data["by"], data["how"], data.get("code"), data.get("fault")
            )

    def _received(self, number: int, event: Event) -> None:
        connection = self.run.connections.get(event["conn"])
        if connection is None:
            return
        connection.heard = event.at
        kind = event["type"]
        if kind not in {"subscribe", "unsubscribe"}:
            return
        channels = event.get("channels") or [event.get("channel", "")]
        products = event.get("products") or [""]
        pairs = {(channel, product) for channel in channels for product in products}
        wanted = self._wanted.setdefault(connection.conn, set())
        if kind == "subscribe":
            connection.subscribed.append((number, event.at))
            wanted |= pairs
        else:
            whole = {channel for channel, product in pairs if not product}
            self._wanted[connection.conn] = {
                pair for pair in wanted - pairs if pair[0] not in whole
            }

    # -- requests ----------------------------------------------------------------------------------

    def _request(self, number: int, event: Event) -> None:
        data = event.data
        conn, path, body = data["conn"], data["path"], data.get("body", "")
        what = purpose(data["method"], path)
        request = Request(
            number,
            event.at,
            self._free.get(conn, event.at),
            conn,
            data["id"],
            what,
            data.get("query", ""),
            names=f"{what.name} {data.get('query', '')} {body}",
        )
        earlier = self._last.get(conn)
        if earlier is not None and earlier.answer is not None:
            proven = min(earlier.answer.proven, event.at)
            earlier.answer.proven = proven  # HTTP/1.1: it was read before this request left
        if what.kind == "place":
            request.intent = intent(path, body)
            if request.intent is not None:
                self._placing.setdefault(request.intent.client_order_id, []).append(request)
        if conn in self.run.connections:
            self.run.connections[conn].heard = event.at
        self._last[conn] = self._asked[request.id] = request
        self.run.requests.append(request)

    def _answer(self, number: int, event: Event) -> None:
        request = self._asked.get(event["id"])
        if request is not None:
            request.answer = Answer(
                number, event.at, event["status"], event["size"], event.get("fault")
            )
            self._free[request.conn] = event.at
            connection = self.run.connections.get(request.conn)
            if connection is not None and "offset" in event.data:
                request.answer.proven = self.run.read(connection, (number, event)).latest

    def _true_book(self, number: int, event: Event) -> None:
        request, bid, ask = (
            self._asked.get(event.get("request")),
            event.get("bid"),
            event.get("ask"),
        )
        if request is not None and bid and ask:
            request.book = Decimal(bid), Decimal(ask)

    # -- the ledger --------------------------------------------------------------------------------

    def _ledger(self, number: int, event: Event) -> None:
        data = event.data
        detail, change = data["detail"], data["change"]
        if change == "accepted":
            self._taken(number, event)
        elif change == "rolledback":
            self.run.rolled_back = True
        order = self.run.orders.get(data.get("order_id") or detail.get("order_id", ""))
        if order is None:
            if change == "voided" and (found := self._fills.get(detail["fill_number"])):
                found[0].fills.remove(found[1])
            return
        self._touched[data["entry"]] = order
        if change == "matched":
            fill = detail["fill"]
            size, price = Decimal(fill["size"]), Decimal(fill["price"])
            told = Fill(number, event.at, size, price, data["entry"], data.get("wall", 0))
            order.fills.append(told)
            self._fills[fill["number"]] = (order, told)
        elif change == "voided" and (found := self._fills.get(detail["fill_number"])):
            found[0].fills.remove(found[1])
        elif change == "edited":
            size = detail["ticket"]["base_size"]
            if size is not None:
                order.edits.append((number, event.at, Decimal(size)))
        if data.get("status") in {"FILLED", "CANCELLED", "EXPIRED", "FAILED"}:
            order.ended = event.at

    def _taken(self, number: int, event: Event) -> None:
        detail = event["detail"]
        client = detail["client_order_id"]
        requests = self._placing.setdefault(client, [])
        base = detail.get("base_size")
        asked = Intent(
            client,
            detail["product_id"],
            detail["side"],
            base or detail.get("quote_size") or "",
            detail.get("limit_price") or "",
            bool(detail.get("reduce_only")),
        )
        if requests and requests[-1].intent is not None:
            asked = replace(asked, reduces=asked.reduces or requests[-1].intent.reduces)
        size = Decimal(base) if base else None
        self.run.orders[event["order_id"]] = Order(
            event["order_id"], asked, number, event.at, size, requests=requests
        )

    # -- faults ------------------------------------------------------------------------------------

    def _fault_on(self, number: int, event: Event) -> None:
        fault = Fault("exchange", event["name"], None, number, event.at, event.at)
        fault.handle, fault.attributes = event["handle"], event.get("attributes") or {}
        self._by_handle[event["handle"]] = fault
        self.run.faults.append(fault)
        if fault.name in _OF_ANSWERS and (times := Selector.of(event.get("selectors") or {}).times):
            self._left[event["handle"]] = times

    def _fault_hit(self, number: int, event: Event) -> None:
        handle = event["handle"]
        fault = self._by_handle.get(handle)
        if fault is not None:
            fault.hits.append((number, event))
            if handle in self._left:
                self._left[handle] -= 1
                if not self._left[handle]:
                    fault.ended = event.at
            connection = self.run.connections.get(event.get("conn", 0))
            if connection is not None:
                fault.listeners.add(connection.listener)

    def _fault_off(self, number: int, event: Event) -> None:
        if (fault := self._by_handle.get(event["handle"])) is not None:
            fault.ended = min(fault.ended, event.at)

    def _step_asked(self, number: int, event: Event) -> None:
        link = event.get("link")
        if link is None:
            return  # inside the exchange, which tells of it itself
        fault = Fault("link", event["name"], link, number, event.at)
        fault.attributes = event.get("attributes") or {}
        fault.stream = event.get("stream", "downstream")
        self._open[_key(event)] = fault
        self.run.faults.append(fault)

    def _step_done(self, number: int, event: Event) -> None:
        if "step" in event.data:
            self.run.steps_done.add(event["step"])
        if (fault := self._open.get(_key(event))) is not None:
            fault.done = event.at
            for answer in event["echo"].get("answers", ()):
                fault.toxicity = answer.get("toxicity", 1.0)
            if fault.name in _AT_ONCE:
                fault.ending = fault.ended = event.at

    def _step_ending(self, number: int, event: Event) -> None:
        for key in self._meant(event):
            if (fault := self._open.get(key)) is not None:
                fault.ending = min(fault.ending, event.at)

    def _meant(self, event: Event) -> list[tuple[object, ...]]:
        """Return which faults an event ends: without a name, all of a link."""
        if event.get("name") is not None:
            return [_key(event)]
        return [key for key, fault in self._open.items() if fault.link == event.get("link")]

    def _healing(self, number: int, event: Event) -> None:
        for fault in self._open.values():
            fault.ending = min(fault.ending, event.at)

    def _step_healed(self, number: int, event: Event) -> None:
        for key in self._meant(event):
            if (fault := self._open.pop(key, None)) is not None:
                fault.ended = min(fault.ended, event.at)

    def _healed(self, number: int, event: Event) -> None:
        for key in [key for key in self._open if key[0] is not None]:
            fault = self._open.pop(key)
            fault.ended = min(fault.ended, event.at)

    # -- the run -----------------------------------------------------------------------------------

    def _steady(self, number: int, event: Event) -> None:
        if self.run.steady is None:
            self.run.steady = event.at
            self.run.links = tuple(event["links"])

    def _run_ended(self, number: int, event: Event) -> None:
        self.run.played, self.run.over = event.at, True
        self._by_hand = event.get("by_hand", False)

    def _steady_by_hand(self) -> None:
        """Nobody waited for a steady state: there was one if whatever was hurt had delivered before it was."""
        run = self.run
        links = touched(run)
        hurt = {link: min(f.asked for f in run.faults if f.touches(link)) for link in links}
        if all(delivers(run, link, until=at) for link, at in hurt.items()):
            run.steady, run.links = min(run.first_fault, run.played), links

    def _error(self, number: int, event: Event) -> None:
        self.run.errors.append(number)


def _key(event: Event) -> tuple[object, ...]:
    return event.get("act"), event.get("link"), event.get("name")
