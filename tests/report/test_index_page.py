"""The page of several runs."""

from __future__ import annotations

from downtick.report.document import run_report
from downtick.report.index_page import index_page
from tests.report.runs import DOUBTED, FAILED, PASSED, told


def test_a_run_is_a_line_and_a_check_a_column_worst_first() -> None:
    """A check that a run does not expect leaves its cell empty."""
    names = (PASSED, "good"), (DOUBTED, "doubtful"), (FAILED, "b d & co")
    text = index_page([run_report(told(verdict, name)) for verdict, name in names]).decode()
    heads = [text.index(f'scope="col">{c}<') for c in ("backs_off", "reconnects", "resubscribes")]
    assert heads == sorted(heads)
    rows = text.partition("<tbody>")[2].split("</tr>")
    assert 'href="b%20d%20%26%20co.html">b d &amp; co</a>' in rows[0]
    assert "<td></td>" in rows[0]
    assert 'class="mark violated"' in rows[0]
    assert "doubtful.html" in rows[1]
    assert "good.html" in rows[2]
    assert "1 of 1 bit" in rows[2]
