"""The position limit holds at every instant, in the ledger and in the worst case."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from downtick.checks.cases import Case, conclude
from downtick.checks.exposure import exposures
from downtick.checks.finding import Finding
from downtick.checks.run import Run

NAME = "limits_hold"
_NEAR = Decimal("0.8")


def check(run: Run, parameters: Mapping[str, Any]) -> Finding:
    """Judge position plus open orders of one side against ``max_position``: nobody can guess what a bot allows itself.

    Exercised only where the bot came to four fifths of the limit.
    """
    given = parameters.get("max_position")
    if given is None:
        return conclude(
            NAME, [], parameters, "no limit was given: `limits_hold: {max_position: …}`"
        )
    limit, nearest = Decimal(str(given)), Decimal(0)
    cases = []
    for each in exposures(run):
        nearest = max(nearest, each.size / limit if limit else Decimal(each.size > 0))
        if each.size > limit:
            told = f"{each.product}: a position of {each.size} was possible, the limit is {limit}"
            cases.append(Case(False, f"{told}: count open and unknown orders too", (each.number,)))
        elif each.size >= _NEAR * limit:
            told = f"{each.product}: at most {limit} was ever possible"
            cases.append(Case(True, told, (each.number,)))
    nothing = f"the bot never came near its limit: at most {nearest:.0%} of it"
    return conclude(NAME, cases, parameters, nothing)
