"""The bot runs, and reads its sockets or sends."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise
from typing import Any

from downtick.checks.cases import Case, conclude
from downtick.checks.finding import Finding
from downtick.checks.run import Run

NAME = "stays_alive"
_PATIENCE = 3
"""How many times its longest silence before the faults a bot may be silent after them."""


def check(run: Run, parameters: Mapping[str, Any]) -> Finding:
    """Judge whether anything came from the bot after the last fault: a request, a message, a new connection.

    Violated only by a bot that has no socket left to read, and was silent for longer than it ever was before.
    """
    if not run.faults or not run.over:
        return conclude(NAME, [], parameters, "there was no fault, or no time after it")
    if run.process is not None and run.process.asked is None and run.process.ended < run.ended:
        told = f"the bot's process ended by itself, with exit code {run.process.exit_code}"
        return conclude(NAME, [Case(False, told, run.process.numbers)], parameters, "")
    heal = run.last_heal
    acts = [c.accepted for c in run.connections.values()]
    acts += [c.heard for c in run.connections.values() if c.heard > c.accepted]
    heard = [request.at for request in run.requests]
    surely = [*acts, *(request.at for request in run.requests if request.since >= heal)]
    if any(heal <= at <= run.ended for at in surely):
        last = max(at for at in surely if at <= run.ended)
        told = f"the bot was heard {last - heal:.3g} s after the last fault"
        return conclude(NAME, [Case(True, told)], parameters, "")
    is_open = [c for c in run.connections.values() if c.accepted < run.ended <= c.ended]
    if is_open or any(heal <= at <= run.ended for at in heard):
        told = "the bot was not heard after the last fault; nobody saw whether it reads its sockets"
        return conclude(NAME, [Case(None, told)], parameters, "")
    before = sorted(at for at in [*acts, *heard] if at < run.first_fault)
    usual = max((later - earlier for earlier, later in pairwise(before)), default=run.ended)
    silent = run.ended - heal
    if silent <= _PATIENCE * usual + run.stolen(heal, run.ended):
        told = f"the bot was silent for {silent:.3g} s after the last fault: too short to tell"
        return conclude(NAME, [Case(None, told)], parameters, "")
    told = f"the bot had no socket open and sent nothing for {silent:.3g} s after the last fault"
    return conclude(NAME, [Case(False, told)], parameters, "")
