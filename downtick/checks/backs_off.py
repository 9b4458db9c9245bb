"""Attempts to connect grow apart, up to a cap."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import mean
from typing import Any, NamedTuple

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
_SHORTER = 1.3
"""How much longer the later pauses are in the mean than a short second one, at least."""
_ALIKE = 1.25
"""How many times the shortest pause the longest one is, at most, where all are said to be alike."""
_MANY = 8
"""Pauses of which two are hardly ever the shortest by chance: one time in 36 if all are drawn alike."""
_POLITE = 3
"""How many times the shortest allowed pause one is that need not grow."""
_GROWN = 1.2
"""How much longer the later pauses are in the mean than the earlier ones, at least: pauses are drawn at random."""


class Attempt(NamedTuple):
    """One attempt to connect: when, the number of its event, and whether it surely was to this link."""

    at: float
    number: int
    sure: bool = True


@dataclass(frozen=True)
class Episode:
    """From the loss of feeds of a link until one is healthy again: what was lost, and the attempts in order."""

    listener: str
    lost: int
    number: int
    since: float
    attempts: tuple[Attempt, ...]


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
                attempts.append(Attempt(connection.accepted, connection.number))
                if _healthy(run, connection, run.real(healthy)):
                    until = connection.accepted
                    break
            attempts += (
                Attempt(each.at, each.number, each.links == (listener,))
                for each in run.refusals
                if at < each.at <= until and listener in each.links
            )
            alive = sum(c.upgraded is not None and c.upgraded < at <= c.ended for c in born)
            yield Episode(listener, max(alive, 1), loss.end.number, at, tuple(sorted(attempts)))


def _healthy(run: Run, connection: Connection, seconds: float) -> bool:
    """Whether a feed lived for long enough to call it sound."""
    born = connection.upgraded
    return born is not None and min(connection.ended, run.last) - born >= seconds


def _case(run: Run, episode: Episode, parameters: Mapping[str, Any]) -> Case | None:
    """Return what an episode shows; None if there were too few attempts to show anything."""
    attempts = episode.attempts
    if len(attempts) < _ENOUGH:
        return None
    evidence = (episode.number, *(attempt.number for attempt in attempts[:5]))
    told = f"{len(attempts)} attempts to open {episode.listener}"
    window, most = run.real(_WINDOW), parameters["max_rate"] * _WINDOW * episode.lost
    sure = _densest([attempt.at for attempt in attempts if attempt.sure], window)
    stood = max((run.stolen(each.at - window, each.at + window) for each in attempts), default=0.0)
    densest = _densest([attempt.at for attempt in attempts], window)
    if sure > most * (1 + stood / window):
        said = f"{told}, {sure} of them within {_WINDOW:g} s: {most:g} are allowed"
        return Case(False, f"{said}; wait longer each time", evidence)
    if _uncounted(run, episode):
        return Case(
            None, f"{told}: under a fault of the link, nobody counted those that failed", evidence
        )
    if not all(attempt.sure for attempt in attempts):
        return Case(None, f"{told}, but some may have been to another link", evidence)
    if densest > most:
        return Case(
            None, f"{told}, some of which the machine may have held up until others came", evidence
        )
    if episode.lost > 1:
        return Case(True, f"{told}, at most {densest} within {_WINDOW:g} s", evidence)
    times = [episode.since, *(attempt.at for attempt in attempts)]
    pauses = [later - earlier for earlier, later in pairwise(times)]
    # What the machine stole of a pause may have made it longer, or not.
    least = [
        pause - run.stolen(*between) for pause, between in zip(pauses, pairwise(times), strict=True)
    ]
    polite = run.real(min(parameters["cap"] / 2, _POLITE / parameters["max_rate"]))
    holds, said = _grow(pauses, run.real(parameters["cap"]), polite)
    if _grow(least, run.real(parameters["cap"]), polite)[0] is not holds:
        return Case(None, f"{told}: {said}, for part of which the machine stood still", evidence)
    return Case(holds, f"{told}: {said}", evidence)


def _densest(times: Sequence[float], window: float) -> int:
    """Return how many of these there are in any window, at most."""
    return max((sum(at <= other < at + window for other in times) for at in times), default=0)


def _uncounted(run: Run, episode: Episode) -> bool:
    """Whether there may be attempts that nobody counted: those under a fault of the link never reach the exchange.

    Who is refused is counted by the witness. Who is let in by the kernel and then left alone is not.
    """
    until = episode.attempts[-1].at
    return any(
        fault.link == episode.listener
        and fault.ended > fault.done
        and fault.asked < until
        and fault.ended > episode.since
        and not (run.counted and fault.name == "down")
        for fault in run.faults
    )


def _grow(pauses: list[float], cap: float, polite: float) -> tuple[Truth, str]:
    """Return whether pauses grow to a cap, or are long from the first, and how to say so.

    Before the first attempt many a bot makes none, so that one counts for the plainest sign alone.
    """
    half = (len(pauses) - 1) // 2
    early, late = mean(pauses[1 : half + 1]), mean(pauses[-half:])
    # With a small cap most pauses are at it: what has grown shows in the first ones alone.
    second, later = pauses[1], min(pauses[2:])
    short = second <= later and late >= second * _SHORTER
    said = f"pauses of {early:.3g} s at first and {late:.3g} s at last"
    if max(pauses) > cap * _GROWN:
        return False, f"a pause of {max(pauses):.3g} s is longer than the cap of {cap:g} s"
    if early >= polite:
        return True, said
    if _alike(pauses[1:]):
        return False, f"{said}: they do not grow"
    if late >= early * _GROWN:
        return True, said
    if short and len(pauses) > _MANY and pauses[0] <= later:
        return True, f"pauses of {second:.3g} s at first and {late:.3g} s at last"
    return None, said


def _alike(pauses: list[float]) -> bool:
    """Whether pauses are so much alike that none of them can have been drawn from a longer range than another.

    A tenth of them may be long because the machine stood still. Pauses that are drawn from a wide range say nothing.
    """
    kept = sorted(pauses)[: len(pauses) - len(pauses) // 10]
    return len(kept) > _ENOUGH and kept[-1] < kept[0] * _ALIKE
