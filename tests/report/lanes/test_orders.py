"""Orders on the timeline."""

from __future__ import annotations

from downtick.report.fates import fates
from downtick.report.lanes.orders import orders
from tests.report.lanes.quiet import AXIS, lane, transcript
from tests.report.runs import PASSED, told


def test_orders_stand_by_what_became_of_them() -> None:
    """One whose answer was lost is drawn until the bot knew, or to the end."""
    t = transcript()
    conn = t.opens("rest", 1)
    t.places(conn, 2, "good")
    t.places(conn, 3, "bad", applied=False, status=400)
    t.places(conn, 10, "lost", silent=True)
    judged = told(PASSED, t=t)
    group = orders(judged, fates(judged.run, judged.verdict), AXIS)
    notes = {lane.name: lane.note for lane in group.lanes}
    assert notes == {"accepted": "1", "refused": "1", "doubled": "0", "unknown": "1"}
    shapes = lane(group, "unknown").shapes
    assert "in the ledger; no proof that the bot knew" in shapes
    assert 'width="7500"' in shapes
