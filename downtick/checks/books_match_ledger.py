"""What the bot believes at the end is what the exchange did."""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Mapping
from typing import Any

from downtick.checks.cases import Case, conclude
from downtick.checks.finding import Finding
from downtick.checks.instant import Truth
from downtick.checks.knowledge import shows, speaks_true
from downtick.checks.run import Fill, Order, Run

NAME = "books_match_ledger"


def check(run: Run, parameters: Mapping[str, Any]) -> Finding:
    """Judge whether every fill was read before the end. What the bot made of it, only the bot can tell.

    A fill that was not read is no violation by itself: the bot may not claim to know.
    """
    cases = [_case(run, order, fill) for order in run.orders.values() for fill in order.fills]
    return conclude(NAME, cases, parameters, "nothing was filled")


def _case(run: Run, order: Order, fill: Fill) -> Case:
    name = order.intent.client_order_id
    if _read(run, order, fill):
        return Case(True, "every fill was read before the end", (fill.number,))
    told = f"nobody saw that the bot read of the fill of {fill.size} of order {name!r}"
    return Case(None, told, (fill.number,))


def _read(run: Run, order: Order, fill: Fill) -> Truth:
    """Return whether a fill was surely read: by a frame of the user's feed, or in an answer that was asked after it."""
    for connection, frame in order.told:
        if frame[1]["entry"] >= fill.entry and run.read(connection, frame).latest <= run.last:
            return True
    first = bisect_left(run.requests, fill.at, key=lambda request: request.at)
    for place in range(first, len(run.requests)):
        request = run.requests[place]
        answer = request.answer
        if answer is None or answer.status != 200 or answer.proven == math.inf:
            continue
        if shows(request, order, answer.at, fill) and speaks_true(run, answer):
            return True
    return None
