"""From a history and the profile that was played in it to a verdict: the one way for commands and tests."""

from __future__ import annotations

from downtick.checks.index import index
from downtick.checks.proofs import proofs
from downtick.checks.reading import reading
from downtick.checks.registry import judge
from downtick.checks.run import Run
from downtick.histories import Played
from downtick.report.judged_run import JudgedRun
from downtick.verdict import Result, Verdict, decide
from downtick.witness.evidence import evidence


def judge_run(
    name: str,
    played: Played,
    *,
    accept_unwitnessed: bool = False,
    trouble: str | None = None,
    failure: BaseException | None = None,
) -> JudgedRun:
    """Return a run with its verdict.

    Args:
        name: of its files.
        played: the history, and the profile that says what is expected.
        accept_unwitnessed: whether a fault that nobody saw on the wire counts as one that bit.
        trouble: what failed of the rig, so that nothing can be said of the bot.
        failure: what the bot died of, if that is known.
    """
    history, profile, scale = played.history, played.profile, played.time_scale
    if trouble is None:
        run, verdict = _judged(played, accept_unwitnessed)
    else:
        run = index(history, scale, settle=profile.run.settle * scale)
        verdict = Verdict(Result.ERROR, (trouble,), (), ())
    return JudgedRun(name, profile.title, played.header, history, run, verdict, failure)


def _judged(played: Played, accept_unwitnessed: bool) -> tuple[Run, Verdict]:
    """Return a run as the checks read it, and the verdict on it."""
    history, profile, scale = played.history, played.profile, played.time_scale
    seen = evidence(history)
    run = index(history, scale, reading(history, seen), profile.run.settle * scale)
    findings = [judge(run, check.name, check.parameters) for check in profile.expect]
    proven = proofs(run, len(profile.steps), seen)
    return run, decide(run, findings, proven, accept_unwitnessed=accept_unwitnessed)
