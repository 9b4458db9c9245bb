"""What a bot does of its own, while nothing is wrong: the rates that later ones are compared with."""

from __future__ import annotations

import math
from collections.abc import Iterable

from downtick.checks.run import Request, Run


def steady_rate(run: Run, requests: Iterable[Request]) -> float:
    """Return how many of these requests the bot made in a real second before the first fault."""
    count, span = _before(run, requests)
    return count / span if span > 0 else 0.0


def highest_rate(run: Run, requests: Iterable[Request]) -> float:
    """Return the highest steady rate that the bot may well have, for all that was seen before the first fault.

    Somebody who asked three times may have come by that once in twenty runs at nearly three times the rate; for who
    never asked it is the rule of three.
    """
    count, span = _before(run, requests)
    return (count + 2 * math.sqrt(count) + 3) / span if span > 0 else math.inf


def _before(run: Run, requests: Iterable[Request]) -> tuple[int, float]:
    """Return how many requests there were before the first fault, and in how many real seconds."""
    span = min(run.first_fault, run.ended) - run.began
    return sum(request.at < run.first_fault for request in requests), span


def new_orders(run: Run) -> list[Request]:
    """Return the requests for orders that were none before: not those that repeat a name."""
    names: set[str] = set()
    found = []
    for request in run.asking("place"):
        name = request.intent.client_order_id if request.intent is not None else ""
        if name and name in names:
            continue
        names.add(name)
        found.append(request)
    return found
