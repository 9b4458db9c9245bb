"""Without a stream, prices are asked over REST."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from downtick.checks.cases import Case, conclude
from downtick.checks.finding import Finding
from downtick.checks.instant import Instant, met
from downtick.checks.rates import steady_rate
from downtick.checks.run import Run
from downtick.checks.streams import Gap, gaps, price_requests

NAME = "falls_back_to_rest"


def check(run: Run, parameters: Mapping[str, Any]) -> Finding:
    """Judge the time from the last price by stream to the first request for prices.

    Not exercised by a bot that asks anyway, or by a stream that was back sooner.
    """
    within = run.real(parameters["within"])
    found = [_case(run, gap, within) for gap in gaps(run, within)]
    cases = [case for case in found if case is not None]
    nothing = "the stream never failed for so long, or the bot asks for prices over REST anyway"
    return conclude(NAME, cases, parameters, nothing)


def _case(run: Run, gap: Gap, within: float) -> Case | None:
    requests, until = price_requests(run, gap.product), gap.carried
    if until - gap.since < within or steady_rate(run, requests) * within >= 1:
        return None
    first = next((request for request in requests if gap.since < request.at <= until), None)
    since = Instant(gap.since, gap.lost)
    if first is None:
        asked = Instant(until, math.inf)
    else:
        asked = Instant(max(first.since, gap.since), first.at)
    evidence = (gap.number,) if first is None else (gap.number, first.number)
    holds = met(asked, since, within, run.stolen(gap.since, until))
    told = {
        True: f"{gap.product}: prices were asked over REST {asked.latest - gap.since:.3g} s after the last by stream",
        False: f"{gap.product}: no price by stream for {until - gap.since:.3g} s, and none was asked over REST in time",
        None: f"{gap.product}: prices may have been asked over REST in time; nobody saw when the request left",
    }[holds]
    return Case(holds, told, evidence)
