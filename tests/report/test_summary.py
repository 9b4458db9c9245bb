"""The table for GitHub."""

from __future__ import annotations

from dataclasses import replace

from downtick.report.document import run_report
from downtick.report.summary import summary
from tests.report.runs import FAILED, PASSED, told


def test_the_worst_comes_first_with_its_command() -> None:
    """A table, and below it how a failed run is played again."""
    lines = list(summary([run_report(told(PASSED, "good")), run_report(told(FAILED, "bad"))]))
    rows = [line for line in lines if line.startswith("| ")][1:]
    assert [row.split(" | ")[1] for row in rows] == ["bad", "good"]
    assert "FAIL | bad | reconnects: it never came back |" in rows[0]
    assert [line for line in lines if "downtick run" in line] == [f"    {told(FAILED).again}"]


def test_no_text_breaks_out_of_its_cell() -> None:
    """Neither a pipe, nor a line's end, nor markup."""
    wild = replace(FAILED, reasons=("a|b\n<img onerror=x> [l](http://x) `c`",))
    (row,) = [line for line in summary([run_report(told(wild))]) if "FAIL" in line]
    assert row.endswith(r"| a\|b \<img onerror=x\> \[l\](http://x) \`c\` |")
