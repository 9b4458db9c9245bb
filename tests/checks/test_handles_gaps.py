"""A gap in sequence numbers is repaired."""

from __future__ import annotations

import pytest

from downtick.checks.finding import Outcome
from downtick.checks.handles_gaps import check
from downtick.checks.run import Reading, unwitnessed
from tests.checks.transcript import Transcript, at_once

WITHIN = {"within": 5}


def gap(t: Transcript, channel: str = "l2_data") -> int:
    """Tell of a feed that loses a frame at 10; the next one comes at 11."""
    feed = t.feed(0, channel="level2")
    handle = t.fault("sequence_gap", 9, 11)
    t.tell(10, "fault_hit", handle=handle, name="sequence_gap", conn=feed, channel=channel, seq=9)
    t.frames(feed, 11, 30, channel=channel)
    t.over(60)
    return feed


def gaps(t: Transcript, read: Reading = at_once) -> Outcome:
    """Return what the check of gaps says."""
    return check(t.run(read=read), WITHIN).outcome


@pytest.mark.parametrize("repair", ["subscribes", "reconnects", "asks"])
def test_a_repair_in_time_holds(repair: str) -> None:
    """By a subscription, a new connection, or a snapshot of that product."""
    t = Transcript()
    feed = gap(t)
    if repair == "subscribes":
        t.subscribes(feed, 13, "level2", "BTC-USD")
    elif repair == "reconnects":
        t.closes(feed, 13, how="close_frame", code=1000)
    else:
        t.asks(t.opens("rest", 12), 13, "product_book", query="product_id=BTC-USD")
    assert gaps(t) is Outcome.HOLDS
    assert gaps(t, unwitnessed) is Outcome.HOLDS


def test_going_on_violates_once_the_frame_beyond_was_read() -> None:
    """Without a witness it may not have been."""
    t = Transcript()
    gap(t)
    assert gaps(t) is Outcome.VIOLATED
    assert gaps(t, unwitnessed) is Outcome.NOT_EXERCISED


def test_a_snapshot_of_another_product_repairs_nothing() -> None:
    """Its book is another."""
    t = Transcript()
    gap(t)
    t.asks(t.opens("rest", 12), 13, "product_book", query="product_id=ETH-USD")
    assert gaps(t) is Outcome.VIOLATED


def test_a_lost_ticker_needs_no_repair() -> None:
    """The next one says all."""
    t = Transcript()
    gap(t, "ticker")
    assert gaps(t) is Outcome.NOT_EXERCISED
