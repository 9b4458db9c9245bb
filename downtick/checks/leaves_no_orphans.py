"""No order stays open that the bot does not know of."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from downtick.checks.cases import Case, conclude
from downtick.checks.finding import Finding
from downtick.checks.instant import Instant, before
from downtick.checks.knowledge import known, plainly_answered
from downtick.checks.run import Order, Run

NAME = "leaves_no_orphans"


def check(run: Run, parameters: Mapping[str, Any]) -> Finding:
    """Judge the orders that are open at the end: the bot has read something that names each.

    Exercised by an order that is open at the end, or by one whose answer was lost and that is over by then.
    """
    cases = [
        _case(run, order)
        for order in run.orders.values()
        if order.ended > run.last or (order.requests and not plainly_answered(order.requests[0]))
    ]
    return conclude(NAME, cases, parameters, "no order was open at the end, and none was ever lost")


def _case(run: Run, order: Order) -> Case:
    name = order.intent.client_order_id
    if order.ended <= run.last:
        return Case(True, f"order {name!r}, whose answer was lost, is over", (order.number,))
    read = known(run, order)
    holds = before(read, Instant(run.last, run.last)) if read.earliest < math.inf else False
    told = {
        True: f"the bot has read of order {name!r}, which is open at the end",
        False: f"order {name!r} is open at the end, and nothing told the bot of it: look for it and cancel it",
        None: f"order {name!r} is open at the end; nobody saw whether the bot read of it",
    }[holds]
    return Case(holds, told, (order.number,))
