"""Whether links delivered; where a test makes the faults nobody else says when all was steady."""

from __future__ import annotations

import pytest

from downtick.checks.delivering import delivers, touched
from tests.checks.transcript import Transcript


def by_hand(*, asked: float | None = 2.0) -> Transcript:
    """Tell of faults that a test made: the feed is closed, and REST answers late."""
    t = Transcript()
    feed = t.feed(0)
    t.frame(feed, 1)
    rest = t.opens("rest", 0)
    if asked is not None:
        t.asks(rest, asked)
    t.breaks("market_ws", "close", 5)
    t.closes(feed, 5)
    t.fault("late_answer", 6, 8, hits=[(7, rest)])
    t.feed(0, listener="user_ws")
    t.tell(12, "run_ended", "conductor", by_hand=True)
    t.frame(t.feed(13), 13)
    return t


def test_a_run_by_hand_is_steady_if_what_was_hurt_had_delivered() -> None:
    """And it is judged until the test asked for the verdict."""
    run = by_hand().run()
    assert touched(run) == run.links == ("market_ws", "rest")
    assert (run.steady, run.played, run.ended, run.over) == (5, 12, 12, True)


def test_each_link_must_have_delivered_before_its_own_fault() -> None:
    """A bot that asks nothing over REST while its feed is sound does so once that is lost."""
    assert by_hand(asked=5.5).run().steady == 5


@pytest.mark.parametrize("asked", [None, 6.5], ids=["never", "after its first fault"])
def test_a_run_by_hand_is_not_steady_if_a_link_that_was_hurt_had_delivered_nothing(
    asked: float | None,
) -> None:
    """Who knows what the bot would have done there."""
    assert by_hand(asked=asked).run().steady is None


def test_a_profile_s_steady_state_is_told_by_who_waited_for_it() -> None:
    """Without that there is none, whatever was delivered."""
    t = by_hand()
    t.events = [event for event in t.events if event.kind != "run_ended"]
    t.over(12)
    assert t.run().steady is None
    t.steady(1, "market_ws")
    assert (t.run().steady, t.run().links) == (1, ("market_ws",))


def test_a_span_holds_its_beginning_and_not_its_end() -> None:
    """A heartbeat is no data."""
    t = Transcript()
    feed = t.feed(0)
    t.frame(feed, 2, "heartbeats", products=())
    t.frame(feed, 4)
    run = t.run()
    assert delivers(run, "market_ws")
    assert delivers(run, "market_ws", 4)
    assert not delivers(run, "market_ws", until=4)
    assert not delivers(run, "rest")
