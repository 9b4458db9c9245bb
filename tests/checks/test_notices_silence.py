"""A feed that is connected and silent is given up."""

from __future__ import annotations

import pytest

from downtick.checks.finding import Outcome
from downtick.checks.instant import Instant, exactly
from downtick.checks.notices_silence import check
from downtick.checks.run import Connection, Frame, Reading, unwitnessed
from tests.checks.transcript import Transcript, at_once


def silent(t: Transcript, until: float = 60) -> int:
    """Tell of a feed that says nothing from 20 on, while its fault lasts; return it."""
    feed = t.feed(0)
    t.frames(feed, 0, 20)
    t.fault("data_silence", 20.5, until, hits=[(21, feed)])
    t.over(100)
    return feed


def outcome(t: Transcript, of: str = "all", read: Reading = at_once) -> Outcome:
    """Return what the check says of ten seconds."""
    return check(t.run(read=read), {"within": 10, "of": of}).outcome


def test_ending_the_feed_in_time_holds() -> None:
    """Whoever watched: the last frame was not read before it was sent."""
    t = Transcript()
    t.closes(silent(t), 27, how="close_frame", code=1000)
    assert outcome(t) is Outcome.HOLDS
    assert outcome(t, read=unwitnessed) is Outcome.HOLDS


@pytest.mark.parametrize("act", ["connects", "subscribes", "asks"])
def test_other_signs_count_too(act: str) -> None:
    """A new feed, a new subscription, or prices over REST."""
    t = Transcript()
    feed = silent(t)
    if act == "connects":
        t.feed(27)
    elif act == "subscribes":
        t.subscribes(feed, 27, "ticker", "BTC-USD")
    else:
        t.asks(t.opens("rest", 26), 27, "product_book")
    assert outcome(t, "data") is Outcome.HOLDS


def test_doing_nothing_violates_if_the_last_frame_was_seen_read() -> None:
    """Without a witness it may be in a buffer still."""
    t = Transcript()
    silent(t)
    assert outcome(t) is Outcome.VIOLATED
    assert outcome(t, read=unwitnessed) is Outcome.NOT_EXERCISED


def test_acting_too_late_violates() -> None:
    """Ten seconds were allowed."""
    t = Transcript()
    t.closes(silent(t), 35, how="close_frame", code=1000)
    assert outcome(t) is Outcome.VIOLATED


def test_heartbeats_are_no_data() -> None:
    """A feed that only beats is silent to who waits for prices, and not to who waits for anything."""
    t = Transcript()
    feed = silent(t)
    t.frames(feed, 21, 60, channel="heartbeats", products=())
    assert outcome(t, "data") is Outcome.VIOLATED
    assert outcome(t, "all") is Outcome.NOT_EXERCISED


def test_data_are_no_heartbeats() -> None:
    """Prices go on while the heart stands still."""
    t = Transcript()
    feed = t.feed(0)
    t.frames(feed, 0, 20, channel="heartbeats", products=())
    t.frames(feed, 0, 60)
    t.fault("heartbeat_silence", 20.5, 60, hits=[(21, feed)])
    t.over(100)
    assert outcome(t, "heartbeats") is Outcome.VIOLATED
    assert outcome(t, "data") is Outcome.NOT_EXERCISED


def test_a_short_silence_asks_nothing_of_the_bot() -> None:
    """It was over before the deadline."""
    t = Transcript()
    feed = silent(t, until=25)
    t.frame(feed, 26)
    assert outcome(t) is Outcome.NOT_EXERCISED


def test_a_quiet_market_is_no_silence() -> None:
    """No fault falls into it."""
    t = Transcript()
    t.frames(t.feed(0), 0, 20)
    t.over(100)
    assert outcome(t) is Outcome.NOT_EXERCISED


def held_back(name: str = "freeze", until: float = 60.5) -> tuple[Transcript, int]:
    """Tell of a feed whose frames a link holds back from 20.5 on, while the exchange sends on."""
    t = Transcript()
    feed = t.feed(0)
    t.frames(feed, 0, 80)
    t.breaks("market_ws", name, 20.5, until)
    t.over(100)
    return t, feed


def through_the_link(connection: Connection, frame: Frame) -> Instant:
    """Read at once what was sent before 20.5, and the rest when the link gives it free."""
    return exactly(frame[1].at if frame[1].at < 20.5 else max(frame[1].at, 60.5))


@pytest.mark.parametrize("name", ["freeze", "blackhole"])
def test_a_link_that_holds_frames_back_is_silent_too(name: str) -> None:
    """Whatever the exchange sends meanwhile: the bot reads nothing, and must act."""
    t, _ = held_back(name)
    assert outcome(t, read=through_the_link) is Outcome.VIOLATED
    t, _ = held_back(name)
    t.opens("market_ws", 27)
    assert outcome(t, read=through_the_link) is Outcome.HOLDS


def test_the_end_of_a_feed_is_seen_only_when_its_link_gives_it_free() -> None:
    """The bot may have ended it long before; not if it is seen later than that."""
    t, feed = held_back()
    t.closes(feed, 60.6, how="close_frame", code=1000)
    assert outcome(t, read=through_the_link) is Outcome.NOT_EXERCISED
    t.opens("market_ws", 27)
    assert outcome(t, read=through_the_link) is Outcome.HOLDS
    t, feed = held_back()
    t.closes(feed, 70, how="close_frame", code=1000)
    assert outcome(t, read=through_the_link) is Outcome.VIOLATED


def test_a_short_freeze_asks_nothing_of_the_bot() -> None:
    """It was over before the deadline; and nobody knows who has read what without a witness."""
    t, _ = held_back(until=25)
    assert outcome(t, read=through_the_link) is Outcome.NOT_EXERCISED
    t, _ = held_back()
    assert outcome(t, read=unwitnessed) is Outcome.NOT_EXERCISED


def test_a_price_for_an_order_is_no_sure_sign() -> None:
    """It may have been asked for as ever; whoever asks for nothing else may have noticed, or not."""
    t = Transcript()
    silent(t)
    rest = t.opens("rest", 25)
    t.asks(rest, 26, "product_book", query="product_id=BTC-USD")
    assert outcome(t) is Outcome.HOLDS
    t.places(rest, 26.1, "a")
    assert outcome(t) is Outcome.NOT_EXERCISED


def test_prices_make_up_for_no_feed_of_orders() -> None:
    """Who asks for them tells nothing of whether he noticed that nothing is told of his orders."""
    t = Transcript()
    feed = t.feed(0, listener="user_ws", channel="user")
    t.frames(feed, 0, 80, channel="heartbeats", products=())
    t.breaks("user_ws", "freeze", 20.5, 60.5)
    t.asks(t.opens("rest", 25), 26, "product_book", query="product_id=BTC-USD")
    t.over(100)
    assert outcome(t, read=through_the_link) is Outcome.VIOLATED
