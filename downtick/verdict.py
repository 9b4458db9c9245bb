"""From findings and proofs to one verdict. It cannot be green for a wrong reason: doubt is never PASS."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import Enum

from downtick.checks.delivering import delivers
from downtick.checks.finding import Finding, Outcome
from downtick.checks.proofs import Proof
from downtick.checks.run import Run
from downtick.witness.bite import Bite


class Result(Enum):
    """What a run comes to."""

    PASS = "PASS"  # noqa: S105 - no password
    FAIL = "FAIL"
    NOT_EXERCISED = "NOT EXERCISED"
    ERROR = "ERROR"

    @property
    def exit_code(self) -> int:
        """What a command ends with; 2 is bad input."""
        return {"PASS": 0, "FAIL": 1, "NOT EXERCISED": 3, "ERROR": 4}[self.value]


WORST_FIRST = (Result.ERROR, Result.FAIL, Result.NOT_EXERCISED, Result.PASS)
"""An error says nothing of the bot, so nothing else counts beside it."""


def worst(results: Iterable[Result]) -> Result:
    """Return what several runs come to."""
    return min(results, key=WORST_FIRST.index)


@dataclass(frozen=True)
class Verdict:
    """What a run comes to, and why.

    Attributes:
        result: of the run.
        reasons: why it is not PASS, worst first.
        findings: of the checks that the profile expects, worst first.
        proofs: of its faults.
        accepted: faults that nobody saw, and that were taken for real because the caller said so.
    """

    result: Result
    reasons: tuple[str, ...]
    findings: tuple[Finding, ...]
    proofs: tuple[Proof, ...]
    accepted: tuple[Proof, ...] = ()


_WORST = (Outcome.VIOLATED, Outcome.NOT_EXERCISED, Outcome.HOLDS)


def decide(
    run: Run,
    findings: Sequence[Finding],
    proofs: Sequence[Proof],
    *,
    accept_unwitnessed: bool = False,
) -> Verdict:
    """Return the verdict on a run.

    Args:
        run: that was judged.
        findings: of every check that is expected.
        proofs: of every fault.
        accept_unwitnessed: whether a fault of which nothing is known counts as one that bit.
    """
    ordered = tuple(sorted(findings, key=lambda finding: _WORST.index(finding.outcome)))
    accepted = tuple(p for p in proofs if accept_unwitnessed and p.bite is Bite.UNKNOWN)
    doubts = [
        *(f"{f.check}: {f.sentence}" for f in ordered if f.outcome is Outcome.NOT_EXERCISED),
        *(_doubt(p) for p in proofs if p.bite is not Bite.BIT and p not in accepted),
        *_unsteady(run),
    ]
    if not findings:
        doubts.append("the profile expects nothing")
    if not proofs:
        doubts.append("there was no fault")
    violated = [f"{f.check}: {f.sentence}" for f in ordered if f.outcome is Outcome.VIOLATED]
    errors = list(_errors(run))
    for result, reasons in (
        (Result.ERROR, errors),
        (Result.FAIL, violated),
        (Result.NOT_EXERCISED, doubts),
    ):
        if reasons:
            return Verdict(result, tuple(reasons), ordered, tuple(proofs), accepted)
    return Verdict(Result.PASS, (), ordered, tuple(proofs), accepted)


def _doubt(proof: Proof) -> str:
    return f"{proof.fault} on {proof.place}: {proof.bite.value}: {proof.sentence}"


def _errors(run: Run) -> Iterator[str]:
    """Yield what makes the run no measure of the bot."""
    if run.errors:
        told = ", ".join(str(number) for number in run.errors[:5])
        yield f"the exchange, the conductor or the witness failed (events {told})"
    if run.steady is None:
        yield "there was no steady state before the first fault"
    if not run.over:
        yield "the run did not come to its end"


def _unsteady(run: Run) -> Iterator[str]:
    """Yield a sentence for each link that did not deliver again after the last fault."""
    for link in run.links:
        if not delivers(run, link, run.last_heal):
            yield f"{link} did not deliver after the last fault: no steady state"
