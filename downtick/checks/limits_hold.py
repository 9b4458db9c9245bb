"""The position limit holds at every instant, in the ledger and in the worst case."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from downtick.checks.cases import Case, conclude
from downtick.checks.exposure import exposures, usual
from downtick.checks.finding import Finding
from downtick.checks.run import Run

NAME = "limits_hold"
_NEAR = Decimal("0.8")


def check(run: Run, parameters: Mapping[str, Any]) -> Finding:
    """Judge position plus open orders of one side against ``max_position``, or against the most before the faults.

    Exercised only where the bot came to four fifths of the limit.
    """
    given = parameters.get("max_position")
    limits = usual(run)
    cases = []
    nearest = Decimal(0)
    for each in exposures(run):
        limit = limits.get(each.product) if given is None else Decimal(str(given))
        if limit is None or (given is None and each.at < run.first_fault):
            continue
        nearest = max(nearest, each.size / limit if limit else Decimal(each.size > 0))
        if each.size > limit:
            told = f"{each.product}: a position of {each.size} was possible, the limit is {limit}"
            cases.append(Case(False, f"{told}: count open and unknown orders too", (each.number,)))
        elif each.size >= _NEAR * limit:
            told = f"{each.product}: at most {limit} was ever possible"
            cases.append(Case(True, told, (each.number,)))
    if given is None and not limits:
        nothing = "no limit was given, and no order came before the first fault to take one from"
    else:
        nothing = f"the bot never came near its limit: at most {nearest:.0%} of it"
    return conclude(NAME, cases, parameters, nothing)
