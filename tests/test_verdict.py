"""Findings and proofs make one verdict, and doubt is never PASS."""

from __future__ import annotations

import pytest

from downtick.checks.finding import Finding, Outcome
from downtick.checks.proofs import Proof
from downtick.verdict import Result, Verdict, decide
from downtick.witness.bite import Bite
from tests.checks.transcript import Transcript


def told() -> Transcript:
    """Tell of a run that was steady before and after its one fault."""
    t = Transcript()
    t.steady(1)
    conn = t.feed(0)
    t.fault("abort", 5, 5, hits=[(5, conn)])
    t.closes(conn, 5, by="fault", how="abort")
    t.frame(t.feed(6), 7)
    t.over(10)
    return t


def finding(outcome: Outcome) -> Finding:
    """Return what a check said."""
    return Finding("reconnects", outcome, "it is so")


def verdict(
    t: Transcript | None = None,
    outcome: Outcome = Outcome.HOLDS,
    bite: Bite = Bite.BIT,
    *,
    accept: bool = False,
) -> Verdict:
    """Return the verdict on a run with one check and one fault."""
    proof = Proof("abort", "exchange", bite, "so it was")
    run = (t or told()).run()
    return decide(run, [finding(outcome)], [proof], accept_unwitnessed=accept)


def test_what_bit_and_holds_passes() -> None:
    """With a steady state before and after."""
    assert verdict() == Verdict(Result.PASS, (), verdict().findings, verdict().proofs)


@pytest.mark.parametrize("bite", [Bite.BIT_OTHERWISE, Bite.DID_NOT_BITE, Bite.UNKNOWN])
def test_a_fault_without_proof_never_passes(bite: Bite) -> None:
    """Whatever the checks say."""
    assert verdict(bite=bite).result is Result.NOT_EXERCISED


def test_a_witness_that_was_lost_is_an_error() -> None:
    """One that never was is none: then the faults are unknown."""
    t = told()
    t.tell(2, "no_witness", "witness", reason="not here")
    assert verdict(t).result is Result.PASS
    t.tell(1.5, "watching", "witness", interval=0.02)
    assert verdict(t).result is Result.ERROR
    assert "the witness failed" in verdict(t).reasons[0]


def test_an_unknown_fault_passes_where_the_caller_takes_it_for_real() -> None:
    """And the verdict says so; a fault that surely did something else is not meant."""
    taken = verdict(bite=Bite.UNKNOWN, accept=True)
    assert (taken.result, len(taken.accepted)) == (Result.PASS, 1)
    assert verdict(bite=Bite.DID_NOT_BITE, accept=True).result is Result.NOT_EXERCISED


def test_a_violation_fails_whatever_else_is_in_doubt() -> None:
    """It was seen."""
    failed = verdict(outcome=Outcome.VIOLATED, bite=Bite.UNKNOWN)
    assert failed.result is Result.FAIL
    assert failed.reasons == ("reconnects: it is so",)


def test_a_check_that_had_nothing_to_judge_never_passes() -> None:
    """Nothing was shown."""
    assert verdict(outcome=Outcome.NOT_EXERCISED).result is Result.NOT_EXERCISED


def test_a_run_without_checks_or_faults_shows_nothing() -> None:
    """An empty list is not all true."""
    run = told().run()
    proof = Proof("abort", "exchange", Bite.BIT, "so it was")
    assert decide(run, [], [proof]).result is Result.NOT_EXERCISED
    assert decide(run, [finding(Outcome.HOLDS)], []).result is Result.NOT_EXERCISED


@pytest.mark.parametrize("kind", ["steady_state", "run_ended"])
def test_a_run_that_did_not_begin_or_end_is_an_error(kind: str) -> None:
    """It is no measure of the bot, even if something was violated."""
    t = told()
    t.events = [event for event in t.events if event.kind != kind]
    assert verdict(t, outcome=Outcome.VIOLATED).result is Result.ERROR


def test_an_exchange_that_failed_is_an_error() -> None:
    """What it did then is no measure of the bot."""
    t = told()
    t.tell(8, "exchange_failed", error="ZeroDivisionError()")
    assert verdict(t).result is Result.ERROR


def test_a_link_that_never_delivers_again_leaves_a_doubt() -> None:
    """Heartbeats are no data."""
    t = told()
    t.events = [event for event in t.events if event.get("channel") != "ticker"]
    t.frame(2, 8, "heartbeats", products=())
    unsteady = verdict(t)
    assert unsteady.result is Result.NOT_EXERCISED
    assert unsteady.reasons == ("market_ws did not deliver after the last fault: no steady state",)


def test_exit_codes() -> None:
    """2 is left for bad input."""
    assert [result.exit_code for result in Result] == [0, 1, 3, 4]


def test_the_worst_finding_comes_first() -> None:
    """A reader begins at the top."""
    findings = [
        finding(outcome) for outcome in (Outcome.HOLDS, Outcome.NOT_EXERCISED, Outcome.VIOLATED)
    ]
    judged = decide(told().run(), findings, [])
    assert [f.outcome for f in judged.findings] == [
        Outcome.VIOLATED,
        Outcome.NOT_EXERCISED,
        Outcome.HOLDS,
    ]


def test_an_answer_is_what_rest_delivers() -> None:
    """One of after the last fault."""
    t = told()
    t.events = [event for event in t.events if event.kind != "steady_state"]
    t.steady(1, "rest")
    conn = t.opens("rest", 0)
    t.asks(conn, 2)
    assert verdict(t).reasons == ("rest did not deliver after the last fault: no steady state",)
    t.asks(conn, 8)
    assert verdict(t).result is Result.PASS
