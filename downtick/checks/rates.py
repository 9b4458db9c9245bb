"""What a bot does of its own, while nothing is wrong: the rates that later ones are compared with."""

from __future__ import annotations

from collections.abc import Iterable

from downtick.checks.run import Request, Run


def steady_rate(run: Run, requests: Iterable[Request]) -> float:
    """Return how many of these requests the bot made in a real second before the first fault."""
    span = min(run.first_fault, run.ended) - run.began
    count = sum(request.at < run.first_fault for request in requests)
    return count / span if span > 0 else 0.0


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
