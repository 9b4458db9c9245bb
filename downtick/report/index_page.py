"""``index.html``: the runs of a report against their checks."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Final
from urllib.parse import quote

from downtick.checks.finding import Outcome
from downtick.report.document import FindingReport, RunReport
from downtick.report.markup import Markup, tag
from downtick.report.shell import badge, page, table, word
from downtick.verdict import WORST_FIRST
from downtick.witness.bite import Bite

_MARKS: Final = {Outcome.HOLDS: "✓", Outcome.VIOLATED: "✗", Outcome.NOT_EXERCISED: "?"}


def index_page(runs: Sequence[RunReport]) -> bytes:
    """Return the page as one HTML file: a run a line, worst first, a check a column."""
    ordered = sorted(runs, key=lambda run: WORST_FIRST.index(run.result))
    checks = sorted({finding.check for run in runs for finding in run.findings})
    counts = Counter(run.result for run in runs)
    told = [tag("span", badge(r), f" {counts[r]} ") for r in WORST_FIRST if counts[r]]
    rows = [_row(run, checks) for run in ordered]
    heads = ("verdict", "run", "faults", *checks)
    return page(
        "downtick",
        tag("header", tag("h1", "downtick"), tag("p", f"{len(runs)} runs: ", *told)),
        tag(
            "main",
            tag("section", table(heads, rows, class_="matrix", id="runs"), _legend()),
        ),
    )


def _row(run: RunReport, checks: Sequence[str]) -> Markup:
    bit = sum(fault.bite is Bite.BIT for fault in run.faults)
    by_check: dict[str, FindingReport] = {}
    for finding in run.findings:
        by_check.setdefault(finding.check, finding)  # worst first
    return tag(
        "tr",
        tag("td", badge(run.result)),
        tag(
            "th",
            tag("a", run.name, href=quote(run.page)),
            tag("small", run.title),
            scope="row",
        ),
        tag("td", f"{bit} of {len(run.faults)} bit"),
        *(_cell(by_check.get(check)) for check in checks),
    )


def _cell(finding: FindingReport | None) -> Markup:
    if finding is None:
        return tag("td")
    said = finding.outcome.value
    return tag(
        "td",
        tag("span", _MARKS[finding.outcome], title=f"{finding.check}: {said}: {finding.sentence}"),
        class_=f"mark {word(said)}",
        aria_label=said,
    )


def _legend() -> Markup:
    return tag(
        "p", "✓ holds, ✗ violated, ? not exercised, empty: not expected of that run", class_="note"
    )
