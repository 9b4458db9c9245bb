"""After an outage the open and unknown orders are read before the first new order."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import chain
from typing import Any

from downtick.checks.cases import Case, conclude
from downtick.checks.finding import Finding
from downtick.checks.instant import Truth
from downtick.checks.knowledge import speaks_true
from downtick.checks.outages import Outage, outages
from downtick.checks.rates import new_orders
from downtick.checks.run import CUT, Request, Run

NAME = "reconciles_before_trading"
_CARRIERS = ("rest", "user_ws")
_CHANGES = frozenset({"place", "cancel", "edit"})


def check(run: Run, parameters: Mapping[str, Any]) -> Finding:
    """Judge what the bot had read when its first order after an outage left.

    Exercised only by an outage of REST or of the user's feed that the bot came to see, and by a new order after it.
    """
    orders = new_orders(run)
    found = [_case(run, outage, orders) for outage in outages(run)]
    cases = [case for case in found if case is not None]
    nothing = "no new order followed an outage of rest or user_ws"
    return conclude(NAME, cases, parameters, nothing)


def _case(run: Run, outage: Outage, orders: list[Request]) -> Case | None:
    if not any(fault.touches(link) for fault in outage.faults for link in _CARRIERS):
        return None
    first = next((order for order in orders if order.at > outage.until), None)
    if first is None:
        return None
    readings = list(_readings(run, max(_hidden(run, outage, first)), first))
    evidence = (*outage.evidence, first.number)
    if any(readings):
        told = "the open orders were read after the outage, before the first new order left"
        return Case(True, told, evidence)
    if readings or first.since < outage.until:
        told = "nobody saw whether the open orders were read before the first new order left"
        return Case(None, told, evidence)
    if not _met(run, outage):
        told = "nothing of the bot's met the outage as far as anybody saw: it may have sat it out"
        return Case(None, told, evidence)
    after = first.at - outage.until
    told = f"a new order left {after:.3g} s after the outage, and the open orders had not been read"
    return Case(False, f"{told}: ask for them first", evidence)


def _met(run: Run, outage: Outage) -> bool:
    """Whether the bot surely came to see an outage of orders: a link may stand still for a while, and nobody want anything of it."""
    for fault in outage.faults:
        if fault.place == "exchange":
            if any(fault.touches(link) for link in _CARRIERS):
                return True
            continue
        since, until = fault.asked, fault.ended + CUT
        ends = (feed.ended for feed in run.feeds("user_ws"))
        refused = (
            each.at
            for each in run.refusals
            if fault.link in _CARRIERS and each.links == (fault.link,)
        )
        lost = (
            each.at for each in run.requests if fault.link == "rest" and not _was_answered(each)
        )
        if any(since <= at <= until for at in chain(ends, refused, lost)):
            return True
    return False


def _was_answered(request: Request) -> bool:
    return request.answer is not None and request.answer.size > 0


def _hidden(run: Run, outage: Outage, first: Request) -> Iterator[float]:
    """Yield until when the fate of an order could stay unseen; what a list of later shows is all of it.

    A fault of single answers hides nothing from a list that got through, but an order that it hit must be looked up.
    """
    yield outage.since
    changes = {request.id for request in run.requests if request.purpose.kind in _CHANGES}
    for fault in outage.faults:
        if fault.place == "link" or fault.touches("user_ws"):
            yield min(fault.ended, run.ended)
            continue
        yield from (
            hit.at for _, hit in fault.hits if hit.get("request") in changes and hit.at < first.at
        )
    for feed in run.feeds("user_ws"):
        if feed.end is not None and outage.since <= feed.end.at <= outage.until:
            yield feed.end.at


def _readings(run: Run, since: float, first: Request) -> Iterator[Truth]:
    """Yield whether each list of open orders was read before an order left; only those that may have been."""
    for request in run.asking("orders"):
        answer = request.answer
        if answer is None or answer.status != 200 or request.at < since or answer.at > first.at:
            continue
        if not _covers_open(request.query):
            continue
        true = speaks_true(run, answer)
        if true is False:
            continue
        same = request.conn == first.conn
        read = answer.proven <= (first.at if same else first.since)
        # Whenever it was asked: it was answered with what stood after the outage.
        yield True if true and read else None
    for feed in run.feeds("user_ws"):
        for frame in feed.frames_after(since):
            event = frame[1]
            if event.at > first.at:
                break
            if event.get("channel") == "user" and event.get("type") == "snapshot":
                read_at = run.read(feed, frame)
                if read_at.earliest <= first.at:
                    yield True if read_at.latest <= first.since else None


def _covers_open(query: str) -> bool:
    """Whether a list of orders holds the open ones."""
    return "status=" not in query or "OPEN" in query or "open" in query or "all" in query
