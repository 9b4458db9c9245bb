"""From a history and the profile that was played in it to a verdict: the one way for commands and tests."""

from __future__ import annotations

from downtick.checks.index import index
from downtick.checks.proofs import proofs
from downtick.checks.reading import reading
from downtick.checks.registry import judge
from downtick.checks.run import Run
from downtick.history import History
from downtick.profiles.model import Profile
from downtick.verdict import Verdict, decide
from downtick.witness.evidence import evidence


def judged(
    history: History, profile: Profile, time_scale: float, *, accept_unwitnessed: bool = False
) -> tuple[Run, Verdict]:
    """Return a run as the checks read it, and the verdict on it.

    Args:
        history: of the run.
        profile: that was played; it says what is expected.
        time_scale: real time over nominal time.
        accept_unwitnessed: whether a fault that nobody saw on the wire counts as one that bit.
    """
    seen = evidence(history)
    run = index(history, time_scale, reading(history, seen), profile.run.settle * time_scale)
    findings = [judge(run, check.name, check.parameters) for check in profile.expect]
    proven = proofs(run, len(profile.steps), seen)
    return run, decide(run, findings, proven, accept_unwitnessed=accept_unwitnessed)
