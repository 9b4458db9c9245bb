"""Wrong balances, orders or prices do not make the bot take more risk."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from downtick.checks.cases import Case, conclude
from downtick.checks.deviations import Priced, priced, usual_depths
from downtick.checks.exposure import Exposure, exposures, usual
from downtick.checks.finding import Finding
from downtick.checks.rates import new_orders, steady_rate
from downtick.checks.run import Fault, Request, Run

NAME = "believes_no_lies"
_MORE = 10
"""How many times the most before the faults speaks against a bot whose limit nobody gave: positions drift of themselves."""
_ENOUGH = 5
"""Orders before the faults that show how far from the book a bot goes of itself: one on a ladder may have others far away."""
_FAR = 10
"""How many times the allowed deviation speaks against a bot of which fewer are known."""
_USUAL = 3
"""Orders that a bot would have sent in a lie: with fewer, none is no sign."""
_OF_THE_ACCOUNT = frozenset({"zero_balances", "empty_orders"})
_OLD = "old_prices_fresh_times"
_OF_PRICES = frozenset({_OLD, "price_off_by_ten", "crossed_book"})
_DEVIATION = 1.0
_ZERO = Decimal(0)


def check(run: Run, parameters: Mapping[str, Any]) -> Finding:
    """Judge what follows each lie, from when it begins on.

    After one about the account: exposure, against ``max_position`` or the most before the faults. After one about
    prices: how far orders are from the true book, which may be ``max_deviation`` (%) more than before the faults.
    Prices that are true and look old are no lie here: a bot that believes them does right.
    """
    lies = [fault for fault in run.faults if fault.name == "wrong_data" and fault.hits]
    every = list(exposures(run))
    limits = usual(run)
    orders = new_orders(run)
    cases = []
    for lie in lies:
        what = lie.attributes.get("what")
        if what in _OF_THE_ACCOUNT:
            cases += _account(lie, every, limits, parameters.get("max_position"))
        elif what in _OF_PRICES:
            more = Decimal(str(parameters.get("max_deviation", _DEVIATION))) / 100
            cases += _prices(run, lie, orders, more)
    nothing = "no lie was told, or no order followed it"
    return conclude(NAME, cases, parameters, nothing)


def _prices(run: Run, lie: Fault, orders: list[Request], more: Decimal) -> Iterator[Case]:
    """Judge how deep the orders after a lie about prices were."""
    known = priced(orders)
    before = [each for each in known if each.order.at < run.first_fault]
    usually = usual_depths(before)
    mids = {each.product: each.mid for each in known if each.order.at < lie.asked}
    after = [each for each in known if each.order.at >= lie.asked]
    what = lie.attributes["what"]
    if not after and any(order.at >= lie.asked for order in orders):
        told = "of the orders after a lie about prices none has a price of its own, or none its true book in the history"
        yield Case(None, told, (lie.number,))
    lasted = min(lie.ended, run.ended) - lie.asked
    expected = steady_rate(run, orders) * lasted
    for product in dict.fromkeys(each.product for each in after):
        of_it = [each for each in after if each.product == product]
        least, most = usually.get(product, (_ZERO, _ZERO))
        few = sum(each.product == product for each in before) < _ENOUGH
        worst = max(of_it, key=lambda each: max(each.depth - most, least - each.depth))
        evidence = (lie.number, worst.order.number)
        told = f"{product}: after {what} had been told an order was priced {worst}"
        beyond = max(worst.depth - most, least - worst.depth)
        if beyond > more:
            if product not in usually:
                why = "none before the faults shows what is usual"
                yield Case(None, f"{told}, and {why}", evidence)
            elif few and beyond < _FAR * more:
                why = "too few before the faults show what is usual"
                yield Case(None, f"{told}, and {why}", evidence)
            else:
                yield Case(False, told, evidence)
        elif expected < _USUAL and not any(each.order.at <= lie.ended for each in of_it):
            told = f"{product}: no order came while {what} was told, and few were to be expected"
            yield Case(None, told, evidence)
        elif what == _OLD and not _moved(of_it, mids.get(product), more):
            told = f"{product}: the market had hardly moved, so old prices were good ones"
            yield Case(None, told, evidence)
        else:
            told = f"{product}: orders kept to the true book, whatever {what} told"
            yield Case(True, told, evidence)


def _moved(orders: list[Priced], mid: Decimal | None, more: Decimal) -> bool:
    """Whether the true book had left a price by more than is allowed, when one of the orders came."""
    return mid is not None and any(abs(each.mid / mid - 1) > more for each in orders)


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
