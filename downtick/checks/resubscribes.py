"""Every channel and product of before a loss is subscribed again."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from downtick.checks.cases import Case, conclude
from downtick.checks.finding import Finding
from downtick.checks.losses import Loss, losses, subscribed
from downtick.checks.run import Run

NAME = "resubscribes"


def check(run: Run, parameters: Mapping[str, Any]) -> Finding:
    """Judge whether the acknowledged subscriptions of all feeds come to be again what they were before each loss."""
    cases = [case for loss in losses(run) if (case := _case(run, loss)) is not None]
    return conclude(NAME, cases, parameters, "no feed that was subscribed to anything was lost")


def _case(run: Run, loss: Loss) -> Case | None:
    before = subscribed(run, loss.end.at)
    if not loss.connection.pairs(loss.end.at):
        return None
    name = f"feed #{loss.connection.conn} ({loss.connection.listener})"
    missing, after = before, loss.end.number
    moments = {loss.end.at: loss.end.number} | {
        each.at: each.number for feed in run.feeds() for each in feed.acknowledged
    }
    for at in sorted(moments):
        if not loss.end.at <= at <= run.ended:
            continue
        left = before - subscribed(run, _after(at))
        if len(left) <= len(missing):
            missing, after = left, moments[at]
        if not missing:
            return Case(
                True, f"all that {name} carried is subscribed again", (loss.end.number, after)
            )
    told = ", ".join(f"{channel} {product}".strip() for channel, product in sorted(missing))
    if not run.over or loss.again.latest >= run.ended:
        said = f"{name} was lost, and the run ended before its link surely accepted again"
        return Case(None, said, (loss.end.number,))
    said = f"{name} was lost, and never subscribed again: {told}"
    return Case(False, said, (loss.end.number,))


def _after(at: float) -> float:
    """Return the next instant that a clock can tell."""
    return math.nextafter(at, math.inf)
