"""REST calls by the status of their answers."""

from __future__ import annotations

from typing import Final

from downtick.checks.run import Request
from downtick.report.judged_run import JudgedRun
from downtick.report.lanes.axis import Axis
from downtick.report.lanes.lane import Group, Lane, Mark, ticks

_LOOKS: Final = {
    "2xx": "c-good tick",
    "3xx": "c-dim tick",
    "4xx": "c-doubt tick",
    "429": "c-error tick",
    "5xx": "c-bad tick",
    "no answer": "c-bad tick",
}


def calls(judged: JudgedRun, axis: Axis) -> Group:
    """Return a lane for each class of status that there was."""
    found: dict[str, list[Mark]] = {name: [] for name in _LOOKS}
    for request in judged.run.requests:
        said = f"{status(request)} to {request.purpose.kind}"
        found.setdefault(status_class(request), []).append(Mark(request.at, said, request.number))
    lanes = [
        Lane(name, str(len(marks)), ticks(axis, marks, _LOOKS.get(name, "c-dim tick")))
        for name, marks in found.items()
        if marks
    ]
    return Group("REST calls", "by the status of the answer", (), tuple(lanes))


def status(request: Request) -> str:
    """Return the status of a request's answer in words: an answer of no bytes is none."""
    answer = request.answer
    if answer is None or not answer.size:
        return "no answer"
    return str(answer.status)


def status_class(request: Request) -> str:
    """Return the lane that a request belongs to."""
    said = status(request)
    return said if said in _LOOKS else f"{said[0]}xx"
