"""A run as a trace in Chrome's JSON format, which https://ui.perfetto.dev opens.

Each link is a process and each of its connections a thread: a slice from birth to death, the requests within it. Faults,
unknown orders and what checks rest on are processes of their own. Instants are microseconds since the first event.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from itertools import accumulate
from typing import Any, Final

import msgspec

from downtick.checks.run import Connection, Request
from downtick.report.fates import Fate
from downtick.report.judged_run import JudgedRun
from downtick.report.lanes.calls import status
from downtick.report.lanes.connections import ending
from downtick.report.lanes.ladder import written
from downtick.report.lanes.lane import packed
from downtick.report.lanes.orders import named

_RUN: Final = 1
_FAULTS: Final = 2
_ORDERS: Final = 3
_CHECKS: Final = 4
_LINKS: Final = 10
"""Numbers of the processes; the links come last."""

_APART: Final = 1e-3
"""Seconds between two values of a counter, at least."""

_UNBOUNDED: Final = 10_000

Slice = dict[str, Any]


def perfetto(judged: JudgedRun, found: Sequence[Fate]) -> bytes:
    """Return the trace. ``found``: the fates of the run's orders."""
    trace = _Trace(judged)
    links = sorted({each.listener for each in judged.run.connections.values()})
    events = [
        *trace.phases(),
        *trace.faults(),
        *trace.orders(found),
        *trace.checks(),
        *(event for n, link in enumerate(links) for event in trace.link(_LINKS + n, link)),
    ]
    told = {"profile": judged.profile, "verdict": judged.verdict.result.value}
    return msgspec.json.encode({"traceEvents": events, "displayTimeUnit": "ms", "otherData": told})


class _Trace:
    """Makes the events of a trace."""

    def __init__(self, judged: JudgedRun) -> None:
        self._judged = judged
        self._run = judged.run
        self._requests: dict[int, list[Request]] = {}
        for request in judged.run.requests:
            self._requests.setdefault(request.conn, []).append(request)

    def phases(self) -> Iterator[Slice]:
        """Yield when faults could come, when the bot could recover, and when the machine gave no time."""
        run = self._run
        yield _process(_RUN, f"{self._judged.name}: {self._judged.verdict.result.value}")
        if run.steady is not None:
            yield self._slice(_RUN, 1, "faults may come", run.steady, run.played)
        yield self._slice(_RUN, 1, "time to recover", run.played, run.ended)
        for since, until in run.idle:
            yield self._slice(_RUN, 2, "the machine gave no time", since, until)

    def faults(self) -> Iterator[Slice]:
        """Yield each fault with what is known of it."""
        yield _process(_FAULTS, "faults")
        proofs = {p.number: p for p in self._judged.verdict.proofs}
        faults = self._run.faults
        rows = packed(((fault.asked, fault.ended) for fault in faults), _UNBOUNDED)
        for fault, row in zip(faults, rows, strict=True):
            proof = proofs.get(fault.number)
            known = {} if proof is None else {"proof": proof.bite.value, "why": proof.sentence}
            name = f"{fault.name} on {fault.link or 'exchange'}"
            yield self._slice(
                _FAULTS, row, name, fault.asked, fault.ended, event=fault.number, **known
            )
            for number, event in fault.hits:
                yield self._instant(_FAULTS, row, "hit", event.at, event=number)

    def orders(self, found: Sequence[Fate]) -> Iterator[Slice]:
        """Yield each order: a slice while the bot did not know its fate, a moment otherwise."""
        yield _process(_ORDERS, "orders")
        unknown = [fate for fate in found if fate.became == "unknown"]
        rows = packed(((fate.request.at, fate.known) for fate in unknown), _UNBOUNDED)
        for fate, row in zip(unknown, rows, strict=True):
            at = fate.request.at
            yield self._slice(_ORDERS, row + 1, named(fate), at, fate.known, **_fate(fate))
        for fate in found:
            if fate.became != "unknown":
                yield self._instant(_ORDERS, 0, named(fate), fate.request.at, **_fate(fate))

    def checks(self) -> Iterator[Slice]:
        """Yield what each finding rests on."""
        yield _process(_CHECKS, "checks")
        for row, finding in enumerate(self._judged.verdict.findings):
            yield _thread(_CHECKS, row, f"{finding.check}: {finding.outcome.value}")
            for number in finding.evidence:
                at = self._judged.history[number].at
                said = {"event": number, "says": finding.sentence}
                yield self._instant(_CHECKS, row, finding.outcome.value, at, **said)

    def link(self, process: int, name: str) -> Iterator[Slice]:
        """Yield the connections of a link with their requests, and how much was sent over it."""
        yield _process(process, name)
        for connection in self._run.connections.values():
            if connection.listener == name:
                yield from self._connection(process, connection)
        steps = sorted(written(self._run, name))
        sums = accumulate(much for _, much in steps)
        before = -math.inf
        for (at, _), total in zip(steps, sums, strict=True):
            if at - before >= _APART or at == steps[-1][0]:
                before = at
                yield self._event("C", process, 0, "bytes sent", at, args={"bytes": total})

    def _connection(self, process: int, connection: Connection) -> Iterator[Slice]:
        row = connection.conn
        yield _thread(process, row, f"connection {row}")
        since, until = connection.accepted, connection.ended
        frames = {"frames": len(connection.frames)} if connection.upgraded is not None else {}
        end = ending(connection)
        said = {"event": connection.number, "end": end, **frames}
        yield self._slice(process, row, f"connection {row}", since, until, **said)
        for request in self._requests.get(row, ()):
            answer, event = request.answer, self._judged.history[request.number]
            done = until if answer is None else min(answer.at, until)
            what = f"{event['method']} {event['path']}"
            answered = {"event": request.number, "query": request.query, "status": status(request)}
            yield self._slice(process, row, what, request.at, done, **answered)

    def _slice(
        self, process: int, row: int, name: str, since: float, until: float, **args: Any
    ) -> Slice:
        """Return a span of time; one that never ended is cut off at the end of the run."""
        ends = self._micros(min(until, self._judged.end))
        at = self._micros(since)
        return {
            **self._event("X", process, row, name, since, args=args),
            "dur": max(0.0, round(ends - at, 3)),
        }

    def _instant(self, process: int, row: int, name: str, at: float, **args: Any) -> Slice:
        return {**self._event("i", process, row, name, at, args=args), "s": "t"}

    def _event(
        self, phase: str, process: int, row: int, name: str, at: float, args: dict[str, Any]
    ) -> Slice:
        micros = self._micros(at)
        return {"ph": phase, "pid": process, "tid": row, "name": name, "ts": micros, "args": args}

    def _micros(self, at: float) -> float:
        return round((at - self._judged.start) * 1e6, 3)


def _fate(fate: Fate) -> dict[str, Any]:
    there = fate.order is not None
    return {
        "event": fate.request.number,
        "answer": fate.became,
        "in the ledger": there,
        "doubled": fate.doubled,
    }


def _process(process: int, name: str) -> Slice:
    return {"ph": "M", "pid": process, "name": "process_name", "args": {"name": name}}


def _thread(process: int, row: int, name: str) -> Slice:
    return {"ph": "M", "pid": process, "tid": row, "name": "thread_name", "args": {"name": name}}
