"""A verdict, as a terminal shows it."""

from __future__ import annotations

from downtick.checks.finding import Finding, Outcome
from downtick.checks.proofs import Proof
from downtick.history import Event, History
from downtick.report.verdict import table, verdict_lines
from downtick.verdict import Result, Verdict, worst
from downtick.witness.bite import Bite

HISTORY = History([Event(5.0, "exchange", "closed", {"conn": 1, "by": "bot", "how": "reset"})])
BIT = Proof("reset", "market_ws", Bite.BIT, "1 of 1 ended")
UNSEEN = Proof("latency", "rest", Bite.UNKNOWN, "nobody saw it")


def test_the_worst_comes_first_with_its_events() -> None:
    """And each fault with what is known of it."""
    broken = Finding("reconnects", Outcome.VIOLATED, "it never came back", (0,))
    sound = Finding("resubscribes", Outcome.HOLDS, "all of it")
    verdict = Verdict(Result.FAIL, ("reconnects: it never came back",), (broken, sound), (BIT,))
    assert list(verdict_lines("market-feed-reset", verdict, HISTORY)) == [
        "FAIL  market-feed-reset",
        "  reconnects: it never came back",
        "",
        "violated       reconnects: it never came back",
        "  event 0       0.000s    exchange   #1 closed (by bot, how reset)",
        "",
        "holds          resubscribes: all of it",
        "",
        "bit            reset on market_ws: 1 of 1 ended",
    ]


def test_what_was_accepted_unwitnessed_is_said() -> None:
    """A PASS that rests on somebody's word shows it."""
    verdict = Verdict(Result.PASS, (), (), (UNSEEN,), (UNSEEN,))
    lines = list(verdict_lines("x", verdict, HISTORY))
    assert lines[0] == "PASS  x  (accepted unwitnessed: 1 of 1 faults)"
    assert lines[-1].endswith("nobody saw it, accepted unwitnessed")


def test_several_runs_make_a_table_worst_first() -> None:
    """An error outweighs a failure: it says nothing of the bot."""
    rows = [("a", Result.PASS), ("b", Result.FAIL), ("c", Result.ERROR), ("d", Result.PASS)]
    assert list(table(rows)) == [
        "ERROR  c",
        "FAIL   b",
        "PASS   a",
        "PASS   d",
        "4 runs: 1 ERROR, 1 FAIL, 2 PASS",
    ]
    assert worst(result for _, result in rows) is Result.ERROR
    assert worst([Result.PASS, Result.NOT_EXERCISED]) is Result.NOT_EXERCISED
