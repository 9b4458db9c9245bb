"""Every channel and product of before a loss is subscribed again."""

from __future__ import annotations

from downtick.checks.finding import Outcome
from downtick.checks.index import index
from downtick.checks.resubscribes import check
from tests.checks.transcript import Transcript


def cut(t: Transcript, *products: str) -> int:
    """Tell of a feed that is lost."""
    conn = t.feed(0, *products)
    t.breaks("market_ws", "reset", 10)
    t.closes(conn, 10, how="reset")
    t.over(40)
    return conn


def test_what_was_subscribed_is_subscribed_again() -> None:
    """On one new connection."""
    t = Transcript()
    cut(t, "BTC-USD", "ETH-USD")
    t.feed(12, "BTC-USD", "ETH-USD")
    assert check(t.run(), {}).outcome is Outcome.HOLDS


def test_several_connections_together_may_carry_it() -> None:
    """The union counts."""
    t = Transcript()
    cut(t, "BTC-USD", "ETH-USD")
    t.feed(12, "BTC-USD")
    t.feed(13, "ETH-USD")
    assert check(t.run(), {}).outcome is Outcome.HOLDS


def test_a_product_that_is_forgotten_violates() -> None:
    """The sentence names it."""
    t = Transcript()
    cut(t, "BTC-USD", "ETH-USD")
    t.feed(12, "BTC-USD")
    found = check(t.run(), {})
    assert found.outcome is Outcome.VIOLATED
    assert found.sentence.endswith("never subscribed again: ticker ETH-USD")


def test_heartbeats_are_a_channel_too() -> None:
    """Whoever forgets them will not notice the next silence."""
    t = Transcript()
    conn = t.feed(0)
    t.subscribes(conn, 1, "heartbeats")
    t.fault("abort", 10, 10, hits=[(10, conn)])
    t.closes(conn, 10, by="fault", how="abort")
    t.feed(12)
    t.over(40)
    assert check(t.run(), {}).outcome is Outcome.VIOLATED


def test_the_heartbeats_of_another_link_make_up_for_none() -> None:
    """They tell that the user's feed is alive, not that the market's is."""
    t = Transcript()
    t.feed(0, "BTC-USD", listener="user_ws", channel="heartbeats")
    conn = t.feed(0)
    t.subscribes(conn, 1, "heartbeats", "BTC-USD")
    t.breaks("market_ws", "reset", 10)
    t.closes(conn, 10, how="reset")
    again = t.feed(12)
    t.over(40)
    assert check(t.run(), {}).outcome is Outcome.VIOLATED
    t.subscribes(again, 13, "heartbeats", "BTC-USD")
    assert check(t.run(), {}).outcome is Outcome.HOLDS


def test_a_subscription_that_is_not_acknowledged_does_not_count() -> None:
    """It was asked for, and refused."""
    t = Transcript()
    cut(t)
    conn = t.feed(12)
    t.events.pop()  # the acknowledgement
    t.frame(conn, 12, "", products=(), type="error")
    assert check(t.run(), {}).outcome is Outcome.VIOLATED


def test_a_connection_that_lives_on_carries_its_own() -> None:
    """Nothing of it was lost."""
    t = Transcript()
    t.feed(0, "ETH-USD")
    cut(t, "BTC-USD")
    t.feed(12, "BTC-USD")
    assert check(t.run(), {}).outcome is Outcome.HOLDS


def test_what_was_given_up_before_the_loss_need_not_come_back() -> None:
    """An unsubscription is the bot's own wish."""
    t = Transcript()
    conn = cut(t, "BTC-USD", "ETH-USD")
    t.tell(
        5, "frame_received", conn=conn, type="unsubscribe", channel="ticker", products=["ETH-USD"]
    )
    t.frame(conn, 5, "subscriptions", products=())
    t.feed(12, "BTC-USD")
    assert check(t.run(), {}).outcome is Outcome.HOLDS


def test_a_link_that_stays_down_exercises_nothing() -> None:
    """Nobody could subscribe."""
    t = Transcript()
    conn = t.feed(0)
    t.breaks("market_ws", "down", 10)
    t.closes(conn, 10, how="eof")
    t.over(40)
    assert check(t.run(), {}).outcome is Outcome.NOT_EXERCISED


def test_without_a_loss_nothing_is_shown() -> None:
    """A feed that lived through it was never subscribed again."""
    t = Transcript()
    t.feed(0)
    t.breaks("market_ws", "latency", 5, until=6)
    assert check(t.run(), {}).outcome is Outcome.NOT_EXERCISED


def test_a_bot_that_is_stopped_right_after_the_run_forgot_nothing() -> None:
    """However it is stopped."""
    for how in ("close_frame", "eof"):
        t = Transcript()
        cut(t)
        new = t.feed(12)
        t.closes(new, 40.1, how=how)
        t.tell(60, "late", "arena", seconds=0.1)
        run = index(t.history(), settle=15)
        assert check(run, {}).outcome is Outcome.HOLDS


def test_a_history_that_breaks_off_shows_nothing_of_what_was_lost_last() -> None:
    """The bot was stopped, or had no time."""
    t = Transcript()
    cut(t)
    t.events = [event for event in t.events if event.kind not in {"run_ended", "healed"}]
    t.closes(t.feed(12), 20, how="close_frame", code=1000)
    assert check(t.run(), {}).outcome is Outcome.HOLDS
