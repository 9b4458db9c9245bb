"""The byte ladder."""

from __future__ import annotations

from downtick.history import Event
from downtick.report.lanes.ladder import amount, ladder
from tests.report.lanes.quiet import AXIS, lane, transcript
from tests.report.runs import PASSED, told


def test_bytes_of_a_feed_are_known_as_far_as_they_were_sent() -> None:
    """By their place in the stream where that is told; of answers also when they were surely read."""
    t = transcript()
    conn = t.feed(1)
    t.frame(conn, 2, offset=100)
    t.frame(conn, 3, offset=150)
    rest = t.opens("rest", 1)
    t.asks(rest, 4, size=1000)
    t.asks(rest, 5, size=500)
    group = ladder(told(PASSED, t=t), AXIS)
    assert lane(group, "market_ws").note == "sent 150 B"
    assert lane(group, "rest").note == "sent 1.5 kB, surely read 1 kB"
    assert "between" in lane(group, "rest").shapes
    assert "between" not in lane(group, "market_ws").shapes
    assert "no witness" in group.note


def test_a_witness_tells_what_the_kernel_had_and_what_the_bot_read() -> None:
    """Two more lines, and the note is gone."""
    t = transcript()
    t.frame(t.feed(1), 2, offset=100)
    at = {"socket": 1, "link": "market_ws", "end": "bot", "port": 5, "since": 0.5}
    t.events.append(Event(1.0, "witness", "born", at))
    figures = {"acked": 1, "sent": 0, "wqueue": 0, "unsent": 0, "state": 1, "since": 2.0}
    for when, received, queue in ((2.5, 80, 0), (3.5, 80, 20)):
        data = {"socket": 1, "received": received, "rqueue": queue, **figures}
        t.events.append(Event(when, "witness", "sample", data))
    group = ladder(told(PASSED, t=t), AXIS)
    assert lane(group, "market_ws").note == "sent 100 B, received 80 B, read 60 B"
    assert group.note == ""


def test_bytes_are_told_in_words() -> None:
    """Short."""
    assert [amount(n) for n in (0, 999, 61_234, 2.5e6, 3e9)] == [
        *("0 B", "999 B", "61.2 kB", "2.5 MB", "3 GB")
    ]
