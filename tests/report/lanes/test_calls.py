"""REST calls on the timeline."""

from __future__ import annotations

from downtick.report.lanes.calls import calls
from tests.report.lanes.quiet import AXIS, transcript
from tests.report.runs import PASSED, told


def test_calls_stand_by_their_status() -> None:
    """429 is one of its own, and an answer without a byte is none."""
    t = transcript()
    conn = t.opens("rest", 1)
    for at, status in ((2, 200), (3, 429), (4, 404), (5, 503), (6, 503)):
        t.asks(conn, at, status=status)
    t.asks(conn, 7, silent=True)
    t.asks(conn, 8, size=0)
    notes = {lane.name: lane.note for lane in calls(told(PASSED, t=t), AXIS).lanes}
    assert notes == {"2xx": "1", "4xx": "1", "429": "1", "5xx": "2", "no answer": "2"}
