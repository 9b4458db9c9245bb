"""When the bot knew what became of an order: by any route on which the exchange told it."""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from functools import lru_cache
from typing import NamedTuple
from urllib.parse import parse_qs

from downtick.checks.instant import Instant, Truth, first_of
from downtick.checks.run import Answer, Fill, Order, Request, Run

_TRUE = frozenset({"late_answer", "dripping_answer"})
"""Faults that change when an answer arrives, and not what it says."""

_CUT = frozenset({"lost_answer", "half_answer"})
"""Faults that leave no answer that can be read."""

_PRODUCTS = frozenset({"product_id", "product_ids"})
_TIMES = frozenset({"start_sequence_timestamp", "end_sequence_timestamp"})
_STATUSES = frozenset({"order_status", "limit", "sort_by", "status"})
"""What a query for orders may say without leaving out an order that stands as it asks."""


def speaks_true(run: Run, answer: Answer) -> Truth:
    """Return whether an answer arrives whole and says what is so; None if a fault had a hand in its words."""
    if not answer.size:
        return False
    if answer.fault is None:
        return True
    names = {fault.name for fault in run.faults if fault.handle == answer.fault}
    if names <= _TRUE and names:
        return True
    return False if names & _CUT else None


def plainly_answered(request: Request) -> bool:
    """Whether a request for an order had a whole answer, at once, that says what became of it."""
    answer = request.answer
    return answer is not None and answer.size > 0 and answer.status < 500 and answer.fault is None


def shows(request: Request, order: Order, at: float, fill: Fill | None = None) -> Truth:
    """Return whether a true answer to a request tells what became of an order.

    Args:
        request: that reads something.
        order: in the ledger.
        at: when the request was answered.
        fill: of the order, which is to be told of; any, if not given.
    """
    kind, name = request.purpose.kind, request.purpose.name
    if kind == "order":
        return name in {order.order_id, order.intent.client_order_id}
    if kind not in {"orders", "fills"}:
        return False
    query = _parsed(request.query)
    fills = [each for each in order.fills if fill in {None, each} and each.at <= request.at]
    if kind == "fills" and not any(_listed(query, each) for each in fills):
        return False  # an order without fills is not told of in their list
    for key in ("product_id", "product_ids"):
        if key in query and order.intent.product not in query[key]:
            return False
    if "order_ids" in query or "order_id" in query:
        return order.order_id in query.get("order_ids", []) + query.get("order_id", [])
    statuses = query.get("order_status", []) + query.get("status", [])
    if kind == "orders" and statuses and "all" not in statuses:
        is_open = order.ended > at
        if {"OPEN", "open"}.isdisjoint(statuses) or not is_open:
            return None if is_open else False
    understood = _STATUSES | _PRODUCTS | (_TIMES if kind == "fills" else frozenset())
    return True if query.keys() <= understood else None


_parsed = lru_cache(maxsize=256)(parse_qs)


def _listed(query: Mapping[str, list[str]], fill: Fill) -> bool:
    """Whether a list of fills of these times holds a fill."""
    first, last = (
        query.get(key, [""])[0] for key in ("start_sequence_timestamp", "end_sequence_timestamp")
    )
    wall = fill.wall / 1e9
    return not ((first and wall < _instant(first)) or (last and wall >= _instant(last)))


def _instant(text: str) -> float:
    """Return an RFC 3339 time in seconds since 1970; one that cannot be read is taken for no limit."""
    try:
        return datetime.fromisoformat(text).timestamp()
    except ValueError:
        return math.nan


class Told(NamedTuple):
    """Something that tells what became of an order: when the bot read it, and on which connection."""

    read: Instant
    conn: int


def told(run: Run, order: Order) -> Iterator[Told]:
    """Yield what told the bot what became of an order in the ledger, up to the first sure proof."""
    for request in order.requests:
        answer = request.answer
        if answer is not None and answer.status < 500:
            yield from _told(speaks_true(run, answer), request, answer)
    for connection, frame in order.told:
        yield Told(run.read(connection, frame), connection.conn)
    proven = math.inf
    first = bisect_left(run.requests, order.applied, key=lambda request: request.at)
    for place in range(first, len(run.requests)):
        request = run.requests[place]
        answer = request.answer
        if request.at > proven:
            break  # what came later can be no earlier proof
        if order.order_id in request.names:  # nobody names what he has not read
            proven = min(proven, request.at)
            yield Told(Instant(math.inf, request.at), request.conn)
        if answer is None or answer.status != 200:
            continue
        tells = shows(request, order, answer.at)
        if tells is False or _hidden(run, request, answer, order):
            continue
        true = speaks_true(run, answer)
        if tells and true:
            proven = min(proven, answer.proven)
        yield from _told(None if tells is None and true else true, request, answer)


def _hidden(run: Run, request: Request, answer: Answer, order: Order) -> bool:
    """Whether a fault left just this order out of an answer, and says so."""
    return answer.fault is not None and any(
        hit.get("request") == request.id and order.order_id in hit.get("hidden", ())
        for fault in run.faults
        if fault.handle == answer.fault
        for _, hit in fault.hits
    )


def known(run: Run, order: Order) -> Instant:
    """Return when the bot first knew what became of an order in the ledger."""
    first = first_of(each.read for each in told(run, order))
    return Instant(min(first), first.latest)


def knew(tellings: Iterable[Told], request: Request) -> Truth:
    """Return whether the bot knew what became of an order when a request left.

    Args:
        tellings: of the order, as `told` yields them.
        request: of any kind.
    """
    earliest = math.inf
    for read, conn in tellings:
        # On the request's own connection, what was surely read at all was read before it left.
        if read.latest <= (request.at if conn == request.conn else request.since):
            return True
        earliest = min(earliest, *read)
    return False if earliest > request.at else None


def _told(tells: Truth, request: Request, answer: Answer) -> Iterator[Told]:
    """Yield when an answer was read that tells; one that may tell is no proof."""
    if tells is not False:
        yield Told(Instant(answer.at, answer.proven if tells else math.inf), request.conn)
