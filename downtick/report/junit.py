"""``junit.xml``: a suite for each run, a case for each check, and one for the run itself.

A check that is violated is a failure. What makes a run prove nothing, ERROR or NOT EXERCISED, is an error of the run's own
case: doubt is never green.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final
from xml.etree import ElementTree as ET

from downtick.checks.finding import Outcome
from downtick.report.document import FindingReport, RunReport
from downtick.verdict import Result

_NOT_XML: Final = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def junit(runs: Sequence[RunReport]) -> bytes:
    """Return ``junit.xml``."""
    root = ET.Element("testsuites", name="downtick")
    root.extend(_suite(run) for run in runs)
    ET.indent(root)
    text: str = ET.tostring(root, encoding="unicode")
    return f"<?xml version='1.0' encoding='utf-8'?>\n{text}\n".encode()


def _suite(run: RunReport) -> ET.Element:
    cases = [*(_check(run, finding) for finding in run.findings), _run(run)]

    def having(tag: str) -> str:
        return str(sum(case.find(tag) is not None for case in cases))

    suite = ET.Element(
        "testsuite",
        name=_xml(run.name),
        tests=str(len(cases)),
        failures=having("failure"),
        errors=having("error"),
        skipped=having("skipped"),
        time=f"{run.seconds:.3f}",
        timestamp=run.started_at,
    )
    suite.extend(cases)
    return suite


def _check(run: RunReport, finding: FindingReport) -> ET.Element:
    case = ET.Element("testcase", classname=_xml(run.name), name=finding.check, time="0")
    if finding.outcome is Outcome.VIOLATED:
        failure = ET.SubElement(case, "failure", message=_xml(finding.sentence))
        failure.set("type", finding.weaker or finding.check)
        failure.text = _xml("\n".join([finding.sentence, *finding.events, f"again: {run.again}"]))
    elif finding.outcome is Outcome.NOT_EXERCISED:
        ET.SubElement(case, "skipped", message=_xml(finding.sentence))
    return case


def _run(run: RunReport) -> ET.Element:
    case = ET.Element(
        "testcase", classname=_xml(run.name), name="the run", time=f"{run.seconds:.3f}"
    )
    if run.result in {Result.ERROR, Result.NOT_EXERCISED}:
        error = ET.SubElement(case, "error", message=_xml(run.reasons[0]))
        error.set("type", run.result.value)
        error.text = _xml("\n".join([*run.reasons, f"again: {run.again}"]))
    return case


def _xml(text: str) -> str:
    """Return a text without the characters that XML has no way to write."""
    return _NOT_XML.sub("\N{REPLACEMENT CHARACTER}", text)
