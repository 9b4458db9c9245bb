"""A verdict as lines for a terminal, worst first."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from downtick.checks.finding import Outcome
from downtick.history import History
from downtick.report.timeline import line
from downtick.verdict import WORST_FIRST, Result, Verdict

_MOST_EVENTS = 5


def verdict_lines(name: str, verdict: Verdict, history: History) -> Iterator[str]:
    """Yield the verdict, why it is not PASS, every finding with its first events, and what is known of each fault.

    Args:
        name: of the profile.
        verdict: on the run.
        history: that the findings' events are taken from.
    """
    count = len(verdict.accepted)
    taken = f"  (accepted unwitnessed: {count} of {len(verdict.proofs)} faults)" if count else ""
    yield f"{verdict.result.value}  {name}{taken}"
    for reason in verdict.reasons:
        yield f"  {reason}"
    start = history[0].at if len(history) else 0.0
    for finding in verdict.findings:
        weaker = f" ({finding.weaker})" if finding.weaker else ""
        yield ""
        yield f"{finding.outcome.value:14} {finding.check}{weaker}: {finding.sentence}"
        if finding.outcome is not Outcome.VIOLATED:
            continue
        for number in finding.evidence[:_MOST_EVENTS]:
            if (told := line(history[number], start)) is not None:
                yield f"  event {number:<7} {told.strip()}"
    yield ""
    for proof in verdict.proofs:
        accepted = ", accepted unwitnessed" if proof in verdict.accepted else ""
        yield f"{proof.bite.value:14} {proof.fault} on {proof.place}: {proof.sentence}{accepted}"


def table(rows: Sequence[tuple[str, Result]]) -> Iterator[str]:
    """Yield one line for each run, worst first, and a line that counts."""
    width = max(len(result.value) for _, result in rows)
    for name, result in sorted(rows, key=lambda row: WORST_FIRST.index(row[1])):
        yield f"{result.value:{width}}  {name}"
    counts = [
        f"{count} {result.value}"
        for result in WORST_FIRST
        if (count := sum(each is result for _, each in rows))
    ]
    yield f"{len(rows)} runs: {', '.join(counts)}"
