"""On SIGTERM the bot ends, in time, with a clean exit code, and places nothing more."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from downtick.checks.cases import Case, conclude
from downtick.checks.finding import Finding
from downtick.checks.instant import before, exactly, met
from downtick.checks.run import Process, Run

NAME = "stops_cleanly"

SHORTEST: Final = 3.0
"""Real seconds that every process has to end, whatever the time scale: it does not end ten times as fast as life."""

_CLEAN: Final = frozenset({0, 143})
"""143 is what a shell tells of a process that SIGTERM ended: 128 and 15."""


def check(run: Run, parameters: Mapping[str, Any]) -> Finding:
    """Judge the end of the bot's process. Its sockets need no judging: a process that is gone has none.

    Exercised only if it was asked to end: not by a bot inside of the test's own process, nor by one that ended before.
    """
    process = run.process
    if process is None or process.asked is None:
        return conclude(NAME, [], parameters, "no process of a bot was asked to end")
    return conclude(NAME, [*_cases(run, process, parameters)], parameters, "")


def _cases(run: Run, process: Process, parameters: Mapping[str, Any]) -> Iterator[Case]:
    assert process.asked is not None
    asked, evidence = exactly(process.asked), process.numbers
    for request in run.requests:
        if request.intent is None or request.at <= process.asked:
            continue
        placed = before(request.leave, asked)
        told = "placed an order after SIGTERM" if placed is False else "may have placed an order"
        yield Case(placed, f"the bot {told}", (*evidence, request.number))
    took = process.ended - process.asked
    if process.killed:
        yield Case(False, "the bot did not end on SIGTERM, and was killed", evidence)
        return
    limit = max(run.real(parameters["within"]), SHORTEST)
    stolen = run.stolen(process.asked, process.ended)
    in_time = met(exactly(process.ended), asked, limit, stolen)
    yield Case(in_time, f"the bot ended {took:.2g} s after SIGTERM", evidence)
    if process.exit_code not in _CLEAN:
        told = f"the bot ended on SIGTERM with exit code {process.exit_code}: 0 or 143 is clean"
        yield Case(False, told, evidence)
