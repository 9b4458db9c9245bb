"""A Markdown table of some runs, for the summary of a GitHub job."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

from downtick.report.document import RunReport
from downtick.verdict import WORST_FIRST, Result

_MARKS: Final = {
    Result.ERROR: "\N{HEAVY EXCLAMATION MARK SYMBOL}",
    Result.FAIL: "\N{CROSS MARK}",
    Result.NOT_EXERCISED: "\N{BLACK QUESTION MARK ORNAMENT}",
    Result.PASS: "\N{WHITE HEAVY CHECK MARK}",
}
_SPECIAL: Final = re.compile(r"([\\`*_{}\[\]<>#|~!])")


def summary(runs: Sequence[RunReport]) -> Iterator[str]:
    """Yield its lines, worst run first, and the command that plays each failed run again."""
    ordered = sorted(runs, key=lambda run: WORST_FIRST.index(run.result))
    yield "### downtick"
    yield ""
    yield "| verdict | run | why |"
    yield "|---|---|---|"
    for run in ordered:
        more = f" (and {len(run.reasons) - 1} more)" if len(run.reasons) > 1 else ""
        why = _cell(run.reasons[0]) + more if run.reasons else ""
        yield f"| {_MARKS[run.result]} {run.result.value} | {_cell(run.name)} | {why} |"
    yield ""
    for run in ordered:
        if run.result is Result.FAIL:
            yield f"Again, {_cell(run.name)}:"
            yield ""
            yield from (f"    {line}" for line in run.again.splitlines())
            yield ""


def _cell(text: str) -> str:
    """Return a text that Markdown shows as it stands, in one line."""
    return _SPECIAL.sub(r"\\\1", " ".join(text.split()))
