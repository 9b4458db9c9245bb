"""The feed is back after a loss."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from downtick.checks.cases import Case, conclude
from downtick.checks.finding import Finding
from downtick.checks.instant import Instant, first_of, met
from downtick.checks.losses import Loss, covering, cut_again, losses
from downtick.checks.run import Connection, Frame, Run

NAME = "reconnects"


def check(run: Run, parameters: Mapping[str, Any]) -> Finding:
    """Judge the time from the later of the loss and the link accepting again, to the first fresh frame read."""
    cases = [_case(run, loss, run.real(parameters["within"])) for loss in losses(run)]
    return conclude(NAME, cases, parameters, "no feed was lost after the first fault")


def _case(run: Run, loss: Loss, within: float) -> Case:
    lost = loss.connection
    name = f"feed #{lost.conn} ({lost.listener})"
    if (other := covering(run, loss)) is not None:
        told = f"{name} was lost while #{other.conn} carried the same"
        return Case(True, told, (loss.end.number, other.number))
    fresh = [
        (run.read(feed, frame), feed, frame)
        for feed in run.feeds(lost.listener)
        if _later(feed, loss) and (frame := first_fresh(feed)) is not None
    ]
    since = cut_again(run, loss, within)
    not_yet = Instant(run.ended, math.inf)
    back = first_of([not_yet, *(read for read, _, _ in fresh)])
    holds = met(back, since, within, run.stolen(since.earliest, min(back.earliest, run.ended)))
    took = back.earliest - loss.end.at
    evidence = (loss.end.number, *(frame[0] for _, _, frame in fresh[:1]))
    if holds is False:
        told = f"{name} was lost, and nothing fresh came for {took:.3g} s: connect again sooner"
    elif holds:
        told = f"{name} was lost, and fresh frames were read at most {back.latest - loss.end.at:.3g} s later"
    elif fresh:
        told = f"{name} was lost; fresh frames were sent {took:.3g} s later, but nobody saw when the bot read one, or from when on it could"
    else:
        told = f"{name} was lost, and the run ended before its deadline"
    return Case(holds, told, evidence)


def _later(feed: Connection, loss: Loss) -> bool:
    """Whether a feed came after another was lost. It may have been asked for before the exchange heard of the loss."""
    return feed.upgraded is not None and feed.upgraded > loss.end.at


def first_fresh(feed: Connection) -> Frame | None:
    """Return the first frame of a feed that was made after the bot subscribed there."""
    if not feed.subscribed:
        return None
    since = feed.subscribed[0][1]
    return next((f for f in feed.frames_after(since) if f[1].get("type") != "error"), None)
