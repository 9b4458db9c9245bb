"""An order whose answer was lost is not sent a second time under another name."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from downtick.checks.cases import Case, conclude
from downtick.checks.finding import Finding, Outcome
from downtick.checks.instant import Truth
from downtick.checks.knowledge import knew, plainly_answered, speaks_true, told
from downtick.checks.run import Order, Request, Run

NAME = "exactly_once_orders"

Slot = tuple[str, str]
"""A product and a side."""

Kind = TypeVar("Kind", bound=tuple[str, ...])


def check(run: Run, parameters: Mapping[str, Any]) -> Finding:
    """Judge whether anything was ordered twice because nobody knew whether it was ordered.

    A second order that the exchange did not take, or whose first it had not taken, is only a `blind_retry`: luck.
    """
    placed = _by_name(run)
    applied = {order.intent.client_order_id: order for order in run.orders.values()}
    overlapping = _overlapping(run, placed, _slot)
    alike = _overlapping(run, placed, _shape)
    cases: list[Case] = []
    blind: list[Case] = []
    for name, first in placed.items():
        order = applied.get(name)
        if not _unknown(run, first, order):
            continue
        tellings = list(told(run, order)) if order is not None else []
        later = [
            (request, knew(tellings, request) if order else _knew_of_none(run, first, request))
            for request in _rivals(first, placed, overlapping)
            if _since(first) < request.at
        ]
        second = [(request, known_then) for request, known_then in later if known_then is not True]
        if not second and not plainly_answered(first):
            cases.append(Case(True, _kept(first), (first.number,)))
        for request, known_then in second:
            # One of several equal orders looks like a second try, and is none.
            doubted = _shape(request) == _shape(first) and _shape(first) in alike
            case = _second(first, request, None if doubted else known_then)
            both = order is not None and _name(request) in applied
            (cases if both or case.holds is not False else blind).append(case)
    found = conclude(NAME, cases, parameters, "every answer to an order arrived: none was unknown")
    if blind and found.outcome is not Outcome.VIOLATED:
        found = conclude(NAME, blind, parameters, "")
        return Finding(
            NAME, found.outcome, found.sentence, found.evidence, parameters, "blind_retry"
        )
    return found


def _by_name(run: Run) -> dict[str, Request]:
    """Return the first request of each order: a repeat under the same name is the same order."""
    placed: dict[str, Request] = {}
    for request in run.asking("place"):
        if request.intent is not None and request.intent.client_order_id:
            placed.setdefault(request.intent.client_order_id, request)
    return placed


def _unknown(run: Run, request: Request, order: Order | None) -> bool:
    """Whether the bot may not have known for a while what became of an order."""
    answer = request.answer
    if answer is not None and plainly_answered(request):
        # On a link that nobody has hurt yet, what was sent is read.
        connection = run.connections.get(request.conn)
        link = connection.listener if connection is not None else "rest"
        hurt = any(fault.link == link and fault.asked <= answer.at for fault in run.faults)
        return order is not None and hurt and answer.proven == math.inf
    if order is not None or answer is None:
        return True
    # It was not taken: an answer of whatever kind left nothing open.
    return speaks_true(run, answer) is False


def _knew_of_none(run: Run, first: Request, request: Request) -> Truth:
    """Return whether the bot knew, when a request left, that there is no such order: a list without it may have said so."""
    looked_up = any(
        first.at <= read.at and read.answer is not None and read.answer.at <= request.at
        for read in run.asking("orders", "order", "fills")
    )
    return None if looked_up else False


def _since(request: Request) -> float:
    """Return from when on another order is a second try: two at once are none while nothing is wrong."""
    answer = request.answer
    return request.at if answer is None or not plainly_answered(request) else answer.at


def _rivals(
    first: Request, placed: Mapping[str, Request], overlapping: frozenset[Slot]
) -> list[Request]:
    """Return the orders that may be a second try of one."""
    slot = _slot(first)
    assert first.intent is not None
    same = [other for other in placed.values() if other is not first and _slot(other) == slot]
    if slot not in overlapping:
        return same
    return [r for r in same if r.intent is not None and r.intent.shape == first.intent.shape]


def _second(first: Request, request: Request, known_then: Truth) -> Case:
    """Judge an order that came while another may have been unknown.

    Which of the two left first does not matter: either left while the other was in the air.
    """
    product, side = _slot(first)
    what = f"{side} {product}: {_name(request)!r} was sent while the fate of {_name(first)!r}"
    said = (
        f"{what} was unknown: look it up, or repeat it under its own name"
        if known_then is False
        else f"{what} may have been unknown: nobody saw when the bot read its answer, or it sends such orders anyway"
    )
    return Case(known_then, said, (first.number, request.number))


def _kept(first: Request) -> str:
    product, side = _slot(first)
    return f"no other {side} of {product} was sent while an order was unknown"


def _overlapping(
    run: Run, placed: Mapping[str, Request], kind: Callable[[Request], Kind]
) -> frozenset[Kind]:
    """Return of what kinds the bot has two orders in the air at a time even when nothing is wrong."""
    latest: dict[Kind, float] = defaultdict(lambda: -math.inf)
    found = set()
    for request in placed.values():
        if request.at >= run.first_fault:
            break
        each = kind(request)
        if request.at < latest[each]:
            found.add(each)
        done = request.answer.at if request.answer is not None else math.inf
        latest[each] = max(latest[each], done)
    return frozenset(found)


def _shape(request: Request) -> tuple[str, ...]:
    assert request.intent is not None
    return request.intent.shape


def _slot(request: Request) -> Slot:
    assert request.intent is not None
    return request.intent.product, request.intent.side


def _name(request: Request) -> str:
    assert request.intent is not None
    return request.intent.client_order_id
