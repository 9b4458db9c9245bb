"""Print a JUnit report as Markdown, for the page of a workflow's run: ``python .ci/summary.py TITLE REPORT``."""

from __future__ import annotations

import sys
import xml.etree.ElementTree as ET
from pathlib import Path


def summary(title: str, report: str) -> str:
    """Return the figures of a report, and each test that failed with the first line of its message."""
    suites = list(ET.fromstring(report).iter("testsuite"))  # noqa: S314 - our own tests wrote it
    tests, failures, errors, skipped = (
        sum(int(suite.get(count, 0)) for suite in suites)
        for count in ("tests", "failures", "errors", "skipped")
    )
    seconds = sum(float(suite.get("time", 0)) for suite in suites)
    lines = [
        f"## {title}",
        "",
        "| tests | failed | errors | skipped | time |",
        "|---:|---:|---:|---:|---:|",
        f"| {tests} | {failures} | {errors} | {skipped} | {seconds:.0f} s |",
        "",
    ]
    for case in (case for suite in suites for case in suite.iter("testcase")):
        for outcome in (*case.iter("failure"), *case.iter("error")):
            first = (outcome.get("message") or "").partition("\n")[0].replace("`", "'")
            lines.append(f"- `{case.get('classname')}.{case.get('name')}`: `{first[:200]}`")
    return "\n".join(lines) + "\n"


def main(title: str, path: str) -> None:
    """Print the summary, or that there is no report: then the tests did not even start."""
    report = Path(path)
    text = (
        summary(title, report.read_text(encoding="utf-8"))
        if report.exists()
        else f"## {title}\n\nNo report: the tests did not start.\n"
    )
    sys.stdout.write(text)


if __name__ == "__main__":
    main(*sys.argv[1:])
