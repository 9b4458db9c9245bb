"""The tables of a page."""

from __future__ import annotations

from downtick.report.fates import fates
from downtick.report.tables import MOST, tables, thinned
from tests.report.runs import PASSED, deaf, told


def test_what_matters_is_kept_and_the_rest_evenly() -> None:
    """From the first to near the last; never more than there is room for."""
    assert thinned([1] * 4, 9) == [0, 1, 2, 3]
    assert thinned([1] * 10, 2) == [0, 5]
    assert thinned([1, 1, 0, 1, 1, 0], 3) == [0, 2, 5]
    assert len(thinned([0] * 10, 3)) == 3
    assert thinned([], 3) == []


def test_rows_that_are_left_out_are_counted() -> None:
    """An error is not left out for the sake of what went well."""
    t = deaf()
    conn = t.opens("rest", 6)
    for number in range(MOST + 50):
        t.asks(conn, 7 + number / 1000, f"x{number}", status=503 if number == 77 else 200)
    judged = told(PASSED, t=t)
    _, orders, calls, _ = tables(judged, fates(judged.run, judged.verdict))
    assert f"50 of {MOST + 50} rows are left out" in calls
    assert calls.count("<tr data-a") == MOST
    assert "<td>503</td>" in calls
    assert "none" in orders


def test_each_row_has_its_time() -> None:
    """From its begin to its end: a connection lives on while others come."""
    judged = told(PASSED)
    *_, connections = tables(judged, [])
    assert 'data-a="0.000000" data-b="5.000000"' in connections
    assert "reset by bot" in connections


def test_an_event_without_words_of_its_own_is_told_key_by_key() -> None:
    """What stands within another particular, too; only so much of it."""
    t = deaf()
    t.tell(8, "ledger", change="opened", detail={"type": "Opened", "wall": 5})
    t.tell(9, "odd", text="x" * 1000)
    events, *_ = tables(told(PASSED, t=t), [])
    assert "ledger: change opened, type Opened<" in events
    assert "x" * 200 in events
    assert "x" * 301 not in events
