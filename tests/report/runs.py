"""Runs as a report gets them, from hand-written histories."""

from __future__ import annotations

from typing import Any

from downtick.checks.finding import Finding, Outcome
from downtick.checks.index import index
from downtick.checks.proofs import Proof
from downtick.history import Header, History
from downtick.report.judged_run import JudgedRun
from downtick.verdict import Result, Verdict
from downtick.witness.bite import Bite
from tests.checks.transcript import Transcript

BIT = Proof("reset", "market_ws", Bite.BIT, "1 of 1 open connections ended with it", (1,))
BROKEN = Finding("reconnects", Outcome.VIOLATED, "it never came back", (0,), {"within": 5.0})
SOUND = Finding("resubscribes", Outcome.HOLDS, "all of it")
DOUBTFUL = Finding("backs_off", Outcome.NOT_EXERCISED, "nobody saw it")
FAILED = Verdict(Result.FAIL, ("reconnects: it never came back",), (BROKEN, SOUND), (BIT,))
PASSED = Verdict(Result.PASS, (), (SOUND,), (BIT,))
DOUBTED = Verdict(Result.NOT_EXERCISED, ("backs_off: nobody saw it",), (DOUBTFUL,), (BIT,))


def deaf() -> Transcript:
    """Tell of a bot that never comes back."""
    t = Transcript()
    conn = t.feed(0)
    t.steady(1)
    t.frames(conn, 1, 4)
    t.breaks("market_ws", "reset", 5)
    t.closes(conn, 5, how="reset")
    t.over(40)
    return t


def told(
    verdict: Verdict, name: str = "a-run", t: Transcript | None = None, **run: Any
) -> JudgedRun:
    """Return a run with a verdict. ``run``: of the history's header."""
    said = {"profile": "market-feed-reset", "seed": 7, "time_scale": 0.5, **run}
    header = Header(1, "2026-01-02T03:04:05.6+00:00", 0.0, said)
    history = History((t or deaf()).history())
    return JudgedRun(name, "A title", header, history, index(history), verdict)
