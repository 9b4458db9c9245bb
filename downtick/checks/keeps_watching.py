"""Positions and open orders are still asked for in an outage."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from downtick.checks.cases import Case, conclude
from downtick.checks.finding import Finding
from downtick.checks.outages import Outage, outages
from downtick.checks.rates import steady_rate
from downtick.checks.run import Order, Request, Run

NAME = "keeps_watching"
_ENOUGH = 3
"""Reads that the bot would have made in the meantime: with fewer, none is no sign."""
_CARRIES_NOTHING = frozenset({"down", "freeze", "blackhole", "timeout", "refuse_connections"})


def check(run: Run, parameters: Mapping[str, Any]) -> Finding:
    """Judge attempts to read positions or orders in an outage, whatever they were answered.

    Those count that left when the outage was visible: the one that showed it was none in spite of it. Exercised only with
    something to watch and a link that can carry the question.
    """
    reads = list(run.asking("orders", "order", "positions"))
    rate = steady_rate(run, reads)
    found = [_case(run, outage, reads, rate) for outage in outages(run)]
    cases = [case for case in found if case is not None]
    nothing = (
        "in no outage was there an open order or position, a link to ask over, and time for 3 of the"
        " bot's usual reads"
    )
    return conclude(NAME, cases, parameters, nothing)


def _case(run: Run, outage: Outage, reads: list[Request], rate: float) -> Case | None:
    since = outage.visible.earliest if outage.visible.earliest < outage.until else outage.since
    length = outage.until - since
    blocked = any(f.name in _CARRIES_NOTHING and f.touches("rest") for f in outage.faults)
    if blocked or not any(_matters(order, outage) for order in run.orders.values()):
        return None
    meanwhile = [r for r in reads if r.at > since and r.since < outage.until]
    sure = [r for r in meanwhile if r.since >= since and r.at <= outage.until]
    if sure:
        told = (
            f"positions or orders were asked for {len(sure)} times in an outage of {length:.3g} s"
        )
        return Case(True, told, tuple(r.number for r in sure[:5]))
    if rate * length < _ENOUGH:
        return None
    if meanwhile:
        return Case(None, "positions or orders may have been asked for before the outage began")
    told = f"neither positions nor orders were asked for in an outage of {length:.3g} s"
    return Case(False, f"{told}; {rate * length:.0f} times was usual")


def _matters(order: Order, outage: Outage) -> bool:
    """Whether an order was open in the outage, or had made a position before it."""
    is_open = order.applied <= outage.until and order.ended > outage.since
    return is_open or any(fill.at <= outage.until for fill in order.fills)
