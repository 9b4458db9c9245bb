"""Attempts to connect grow apart, up to a cap."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from statistics import mean
from typing import Any

from downtick.checks.cases import Case, conclude
from downtick.checks.finding import Finding
from downtick.checks.instant import Truth
from downtick.checks.losses import losses
from downtick.checks.run import FEEDS, Connection, Run

NAME = "backs_off"
_WINDOW = 5.0
"""Nominal seconds in which attempts are counted."""
_ENOUGH = 3
"""Attempts without which nothing can grow."""
_GROWN = 1.2
"""How much longer the later pauses are in the mean than the earlier ones, at least: pauses are drawn at random."""


@dataclass(frozen=True)
class Episode:
    """From the loss of feeds of a link until one is healthy again: what was lost, and the attempts in order."""

    listener: str
    lost: int
    number: int
    since: float
    attempts: tuple[Connection, ...]


def check(run: Run, parameters: Mapping[str, Any]) -> Finding:
    """Judge attempts in a sliding window for each lost connection, and whether the pauses between them grow."""
    found = [_case(run, episode, parameters) for episode in _episodes(run, parameters["healthy"])]
    cases = [case for case in found if case is not None]
    return conclude(NAME, cases, parameters, "nowhere did the bot need three attempts to be back")


def _episodes(run: Run, healthy: float) -> Iterator[Episode]:
    for listener in FEEDS:
        until = -math.inf
        lost = [loss for loss in losses(run) if loss.connection.listener == listener]
        for loss in sorted(lost, key=lambda loss: loss.end.at):
            at = loss.end.at
            if at <= until:
                continue
            born = [c for c in run.connections.values() if c.listener == listener]
            attempts = []
            until = run.ended
            for connection in born:
                if not at < connection.accepted <= run.ended:
                    continue
                attempts.append(connection)
                if _healthy(run, connection, run.real(healthy)):
                    until = connection.accepted
                    break
            alive = sum(c.upgraded is not None and c.upgraded < at <= c.ended for c in born)
            yield Episode(listener, max(alive, 1), loss.end.number, at, tuple(attempts))


def _healthy(run: Run, connection: Connection, seconds: float) -> bool:
    """Whether a feed lived for long enough to call it sound."""
    born = connection.upgraded
    return born is not None and min(connection.ended, run.last) - born >= seconds


def _case(run: Run, episode: Episode, parameters: Mapping[str, Any]) -> Case | None:
    times = [connection.accepted for connection in episode.attempts]
    if len(times) < _ENOUGH:
        return None
    evidence = (episode.number, *(connection.number for connection in episode.attempts[:5]))
    window, most = run.real(_WINDOW), parameters["max_rate"] * _WINDOW * episode.lost
    densest = max(sum(at <= other < at + window for other in times) for at in times)
    told = f"{len(times)} attempts to open {episode.listener}"
    if densest > most:
        said = f"{told}, {densest} of them within {_WINDOW:g} s: {most:g} are allowed"
        return Case(False, f"{said}; wait longer each time", evidence)
    until = times[-1]
    if any(
        fault.link == episode.listener and fault.ended > fault.done and fault.asked < until
        for fault in run.faults
        if fault.ended > episode.since
    ):
        return Case(
            None, f"{told}: under a fault of the link, nobody counted those that failed", evidence
        )
    if episode.lost > 1:
        return Case(True, f"{told}, at most {densest} within {_WINDOW:g} s", evidence)
    pauses = [later - earlier for earlier, later in pairwise(times)]
    holds, said = _grow(pauses, run.real(parameters["cap"]))
    return Case(holds, f"{told}: {said}", evidence)


def _grow(pauses: list[float], cap: float) -> tuple[Truth, str]:
    """Return whether pauses grow to a cap, and how to say so."""
    half = len(pauses) // 2
    early, late = mean(pauses[:half]), mean(pauses[-half:])
    said = f"pauses of {early:.3g} s at first and {late:.3g} s at last"
    if max(pauses) > cap * _GROWN:
        return False, f"a pause of {max(pauses):.3g} s is longer than the cap of {cap:g} s"
    if late >= early * _GROWN or early >= cap / 2:
        return True, said
    return (False, f"{said}: they do not grow") if late <= early else (None, said)
