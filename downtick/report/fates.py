"""What became of every order that the bot sent, and from when on it knew."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from itertools import count
from typing import Final, Literal

from downtick.checks.finding import Outcome
from downtick.checks.knowledge import known, plainly_answered, speaks_true
from downtick.checks.run import Order, Request, Run
from downtick.verdict import Verdict

MOST_KNOWN: Final = 100
"""Orders with a lost answer of which it is worked out when the bot knew: each asks for a look at all that followed."""

Became = Literal["accepted", "refused", "unknown"]


@dataclass(frozen=True)
class Fate:
    """One order.

    Attributes:
        request: by which the bot first asked for it.
        tries: how often it asked, under the same name.
        became: of it, as its answer told the bot; unknown if no whole answer did.
        order: in the ledger, None if there is none.
        known: when the bot surely knew, in monotonic seconds; infinite if that is not proven, or if there are too many
            orders of which that had to be worked out.
        doubled: whether a check found that it was ordered twice.
    """

    request: Request
    tries: int
    became: Became
    order: Order | None
    known: float
    doubled: bool


def fates(run: Run, verdict: Verdict) -> list[Fate]:
    """Return the fate of each order, in the order in which they were sent. A retry under the same name is the same order."""
    doubled = {
        number
        for finding in verdict.findings
        if finding.check == "exactly_once_orders"
        and finding.outcome is Outcome.VIOLATED
        and finding.weaker is None
        for number in finding.evidence
    }
    by_name: dict[str, list[Request]] = {}
    for request in run.asking("place"):
        name = request.intent.client_order_id if request.intent else ""
        by_name.setdefault(name or f"request {request.id}", []).append(request)
    applied = {order.intent.client_order_id: order for order in run.orders.values()}
    unknown = count()

    def knew(order: Order | None) -> float:
        return known(run, order).latest if order and next(unknown) < MOST_KNOWN else math.inf

    return [
        _fate(run, tries, applied.get(name), any(each.number in doubled for each in tries), knew)
        for name, tries in by_name.items()
    ]


def _fate(
    run: Run,
    tries: list[Request],
    order: Order | None,
    doubled: bool,
    knew: Callable[[Order | None], float],
) -> Fate:
    first = tries[0]
    answer = first.answer
    if plainly_answered(first) and answer is not None:
        became: Became = "accepted" if order is not None else "refused"
        return Fate(first, len(tries), became, order, answer.proven, doubled)
    if order is None and answer is not None and speaks_true(run, answer) is not False:
        return Fate(first, len(tries), "refused", None, answer.proven, doubled)
    return Fate(first, len(tries), "unknown", order, knew(order), doubled)
