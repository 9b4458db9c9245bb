"""A feed that is connected and silent is given up."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any

from downtick.checks.cases import Case, conclude
from downtick.checks.finding import Finding
from downtick.checks.instant import Instant, first_of, met
from downtick.checks.rates import steady_rate
from downtick.checks.run import CUT, FEEDS, Connection, Fault, Frame, Run
from downtick.checks.signs import none_yet, signs

NAME = "notices_silence"
_QUIET = {
    "data": frozenset({"heartbeats", "subscriptions"}),
    "heartbeats": None,
}
"""Channels that do not count as what is silent; None: only heartbeats count."""
_HOLD_BACK = frozenset({"freeze", "blackhole"})
"""Faults of a link under which the exchange sends on, and nothing arrives."""


def check(run: Run, parameters: Mapping[str, Any]) -> Finding:
    """Judge the time from the last frame to the bot's first sign of having noticed.

    Exercised only if the silence lasted for the whole deadline, whatever the bot did meanwhile.
    """
    within = run.real(parameters["within"])
    of = parameters["of"]
    cases = [_case(run, feed, last, within) for feed, last in _silences(run, of, within)]
    held_back = _held_back(run, of, within)
    cases += [_case(run, feed, last, within, fault) for feed, last, fault in held_back]
    return conclude(NAME, cases, parameters, "no feed that was open fell silent for so long")


def _silences(run: Run, of: str, within: float) -> Iterator[tuple[Connection, Frame]]:
    """Yield feeds and their last frames before a silence that a fault of the exchange made: else its market is quiet."""
    for feed in run.feeds():
        if feed.listener not in FEEDS:
            continue
        faults = [fault for fault in run.faults if fault.silences(feed.conn)]
        frames = feed.frames if faults else []
        if of != "all":
            frames = [frame for frame in frames if _counts(frame, of)]
        for frame, following in _pauses(frames, within):
            at = frame[1].at
            # The bot may have ended it: then the silence lasts as long as its fault.
            lasting = [fault for fault in faults if fault.asked - at < within and fault.ended > at]
            until = max((min(fault.ended, run.ended) for fault in lasting), default=at)
            if min(until, following) - at >= within and feed.ended > at:
                yield feed, frame


def _held_back(run: Run, of: str, within: float) -> Iterator[tuple[Connection, Frame, Fault]]:
    """Yield feeds whose frames a link held back for so long, and the last frame that was sent before it began to."""
    for fault in run.faults:
        if fault.name not in _HOLD_BACK or min(fault.ending, run.ended) - fault.done < within:
            continue
        for feed in run.feeds(fault.link):
            if feed.listener not in FEEDS or not feed.alive(fault.done):
                continue
            before = [frame for frame in feed.frames if frame[1].at < fault.asked]
            counting = [frame for frame in before if of == "all" or _counts(frame, of)]
            if counting:
                yield feed, counting[-1], fault


def _pauses(frames: Sequence[Frame], least: float) -> Iterator[tuple[Frame, float]]:
    """Yield each frame after which none came for so long, with the instant of the next; never, after the last."""
    for frame, following in pairwise(frames):
        if following[1].at - frame[1].at >= least:
            yield frame, following[1].at
    for frame in frames[-1:]:
        yield frame, math.inf


def _counts(frame: Frame, of: str) -> bool:
    channel = frame[1].get("channel")
    quiet = _QUIET[of]
    return channel == "heartbeats" if quiet is None else channel not in quiet


def _case(
    run: Run, feed: Connection, last: Frame, within: float, held: Fault | None = None
) -> Case:
    """Judge one silence; if a link held frames back, the exchange may see the end of the feed later than it was."""
    at = last[1].at
    found = [*signs(run, feed, at), *_prices(run, feed, at, within)]
    since = run.read(feed, last)
    if held is not None:
        passed = (f for f in feed.frames_after(at) if f[1].at <= held.done)
        reads = [r for f in passed if (r := run.read(feed, f)).earliest < held.ending]
        since = Instant(since.earliest, max([since.latest, held.done, *(r.latest for r in reads)]))
        found = [
            (Instant(held.done, sign.latest) if _late(feed, held, sign, number) else sign, number)
            for sign, number in found
        ]
    found = found or [none_yet(run)]
    sign = first_of(each for each, _ in found)
    number = min(found, key=lambda each: each[0].latest)[1]
    holds = met(sign, since, within, run.stolen(at, min(sign.earliest, run.ended)))
    name = f"feed #{feed.conn} ({feed.listener})"
    told = {
        True: f"{name} fell silent, and the bot acted {sign.latest - at:.3g} s after its last frame",
        False: f"{name} fell silent, and the bot did nothing about it for {sign.earliest - at:.3g} s",
        None: f"{name} fell silent; nobody saw when the bot read its last frame",
    }[holds]
    return Case(holds, told, (last[0], number) if number >= 0 else (last[0],))


def _late(feed: Connection, held: Fault, sign: Instant, number: int) -> bool:
    """Whether a sign went through the feed itself, and may have been held back too."""
    if sign.earliest < held.done or sign.latest > held.ended + CUT:
        return False
    through = {told for told, _ in feed.subscribed}
    return number in through or (feed.end is not None and feed.end.number == number)


def _prices(
    run: Run, feed: Connection, since: float, within: float
) -> Iterator[tuple[Instant, int]]:
    """Yield requests for prices, if the bot makes none while all is well: whose stream of them is silent may ask for them.

    Of one that an order follows nobody can tell whether it was for more than that order.
    """
    requests = list(run.asking("price"))
    if feed.listener != "market_ws" or steady_rate(run, requests) * within >= 1:
        return
    for_orders = {
        one.id for one, following in pairwise(run.requests) if following.purpose.kind == "place"
    }
    for request in requests:
        if request.since > since:
            leave = request.leave
            sure = request.id not in for_orders
            yield leave if sure else Instant(leave.earliest, math.inf), request.number
