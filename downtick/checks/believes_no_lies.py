"""Wrong balances, orders or prices do not make the bot take more risk."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from downtick.checks.cases import Case, conclude
from downtick.checks.exposure import Exposure, exposures, usual
from downtick.checks.finding import Finding
from downtick.checks.rates import new_orders
from downtick.checks.run import Fault, Run

NAME = "believes_no_lies"
_MORE = 10
"""How many times the most before the faults speaks against a bot whose limit nobody gave: positions drift of themselves."""
_OF_THE_ACCOUNT = frozenset({"zero_balances", "empty_orders"})


def check(run: Run, parameters: Mapping[str, Any]) -> Finding:
    """Judge exposure from each lie about the account on, against ``max_position`` or the most before the faults.

    How far an order's price is from the true book cannot be told: the history does not hold the market. Orders that came
    after a lie about prices are therefore a doubt.
    """
    lies = [fault for fault in run.faults if fault.name == "wrong_data" and fault.hits]
    every = list(exposures(run))
    limits = usual(run)
    cases = []
    for lie in lies:
        if lie.attributes.get("what") in _OF_THE_ACCOUNT:
            cases += _account(lie, every, limits, parameters.get("max_position"))
        elif any(order.at >= lie.asked for order in new_orders(run)):
            told = (
                "orders came after a lie about prices, and the history does not hold the true book"
            )
            cases.append(Case(None, told, (lie.number,)))
    nothing = "no lie was told, or no order followed it"
    return conclude(NAME, cases, parameters, nothing)


def _account(
    lie: Fault, every: list[Exposure], limits: Mapping[str, Decimal], given: float | None
) -> list[Case]:
    """Judge what was risked in a lie and after it."""
    after = [each for each in every if each.at >= lie.asked]
    cases = []
    for product in dict.fromkeys(each.product for each in after):
        limit = limits.get(product) if given is None else Decimal(str(given))
        worst = max((e for e in after if e.product == product), key=lambda e: e.size)
        evidence = (lie.number, worst.number)
        what = lie.attributes.get("what")
        if limit is None:
            told = f"{product}: no limit was given, and before the faults no position that had stopped to grow tells one"
            cases.append(Case(None, told, evidence))
        elif given is None and limit < worst.size < _MORE * limit:
            told = f"{product}: {worst.size} was risked after {what} had been told, {limit} was the most before: too little to tell"
            cases.append(Case(None, told, evidence))
        elif worst.size > limit:
            told = f"{product}: {worst.size} was risked after {what} had been told, {limit} is the most"
            cases.append(Case(False, told, evidence))
        else:
            told = f"{product}: at most {worst.size} was risked after {what} had been told"
            cases.append(Case(True, told, evidence))
    return cases
