"""After an outage the open and unknown orders are read before the first new order."""

from __future__ import annotations

import pytest

from downtick.checks.finding import Outcome
from downtick.checks.reconciles_before_trading import check
from downtick.checks.run import Reading, unwitnessed
from tests.checks.transcript import Transcript, at_once

LIST = "orders/historical/batch"


def outage(t: Transcript) -> int:
    """Tell of an outage of REST from 20 to 60; return a connection of after it."""
    conn = t.opens("rest", 0)
    t.fault("http_error", 20, 60, hits=[(21, conn)])
    t.over(100)
    return t.opens("rest", 61)


def outcome(t: Transcript, read: Reading = unwitnessed) -> Outcome:
    """Return what the check says."""
    return check(t.run(read=read), {}).outcome


def test_a_list_that_was_read_before_the_order_holds() -> None:
    """On the same connection there is no doubt."""
    t = Transcript()
    conn = outage(t)
    t.asks(conn, 62, LIST, query="order_status=OPEN&limit=250")
    t.places(conn, 63, "a")
    assert outcome(t) is Outcome.HOLDS


def test_a_list_may_have_been_asked_for_before_the_end() -> None:
    """It was answered after it, with what stood then: on a connection that was silent meanwhile nobody knows more."""
    t = Transcript()
    conn = t.opens("rest", 10)
    t.asks(conn, 15)
    outage(t)
    t.asks(conn, 62, LIST)
    t.places(conn, 63, "a")
    assert outcome(t) is Outcome.HOLDS


def test_an_order_without_any_list_violates() -> None:
    """The sentence says what to do."""
    t = Transcript()
    t.places(outage(t), 63, "a")
    found = check(t.run(), {})
    assert found.outcome is Outcome.VIOLATED
    assert found.sentence.endswith("ask for them first")


@pytest.mark.parametrize("told", [{"status": 503}, {"query": "order_status=FILLED"}, {"size": 0}])
def test_what_is_no_list_of_open_orders_does_not_count(told: dict[str, object]) -> None:
    """It failed, it was cut, or it lists others."""
    t = Transcript()
    conn = outage(t)
    t.asks(conn, 62, LIST, **told)  # type: ignore[arg-type]
    t.places(conn, 63, "a")
    assert outcome(t) is Outcome.VIOLATED


def test_a_list_that_got_through_an_outage_of_answers_holds() -> None:
    """Where single answers failed, the one that did not fail tells all: nothing of the bot's failed after it."""
    t = Transcript()
    conn = outage(t)
    early = t.opens("rest", 50)
    t.asks(early, 55, LIST)
    t.asks(early, 56)
    t.places(early, 63, "a")
    t.asks(conn, 64)
    assert outcome(t) is Outcome.HOLDS


def test_a_list_of_before_an_order_that_failed_does_not_count() -> None:
    """Nobody but a later list tells what became of that order."""
    t = Transcript()
    conn = t.opens("rest", 0)
    t.asks(conn, 25, LIST)
    order = t.places(conn, 55, "a", status=503)
    handle = t.fault("http_error", 20, 60)
    t.tell(55, "fault_hit", handle=handle, name="http_error", conn=conn, request=order)
    t.asks(conn, 62)
    t.places(conn, 63, "b")
    t.over(100)
    assert outcome(t) is Outcome.VIOLATED


@pytest.mark.parametrize("link", ["rest", "user_ws"])
def test_a_list_of_before_the_end_of_a_link_s_fault_does_not_count(link: str) -> None:
    """What happened since is not in it, and nobody told it."""
    t = Transcript()
    t.breaks(link, "freeze", 20, 60)
    if link == "user_ws":
        t.closes(t.feed(0, listener=link, channel="user"), 60.2)
    else:
        t.asks(t.opens("rest", 0), 60.2, silent=True)
    conn = t.opens("rest", 50)
    t.asks(conn, 55, LIST)
    t.asks(conn, 62)
    t.places(conn, 63, "a")
    t.over(100)
    assert outcome(t) is Outcome.VIOLATED


@pytest.mark.parametrize("link", ["rest", "user_ws"])
def test_what_a_bot_sat_out_is_held_against_none(link: str) -> None:
    """A link stood still for a while, and nothing of the bot's failed: it cannot know."""
    t = Transcript()
    t.feed(0, listener="user_ws", channel="user")
    t.breaks(link, "freeze", 20, 23)
    conn = t.opens("rest", 0)
    t.asks(conn, 62)
    t.places(conn, 63, "a")
    t.over(100)
    assert outcome(t) is Outcome.NOT_EXERCISED


def test_a_link_that_was_down_was_met_by_who_was_refused() -> None:
    """The witness tells of the attempt."""
    for refused in (True, False):
        t = Transcript()
        t.breaks("rest", "down", 20, 60)
        if refused:
            t.tell(30, "refused", "witness", link="rest")
        conn = t.opens("rest", 61)
        t.asks(conn, 62)
        t.places(conn, 63, "a")
        t.over(100)
        assert outcome(t) is (Outcome.VIOLATED if refused else Outcome.NOT_EXERCISED)


def test_a_list_of_before_the_user_s_feed_was_lost_does_not_count() -> None:
    """What the feed would have told is in no list of before."""
    t = Transcript()
    conn = outage(t)
    feed = t.feed(0, listener="user_ws", channel="user")
    t.closes(feed, 58)
    early = t.opens("rest", 50)
    t.asks(early, 55, LIST)
    t.places(conn, 63, "a")
    assert outcome(t) is Outcome.VIOLATED


def test_a_list_on_another_connection_may_not_have_been_read() -> None:
    """Without a witness."""
    t = Transcript()
    conn = outage(t)
    t.asks(t.opens("rest", 61), 62, LIST)
    t.places(conn, 63, "a")
    assert outcome(t) is Outcome.NOT_EXERCISED


def test_a_snapshot_of_the_users_feed_is_as_good() -> None:
    """If somebody saw that it was read."""
    t = Transcript()
    conn = outage(t)
    feed = t.feed(62, listener="user_ws", channel="user")
    t.frame(feed, 62, "user", type="snapshot")
    t.asks(conn, 63)
    t.places(conn, 64, "a")
    assert outcome(t, at_once) is Outcome.HOLDS
    assert outcome(t) is Outcome.NOT_EXERCISED


def test_an_outage_of_prices_alone_needs_no_reconciliation() -> None:
    """Nothing could happen to orders unseen."""
    t = Transcript()
    feed = t.feed(0)
    t.fault("data_silence", 20, 60, hits=[(21, feed)])
    t.places(t.opens("rest", 61), 63, "a")
    t.over(100)
    assert outcome(t) is Outcome.NOT_EXERCISED


def test_without_an_order_afterwards_nothing_is_shown() -> None:
    """A bot that stays away breaks no rule, and keeps none."""
    t = Transcript()
    t.asks(outage(t), 62, LIST)
    assert outcome(t) is Outcome.NOT_EXERCISED
