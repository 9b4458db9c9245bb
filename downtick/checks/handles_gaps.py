"""A gap in sequence numbers is repaired."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from downtick.checks.cases import Case, conclude
from downtick.checks.finding import Finding
from downtick.checks.instant import Instant, met
from downtick.checks.run import Connection, Frame, Run
from downtick.checks.signs import none_yet, signs
from downtick.checks.streams import price_requests

NAME = "handles_gaps"
_WHOLE = frozenset({"l2_data", "market_trades", "user"})
"""Channels of which no frame may be missed; a ticker is made good by the next."""


def check(run: Run, parameters: Mapping[str, Any]) -> Finding:
    """Judge the time from the frame beyond a gap being read to a new subscription, connection or snapshot by REST."""
    within = run.real(parameters["within"])
    cases = [_case(run, feed, frame, lost, within) for feed, frame, lost in _gaps(run)]
    nothing = "no frame of level2, market_trades or user was left out"
    return conclude(NAME, cases, parameters, nothing)


def _gaps(run: Run) -> Iterator[tuple[Connection, Frame, str]]:
    """Yield the feed, the first frame beyond each gap, and the channel that lost one."""
    for fault in run.faults:
        if fault.name != "sequence_gap":
            continue
        for _, hit in fault.hits:
            feed = run.connections.get(hit["conn"])
            if feed is None or hit.get("channel") not in _WHOLE:
                continue
            beyond = next(feed.frames_after(hit.at), None)
            if beyond is not None:
                yield feed, beyond, hit["channel"]


def _case(run: Run, feed: Connection, beyond: Frame, channel: str, within: float) -> Case:
    at = beyond[1].at
    found: list[tuple[Instant, int]] = list(signs(run, feed, at))
    products = beyond[1].get("products") or []
    if channel != "user":
        found += [
            (Instant(max(request.since, at), request.at), request.number)
            for product in products
            for request in price_requests(run, product)
            if request.at > at
        ]
    else:
        found += [
            (Instant(max(request.since, at), request.at), request.number)
            for request in run.asking("orders")
            if request.at > at
        ]
    repair, number = min(found, default=none_yet(run))
    holds = met(repair, run.read(feed, beyond), within, run.stolen(at, repair.earliest))
    name = f"a frame of {channel} was left out on feed #{feed.conn}"
    told = {
        True: f"{name}, and the bot repaired that {repair.latest - at:.3g} s later",
        False: f"{name}, and the bot went on as if nothing were missing",
        None: f"{name}; nobody saw when the bot read the frame beyond the gap, or when its repair left",
    }[holds]
    return Case(holds, told, (beyond[0], number) if number >= 0 else (beyond[0],))
