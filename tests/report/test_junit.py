"""``junit.xml``."""

from __future__ import annotations

from dataclasses import replace
from xml.etree import ElementTree as ET

from downtick.report.document import run_report
from downtick.report.junit import junit
from downtick.verdict import Result, Verdict
from tests.report.runs import BROKEN, DOUBTED, FAILED, PASSED, told


def suites(*verdicts: Verdict) -> list[ET.Element]:
    """Return the suites of runs with these verdicts."""
    runs = [run_report(told(verdict, f"run-{n}")) for n, verdict in enumerate(verdicts)]
    return list(ET.fromstring(junit(runs)))


def counts(suite: ET.Element) -> tuple[str | None, ...]:
    """Return tests, failures, errors and skipped cases."""
    return tuple(suite.get(key) for key in ("tests", "failures", "errors", "skipped"))


def test_a_check_that_is_violated_is_a_failure_with_its_command() -> None:
    """And with the events that show it."""
    (suite,) = suites(FAILED)
    assert counts(suite) == ("3", "1", "0", "0")
    failure = suite.find("testcase[@name='reconnects']/failure")
    assert failure is not None
    assert failure.get("message") == "it never came back"
    assert "#1 accepted" in (failure.text or "")
    assert "again: downtick run market-feed-reset --seed 7" in (failure.text or "")


def test_a_run_that_proves_nothing_is_an_error() -> None:
    """A reader of JUnit takes a skipped case for a good one: doubt is never green."""
    error = Verdict(Result.ERROR, ("the exchange died",), (), ())
    passed, doubted, broken = suites(PASSED, DOUBTED, error)
    assert counts(passed) == ("2", "0", "0", "0")
    assert counts(doubted) == ("2", "0", "1", "1")
    assert counts(broken) == ("1", "0", "1", "0")
    assert broken.find("testcase/error[@type='ERROR']") is not None


def test_what_xml_cannot_say_is_replaced() -> None:
    """A bot may put any byte into a sentence."""
    wild = replace(BROKEN, sentence="\x00\x1b[31m<b>\ud800 &")
    (suite,) = suites(replace(FAILED, findings=(wild,)))
    failure = suite.find("testcase/failure")
    assert failure is not None
    assert failure.get("message") == "\ufffd\ufffd[31m<b>\ufffd &"
