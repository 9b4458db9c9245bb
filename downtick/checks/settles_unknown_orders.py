"""The fate of an order whose answer was lost is found out."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from downtick.checks.cases import Case, conclude
from downtick.checks.finding import Finding
from downtick.checks.instant import Instant, exactly, met
from downtick.checks.knowledge import known, plainly_answered
from downtick.checks.run import Order, Run

NAME = "settles_unknown_orders"


def check(run: Run, parameters: Mapping[str, Any]) -> Finding:
    """Judge the time from heal to the bot having read the fate of each order that it could not know."""
    within = run.real(parameters["within"])
    cases = [
        _case(run, order, within)
        for order in run.orders.values()
        if order.requests
        and order.requests[0].at >= run.first_fault
        and not plainly_answered(order.requests[0])
    ]
    return conclude(NAME, cases, parameters, "the answer to every order that was taken arrived")


def _case(run: Run, order: Order, within: float) -> Case:
    since = exactly(max(run.last_heal, order.applied))
    settled = known(run, order).or_earlier(Instant(run.ended, math.inf))
    stolen = run.stolen(since.earliest, min(settled.earliest, run.ended))
    holds = met(settled, since, within, stolen)
    name = order.intent.client_order_id
    told = {
        True: f"the fate of order {name!r} was read in time",
        False: f"nothing told the bot within {within:g} s what became of order {name!r}: look it up",
        None: f"what became of order {name!r} may have been read in time; nobody saw it",
    }[holds]
    return Case(holds, told, (order.number, *(r.number for r in order.requests)))
