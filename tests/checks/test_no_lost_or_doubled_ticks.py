"""Every tick that the bot read is processed once, as far as the bot tells of it."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from downtick.checks.finding import Finding, Outcome
from downtick.checks.index import index
from downtick.checks.instant import NEVER, Instant, exactly
from downtick.checks.no_lost_or_doubled_ticks import check
from downtick.checks.run import Connection, Frame, Reading, unwitnessed
from tests.checks.transcript import Transcript, at_once

ETH = "ETH-USD"
PLAYED = 60


def judged(t: Transcript, read: Reading = at_once, *, conflation: bool = False) -> Finding:
    """Return what the check says of a run that ends ten seconds after the conductor was done."""
    t.over(PLAYED)
    t.tell(PLAYED + 20, "bot_ended", "runner", exit_code=0, killed=False)
    return check(index(t.history(), 1.0, read, 10.0), {"conflation": conflation})


def sends(t: Transcript, conn: int, numbers: range, since: float = 10, **more: object) -> None:
    """Send a tick a second."""
    for place, number in enumerate(numbers):
        t.frame(conn, since + place, seq=number, **more)  # type: ignore[arg-type]


def followed(*left_out: int) -> tuple[Transcript, int]:
    """Tell of a feed with ticks 1 to 5, all of them processed but these."""
    t = Transcript()
    feed = t.feed(0)
    sends(t, feed, range(1, 6))
    t.processes(16, *(number for number in range(1, 6) if number not in left_out))
    return t, feed


def test_each_tick_once_holds() -> None:
    """Whether anybody saw it read or not: who processed it had read it."""
    for read in (at_once, unwitnessed):
        t, _ = followed()
        found = judged(t, read)
        assert found.outcome is Outcome.HOLDS
        assert found.sentence == "5 ticks of ticker BTC-USD were processed, each once"


def test_a_tick_that_was_read_and_left_out_violates() -> None:
    """If somebody saw that it was read."""
    t, _ = followed(2, 4)
    found = judged(t)
    assert found.outcome is Outcome.VIOLATED
    assert found.sentence == (
        "tick 2 of ticker BTC-USD was read and never processed, and 1 more like it"
    )
    assert [t.history()[number]["seq"] for number in found.evidence] == [2, 4]
    t, _ = followed(2, 4)
    found = judged(t, unwitnessed)
    assert found.outcome is Outcome.NOT_EXERCISED
    assert "nobody saw whether it was read" in found.sentence


def test_a_tick_processed_twice_violates() -> None:
    """Whoever saw what."""
    for read in (at_once, unwitnessed):
        t, _ = followed()
        t.processes(17, 3)
        found = judged(t, read)
        assert found.outcome is Outcome.VIOLATED
        assert found.sentence == "tick 3 of ticker BTC-USD was processed twice"
        assert {t.history()[number]["sequence_num"] for number in found.evidence} == {3}


def test_a_frame_that_came_twice_is_one_tick() -> None:
    """To process both copies is to double it; to process one is enough, and none too few."""
    for times, outcome in ((0, Outcome.VIOLATED), (1, Outcome.HOLDS), (2, Outcome.VIOLATED)):
        t, feed = followed()
        handle = t.fault("duplicate_frame", 20, 21)
        for _ in range(2):
            t.frame(feed, 20, seq=6, fault=handle)
        t.processes(21, *([6] * times))
        assert judged(t).outcome is outcome, times


def test_without_the_bot_s_events_nothing_is_shown() -> None:
    """The check says what is missing."""
    t = Transcript()
    sends(t, t.feed(0), range(1, 6))
    found = judged(t)
    assert found.outcome is Outcome.NOT_EXERCISED
    assert "DOWNTICK_EVENTS" in found.sentence


def test_what_was_never_read_is_not_the_bot_s_loss() -> None:
    """It was lost on the way."""

    def read(connection: Connection, frame: Frame) -> Instant:
        return NEVER if frame[1]["seq"] == 5 else exactly(frame[1].at)

    t, _ = followed(5)
    assert judged(t, read).outcome is Outcome.HOLDS


def test_what_went_with_its_connection_is_not_the_bot_s_loss() -> None:
    """The last ticks before its end lay in some buffer; one before a tick that was processed did not."""
    t, feed = followed(4, 5)
    t.closes(feed, 20)
    t.feed(21)
    assert judged(t).outcome is Outcome.HOLDS
    t, feed = followed(4)
    t.closes(feed, 20)
    t.feed(21)
    assert judged(t).outcome is Outcome.VIOLATED


def test_what_comes_when_the_profile_is_over_needs_no_processing() -> None:
    """The bot was stopped soon after; doubled it may not be."""
    t, feed = followed()
    t.frame(feed, PLAYED + 1, seq=6)
    assert judged(t).outcome is Outcome.HOLDS
    t, feed = followed()
    t.frame(feed, PLAYED + 1, seq=6)
    t.processes(PLAYED + 2, 6, 6)
    assert judged(t).outcome is Outcome.VIOLATED


def test_a_snapshot_is_a_tick_or_not() -> None:
    """But not two."""
    for times, outcome in ((0, Outcome.HOLDS), (1, Outcome.HOLDS), (2, Outcome.VIOLATED)):
        t, feed = followed()
        t.frame(feed, 9, seq=0, type="snapshot")
        t.processes(16, *([0] * times))
        assert judged(t).outcome is outcome, times


def test_a_spoilt_frame_need_not_be_processed() -> None:
    """The bot may well not believe it."""
    t, feed = followed()
    t.frame(feed, 20, seq=6, fault=t.fault("field_drift", 20, 21))
    t.frame(feed, 22, seq=7)
    t.processes(23, 7)
    assert judged(t).outcome is Outcome.HOLDS


def test_a_stated_policy_may_drop_older_ticks() -> None:
    """The newest must be processed all the same."""
    t, _ = followed(1, 2, 4)
    assert judged(t, conflation=True).outcome is Outcome.HOLDS
    t, _ = followed(4, 5)
    found = judged(t, conflation=True)
    assert found.outcome is Outcome.VIOLATED
    assert "tick 4" in found.sentence
    t, _ = followed()
    t.processes(17, 5)
    assert judged(t, conflation=True).outcome is Outcome.VIOLATED


def test_numbers_begin_anew_with_a_connection() -> None:
    """The same number on two connections is two ticks."""
    t, feed = followed()
    t.closes(feed, 20)
    sends(t, t.feed(21), range(1, 4), since=22)
    t.processes(30, 1, 2, 3)
    assert judged(t).outcome is Outcome.HOLDS
    t.processes(31, 2)
    assert judged(t).sentence == "tick 2 of ticker BTC-USD was processed twice"
    t.processes(31, 2)
    assert judged(t).sentence == "tick 2 of ticker BTC-USD was processed 2 times too often"


def test_a_tick_of_either_connection_counts_in_the_bot_s_favour() -> None:
    """One that went with the first connection does not hide one that was lost on the second, nor the other way round."""
    t, feed = followed(4, 5)
    t.closes(feed, 20)
    sends(t, t.feed(21), range(1, 6), since=22)
    t.processes(30, 1, 2, 3, 4, 5)
    assert judged(t).outcome is Outcome.HOLDS
    t, feed = followed(4, 5)
    t.closes(feed, 20)
    sends(t, t.feed(21), range(1, 6), since=22)
    t.processes(30, 1, 2, 3, 5)
    assert judged(t).outcome is Outcome.VIOLATED


def test_a_tick_told_before_a_connection_is_of_an_earlier_one() -> None:
    """What the later one loses is lost."""
    t = Transcript()
    first = t.feed(0)
    t.frame(first, 1, seq=1)
    t.processes(2, 1)
    t.closes(first, 3)
    t.frame(t.feed(4), 5, seq=1)
    assert judged(t).outcome is Outcome.VIOLATED


def test_a_tick_that_may_be_another_s_overtakes_nothing() -> None:
    """It may be the late one of the first connection: then nothing of the second was processed when that ended."""
    t = Transcript()
    first = t.feed(0)
    t.frame(first, 1, seq=5)
    t.closes(first, 2)
    second = t.feed(3)
    sends(t, second, range(4, 6), since=4)
    t.closes(second, 6)
    t.processes(7, 5)
    assert judged(t).outcome is Outcome.HOLDS


def test_a_second_feed_may_stand_in_for_the_first() -> None:
    """Nobody can tell by numbers which of the two the bot took a tick from; twice on one feed is twice all the same."""
    t, _ = followed(3)
    sends(t, t.feed(1), range(101, 106))
    assert judged(t).outcome is Outcome.NOT_EXERCISED
    t, _ = followed(3)
    sends(t, t.feed(1), range(101, 106))
    t.processes(17, 4)
    assert judged(t).outcome is Outcome.VIOLATED


def test_what_the_bot_does_not_tell_of_is_not_judged() -> None:
    """Other channels, other products."""
    t, feed = followed()
    sends(t, feed, range(6, 9), since=20, channel="l2_data")
    sends(t, feed, range(9, 12), since=30, products=(ETH,))
    assert judged(t).outcome is Outcome.HOLDS


def test_a_tick_that_was_never_sent_is_not_understood() -> None:
    """The bot counts in some other way: nothing is lost by that, and nothing holds."""
    t, _ = followed()
    t.processes(17, 77)
    found = judged(t)
    assert found.outcome is Outcome.NOT_EXERCISED
    assert "never sent 1 of the ticks" in found.sentence
    t = Transcript()
    t.processes(17, 77)
    assert judged(t).outcome is Outcome.NOT_EXERCISED


def test_a_bot_that_was_not_heard_out_has_lost_nothing() -> None:
    """What could not be read may tell of it; what was told twice stays doubled."""
    t, _ = followed(3)
    t.tell(70, "events_incomplete", "runner", bad=1, why="line 3: no JSON", cut=False)
    assert judged(t).outcome is Outcome.NOT_EXERCISED
    t, _ = followed()
    t.tell(70, "events_incomplete", "runner", bad=1, why="line 3: no JSON", cut=False)
    assert judged(t).outcome is Outcome.NOT_EXERCISED
    t.processes(17, 3)
    assert judged(t).outcome is Outcome.VIOLATED


@pytest.mark.parametrize("channel", ["level2", "l2_data"])
def test_a_channel_has_the_name_under_which_it_is_subscribed(channel: str) -> None:
    """Or the one that stands in its frames."""
    t = Transcript()
    sends(t, t.feed(0, channel="level2"), range(1, 4), channel="l2_data")
    t.processes(20, 1, 2, 3, channel=channel)
    assert judged(t).outcome is Outcome.HOLDS


# -- trades ----------------------------------------------------------------------------------------


def trades(t: Transcript, conn: int, at: float, first: int, last: int, **more: object) -> None:
    """Send trades in one frame."""
    said = {"channel": "market_trades", "seq": int(at), "trade_ids": [first, last], **more}
    t.frame(conn, at, **said)  # type: ignore[arg-type]


def processes(t: Transcript, at: float, *ids: int | str) -> None:
    """Say that trades were processed."""
    for trade in ids:
        t.processes(at, 0, channel="market_trades", trade_id=trade)


def test_a_trade_is_one_whatever_brings_it() -> None:
    """The snapshot of a new connection repeats trades: to process them again is to double them."""
    for again, outcome in (((), Outcome.HOLDS), ((11, 12), Outcome.VIOLATED)):
        t = Transcript()
        feed = t.feed(0, channel="market_trades")
        trades(t, feed, 5, 10, 12)
        processes(t, 6, "10", 11, "12")
        t.closes(feed, 7)
        new = t.feed(8, channel="market_trades")
        trades(t, new, 9, 11, 13, type="snapshot")
        trades(t, new, 10, 14, 14)
        processes(t, 11, *again, 13, 14)
        found = judged(t)
        assert found.outcome is outcome, found
        if again:
            assert found.sentence == (
                "trade 11 of market_trades BTC-USD was processed twice, and 1 more like it"
            )


def test_a_trade_that_was_read_and_left_out_violates() -> None:
    """On either of two feeds."""
    t = Transcript()
    for feed in (t.feed(0, channel="market_trades"), t.feed(1, channel="market_trades")):
        trades(t, feed, 5, 10, 12)
    processes(t, 6, 10, 12)
    found = judged(t)
    assert found.outcome is Outcome.VIOLATED
    assert found.sentence == "trade 11 of market_trades BTC-USD was read and never processed"


# -- whatever happens ------------------------------------------------------------------------------

SPANS = st.lists(
    st.tuples(
        st.integers(0, 40),
        st.integers(0, 5),
        st.integers(1, 15),
        st.integers(0, 3),
        st.integers(0, 12),
    ),
    min_size=1,
    max_size=4,
)
"""Connections: when each begins, the number of its first tick, how many it brings and how many of them go with it, and
how long the bot takes for one."""


@given(SPANS, st.booleans(), st.sampled_from([0.0, 3.0, 100.0]), st.booleans())
@settings(max_examples=200, deadline=None)
def test_who_processes_each_tick_once_is_never_accused(
    spans: list[tuple[int, int, int, int, int]], twice: bool, blur: float, conflation: bool
) -> None:
    """However connections follow or overlap each other, however slow it is; and one tick more is always found."""

    def read(_: Connection, frame: Frame) -> Instant:
        return Instant(frame[1].at, frame[1].at + blur)

    t = Transcript()
    for since, first, count, dropped, delay in spans:
        conn = t.feed(since)
        sends(t, conn, range(first, first + count), since=since)
        for place in range(max(0, count - dropped)):
            t.processes(since + place + delay, first + place)
        t.closes(conn, since + count + 0.5)
    if twice:
        number = spans[0][1]
        for _ in spans:  # once for each connection that may have brought it, and once more
            t.processes(58, number)
        t.processes(58, number)
    found = judged(t, read, conflation=conflation)
    assert (found.outcome is Outcome.VIOLATED) == twice, found
