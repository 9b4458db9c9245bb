"""``report.json``: the verdicts of some runs for other programs. Its schema, `docs/report.schema.json`, is made from here."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import msgspec

from downtick.checks.finding import Finding, Outcome
from downtick.report.judged_run import JudgedRun
from downtick.report.timeline import line
from downtick.verdict import Result, worst
from downtick.witness.bite import Bite

VERSION: Final = 1
_MOST_EVENTS: Final = 5


class FindingReport(msgspec.Struct, frozen=True):
    """What one check says. `evidence` counts the history's events from 0; `events` tells the first of them."""

    check: str
    outcome: Outcome
    sentence: str
    weaker: str | None
    evidence: tuple[int, ...]
    events: tuple[str, ...]
    parameters: dict[str, Any]


class FaultReport(msgspec.Struct, frozen=True):
    """What is known of one fault."""

    fault: str
    place: str
    bite: Bite
    sentence: str
    evidence: tuple[int, ...]
    accepted_unwitnessed: bool


class RunReport(msgspec.Struct, frozen=True):
    """One run. `again` is the command that plays it again; `page` its HTML file beside this one; `seconds` are real."""

    name: str
    profile: str
    title: str
    result: Result
    reasons: tuple[str, ...]
    started_at: str
    seconds: float
    seed: int | None
    time_scale: float | None
    again: str
    page: str
    findings: tuple[FindingReport, ...]
    faults: tuple[FaultReport, ...]


class Report(msgspec.Struct, frozen=True, tag="downtick.report", tag_field="format"):
    """Verdicts of `downtick`: `result` is the worst of them."""

    version: int
    result: Result | None
    runs: tuple[RunReport, ...]


def document(runs: Sequence[RunReport]) -> bytes:
    """Return ``report.json``."""
    result = worst(run.result for run in runs) if runs else None
    report = Report(VERSION, result, tuple(runs))
    return msgspec.json.format(msgspec.json.encode(report), indent=2) + b"\n"


def document_schema() -> dict[str, Any]:
    """Return the JSON Schema of ``report.json``."""
    schema = msgspec.json.schema(Report)
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}


def run_report(judged: JudgedRun) -> RunReport:
    """Return what is told of one run."""
    verdict, said = judged.verdict, judged.header.run
    findings = tuple(
        FindingReport(
            f.check,
            f.outcome,
            f.sentence,
            f.weaker,
            f.evidence,
            _told(judged, f),
            dict(f.parameters),
        )
        for f in verdict.findings
    )
    faults = tuple(
        FaultReport(p.fault, p.place, p.bite, p.sentence, p.evidence, p in verdict.accepted)
        for p in verdict.proofs
    )
    return RunReport(
        name=judged.name,
        profile=judged.profile,
        title=judged.title,
        result=verdict.result,
        reasons=verdict.reasons,
        started_at=judged.header.started_at,
        seconds=round(judged.end - judged.start, 3),
        seed=said.get("seed"),
        time_scale=said.get("time_scale"),
        again=judged.again,
        page=f"{judged.name}.html",
        findings=findings,
        faults=faults,
    )


def _told(judged: JudgedRun, finding: Finding) -> tuple[str, ...]:
    events = [judged.history[number] for number in finding.evidence[:_MOST_EVENTS]]
    told = [line(event, judged.start) for event in events]
    return tuple(text.strip() for text in told if text is not None)
