"""No more requests than allowed, and none into a 429's pause."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Mapping
from typing import Any

from downtick.checks.cases import Case, conclude
from downtick.checks.finding import Finding
from downtick.checks.run import Request, Run

NAME = "respects_rate_limits"
_LIMITS = {
    (False, False): (30, 30),
    (False, True): (10, 10),
    (True, False): (15, 30),
    (True, True): (10, 15),
}
"""Requests a nominal second, and at once, by whether they are of the Exchange dialect and whether they are public.

Docs: Advanced Trade REST API rate limits; Exchange REST rate limits.
"""
_NEAR = 0.8


def check(run: Run, parameters: Mapping[str, Any]) -> Finding:
    """Judge requests by when they left, in every nominal second, and those that left into the pause of a 429.

    Exercised where the bot came to four fifths of a limit, or was told to pause.
    """
    cases = [*_too_many(run), *_into_pauses(run)]
    nothing = "the bot never came near a limit, and was never told to pause"
    return conclude(NAME, cases, parameters, nothing)


def _too_many(run: Run) -> Iterator[Case]:
    """Yield the fullest second of either kind: a bucket holds a second's worth, which comes back within one."""
    second = run.real(1.0)
    for (exchange, public), (rate, burst) in _LIMITS.items():
        requests = [
            r for r in run.requests if r.purpose.public is public and r.purpose.exchange is exchange
        ]
        most, perhaps, fullest = 0, 0, None
        seen = [r.at for r in requests]
        for place, request in enumerate(requests):
            window = requests[bisect_right(seen, request.at - second) : place + 1]
            sure = sum(r.since > request.at - second for r in window)
            if sure >= most:
                most, fullest = sure, request
            perhaps = max(perhaps, len(window))
        if fullest is None or perhaps < _NEAR * rate:
            continue
        kind = "public" if public else "private"
        allowed = burst + rate  # what the bucket held before, and what came back meanwhile
        if most > allowed:
            told = f"{most} {kind} requests left within a second, {rate} a second are allowed"
            yield Case(False, told, (fullest.number,))
        elif perhaps <= rate:
            yield Case(True, f"at most {perhaps} {kind} requests a second", (fullest.number,))
        else:
            told = f"{perhaps} {kind} requests came within a second: nobody saw when they left"
            yield Case(None, told, (fullest.number,))


def _into_pauses(run: Run) -> Iterator[Case]:
    pauses = {
        fault.handle: float(fault.attributes["retry_after"])
        for fault in run.faults
        if fault.attributes.get("retry_after")
    }
    for request in run.requests:
        answer = request.answer
        if answer is None or answer.status != 429:
            continue
        pause = pauses.get(answer.fault or 0)
        if pause is None and answer.fault is not None:
            continue  # it asked for none
        if pause is None:
            yield Case(
                None,
                "a 429 was answered, and the history does not tell for how long",
                (answer.number,),
            )
            continue
        # The exchange takes requests again so long after its answer, whenever that was read.
        into = [
            other
            for other in run.requests
            if other is not request and answer.at < other.at < answer.at + pause
        ]
        sure = [other for other in into if _after(other, request)]
        if sure:
            told = f"{len(sure)} requests left into the pause of {pause:g} s that a 429 asked for"
            yield Case(False, told, (answer.number, *(r.number for r in sure[:5])))
        else:
            told = f"a 429 asked for a pause of {pause:g} s"
            said = f"{told}; nobody saw when it was read" if into else f"{told}, and got it"
            yield Case(None if into else True, said, (answer.number,))


def _after(request: Request, limited: Request) -> bool:
    """Whether a request surely left after the answer to another was read."""
    answer = limited.answer
    assert answer is not None
    same = request.conn == limited.conn and request.number > limited.number
    return same or answer.proven <= request.since
