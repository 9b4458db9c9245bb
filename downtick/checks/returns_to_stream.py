"""With the stream back, the extra REST calls end."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from downtick.checks.cases import Case, conclude
from downtick.checks.finding import Finding
from downtick.checks.instant import Truth
from downtick.checks.rates import highest_rate, steady_rate
from downtick.checks.run import Run
from downtick.checks.streams import Gap, gaps, price_requests

NAME = "returns_to_stream"
_ROUNDS = 3
"""Of the polling that was seen: with time for fewer, none is no sign that it ended."""
_MORE = 1.5
"""How far above its steady rate a bot may be by chance, besides one request."""


def check(run: Run, parameters: Mapping[str, Any]) -> Finding:
    """Judge requests for prices once the stream delivers again, against the bot's own rate before the faults.

    Not exercised by a bot that asks anyway, that never fell back, or by an outage shorter than the deadline.
    """
    within = run.real(parameters["within"])
    every = list(gaps(run, within))
    found = [_case(run, gap, every, within) for gap in every]
    cases = [case for case in found if case is not None]
    return conclude(NAME, cases, parameters, "the bot never fell back to REST, or was never back")


def _case(run: Run, gap: Gap, every: list[Gap], within: float) -> Case | None:
    requests = price_requests(run, gap.product)
    rate = steady_rate(run, requests)
    polls = sum(gap.since < request.at <= gap.until for request in requests)
    length = gap.until - gap.since
    if gap.next is None or rate * within >= 1 or polls <= rate * length * _MORE + 1:
        return None
    back = run.read(*gap.next)
    later = (g.since for g in every if g.product == gap.product and g.since >= gap.until)
    end = min((*later, run.ended))
    deadline, last = gap.until + within, back.latest + within + run.stolen(gap.until, end)
    seconds = end - deadline
    if seconds < _ROUNDS * length / polls:
        return None
    allowed = rate * seconds * _MORE + 1
    perhaps = [r for r in requests if deadline < r.at <= end]
    surely = [r for r in perhaps if r.since > last]
    # Who asks now and then of himself asks a few times more by chance; who is not back asks as in the gap.
    most = max(highest_rate(run, requests), polls / length / 2)
    on = len(surely) > max(0.0, end - last) * most + 1
    holds: Truth = False if on else (True if len(perhaps) <= allowed else None)
    told = {
        True: f"{gap.product}: REST was back to its steady rate once the stream was back",
        False: f"{gap.product}: {len(surely)} requests for prices with the stream back for {seconds:.3g} s",
        None: f"{gap.product}: prices were asked on, less than in the outage or before the bot had read the stream again",
    }[holds]
    return Case(holds, told, (gap.next[1][0], *(r.number for r in perhaps[:5])))
