"""The bot's connections on the timeline."""

from __future__ import annotations

from downtick.report.lanes.connections import connections
from tests.report.lanes.quiet import AXIS, lane, transcript
from tests.report.runs import PASSED, told


def test_a_connection_says_how_it_ended() -> None:
    """What was cut is marked; what ended in order is not; what lives has no end."""
    t = transcript()
    cut, left, _ = t.feed(1), t.feed(2), t.feed(3)
    t.closes(cut, 5, how="reset")
    t.closes(left, 6, how="close_frame", code=1000)
    found = lane(connections(told(PASSED, t=t), AXIS), "market_ws")
    assert found.note == "3"
    assert f"#{cut} from 1.000 s: reset by bot" in found.shapes
    assert "close_frame 1000 by bot" in found.shapes
    assert "open at the end" in found.shapes
    assert found.shapes.count("c-bad dot") == found.shapes.count("c-dim dot") == 1


def test_connections_that_are_not_drawn_are_counted() -> None:
    """A storm of them would be a blot."""
    t = transcript()
    for number in range(402):
        t.closes(t.opens("rest", number / 100), number / 100 + 0.001)
    found = lane(connections(told(PASSED, t=t), AXIS), "rest")
    assert found.note == "402, 2 not drawn"
