"""Gaps are repaired, and garbage is survived."""

from __future__ import annotations

import pytest

from downtick.checks import handles_gaps, survives_garbage
from downtick.checks.finding import Outcome
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
    return handles_gaps.check(t.run(read=read), WITHIN).outcome


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


def garbage(t: Transcript) -> int:
    """Tell of a feed that gets garbage at 10."""
    feed = t.feed(0)
    handle = t.fault("garbage_text", 9, 10, hits=[(10, feed)])
    t.frame(feed, 10, "", products=(), type="garbage", fault=handle)
    t.over(60)
    return feed


def survival(t: Transcript, read: Reading = at_once) -> Outcome:
    """Return what the check of garbage says."""
    return survives_garbage.check(t.run(read=read), WITHIN).outcome


def test_reading_on_holds() -> None:
    """On the same feed or on a new one, if somebody saw it."""
    t = Transcript()
    t.frame(garbage(t), 11)
    assert survival(t) is Outcome.HOLDS
    assert survival(t, unwitnessed) is Outcome.NOT_EXERCISED
    t = Transcript()
    t.closes(garbage(t), 10.5, how="eof")
    t.feed(13)
    assert survival(t) is Outcome.HOLDS


def test_dying_of_it_violates() -> None:
    """No subscribed feed was read in time."""
    t = Transcript()
    t.closes(garbage(t), 10.5, how="eof")
    assert survival(t) is Outcome.VIOLATED
    t.feed(30)
    assert survival(t) is Outcome.VIOLATED


def test_without_garbage_nothing_is_shown() -> None:
    """A sound feed is easily survived."""
    t = Transcript()
    t.frame(t.feed(0), 1)
    assert survival(t) is Outcome.NOT_EXERCISED
