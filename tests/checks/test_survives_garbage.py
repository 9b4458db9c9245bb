"""A frame that is not JSON does not end the bot."""

from __future__ import annotations

from downtick.checks.finding import Outcome
from downtick.checks.run import Reading, unwitnessed
from downtick.checks.survives_garbage import check
from tests.checks.transcript import Transcript, at_once

WITHIN = {"within": 5}


def garbage(t: Transcript) -> int:
    """Tell of a feed that gets garbage at 10."""
    feed = t.feed(0)
    handle = t.fault("garbage_text", 9, 10, hits=[(10, feed)])
    t.frame(feed, 10, "", products=(), type="garbage", fault=handle)
    t.over(60)
    return feed


def survival(t: Transcript, read: Reading = at_once) -> Outcome:
    """Return what the check of garbage says."""
    return check(t.run(read=read), WITHIN).outcome


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


def test_where_nothing_more_was_sent_nothing_could_be_read() -> None:
    """A quiet market is nobody's fault; a feed that was left is."""
    t = Transcript()
    t.frame(garbage(t), 30)
    assert survival(t) is Outcome.NOT_EXERCISED
    t = Transcript()
    t.closes(garbage(t), 12)
    assert survival(t) is Outcome.VIOLATED


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


def test_what_came_right_behind_the_garbage_is_no_sign_of_life() -> None:
    """The kernel hands both over at once; the feed is left then, and another one may come or not."""
    t = Transcript()
    feed = garbage(t)
    t.frame(feed, 10.1)
    t.closes(feed, 10.2, how="eof")
    assert survival(t) is Outcome.VIOLATED
    t.feed(13)
    assert survival(t) is Outcome.HOLDS


def test_whether_it_was_read_is_open_if_another_feed_came_late() -> None:
    """It may have been left for another reason."""
    t = Transcript()
    feed = garbage(t)
    t.frame(feed, 10.1)
    t.closes(feed, 14, how="eof")
    t.feed(17)
    assert survival(t) is Outcome.NOT_EXERCISED
