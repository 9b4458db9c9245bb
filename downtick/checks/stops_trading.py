"""No new order in an outage."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from downtick.checks.cases import Case, conclude
from downtick.checks.finding import Finding
from downtick.checks.instant import Instant, Truth
from downtick.checks.outages import Outage, outages
from downtick.checks.rates import new_orders, steady_rate
from downtick.checks.run import Request, Run

NAME = "stops_trading"
_ENOUGH = 3
"""Orders that the bot would have sent in the meantime: with fewer, none is no sign."""
_PROBES = 0.25
"""Share of its usual orders, one at least, by which a bot may ask whether orders are taken again, where nothing else is wrong."""


def check(run: Run, parameters: Mapping[str, Any]) -> Finding:
    """Judge orders by when they left, from when the outage was visible to the bot."""
    orders = new_orders(run)
    rate = steady_rate(run, orders)
    within = run.real(parameters["within"])
    found = [_case(run, outage, orders, rate, within) for outage in outages(run)]
    cases = [case for case in found if case is not None]
    nothing = "there was no outage that the bot could see and in which it would have sent 3 orders"
    return conclude(NAME, cases, parameters, nothing)


def _case(
    run: Run, outage: Outage, orders: list[Request], rate: float, within: float
) -> Case | None:
    stolen = run.stolen(outage.visible.earliest, outage.until)
    stop = Instant(outage.visible.earliest + within, outage.visible.latest + within + stolen)
    left = outage.until - stop.earliest
    late = [
        o for o in orders if o.at > stop.earliest and o.since < outage.until and o.at > outage.since
    ]
    sure = [o for o in late if o.since > stop.latest and o.at <= outage.until]
    if outage.only_refuses and len(late) <= max(1.0, _PROBES * rate * left):
        late, sure = [], []
    if not left > 0 or (rate * left < _ENOUGH and not sure):
        return None
    holds: Truth = False if sure else (None if late else True)
    if holds is None or (holds and rate * (outage.until - stop.latest) < _ENOUGH):
        holds = None
    evidence = (*outage.evidence, *(o.number for o in (sure or late)[:5]))
    told = {
        False: f"{len(sure)} new orders left in an outage, after it had been visible for {within:g} s",
        None: "new orders may have left in an outage: nobody saw when they did, or when it was visible",
        True: f"no new order left in an outage of {outage.until - outage.since:.3g} s",
    }[holds]
    return Case(holds, told, evidence)
