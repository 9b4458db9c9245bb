"""The feed is back after a loss."""

from __future__ import annotations

from downtick.checks.finding import Outcome
from downtick.checks.index import index
from downtick.checks.reconnects import check
from downtick.checks.run import Reading, unwitnessed
from tests.checks.transcript import Transcript, at_once

WITHIN = {"within": 5}


def cut(t: Transcript, at: float = 10, **end: str) -> int:
    """Tell of a feed that is lost."""
    conn = t.feed(0)
    t.frames(conn, 0, at)
    t.breaks("market_ws", "reset", at)
    t.closes(conn, at, **{"how": "reset", **end})
    t.over(40)
    return conn


def outcome(t: Transcript, read: Reading = at_once, scale: float = 1.0) -> Outcome:
    """Return what the check says, of a bot whose socket was watched."""
    return check(t.run(scale, read), WITHIN).outcome


def test_a_fresh_frame_in_time_holds() -> None:
    """Four seconds are less than five."""
    t = Transcript()
    cut(t)
    t.frame(t.feed(14), 14.1)
    assert outcome(t) is Outcome.HOLDS


def test_a_fresh_frame_too_late_violates() -> None:
    """Six seconds are more than five, whoever watched."""
    t = Transcript()
    cut(t)
    t.frame(t.feed(16), 16.1)
    assert outcome(t) is Outcome.VIOLATED
    assert outcome(t, unwitnessed) is Outcome.VIOLATED


def test_never_coming_back_violates() -> None:
    """The run went on for long enough."""
    t = Transcript()
    cut(t)
    found = check(t.run(), WITHIN)
    assert found.outcome is Outcome.VIOLATED
    assert "nothing fresh came for 30 s" in found.sentence


def test_a_frame_that_nobody_saw_read_is_a_doubt() -> None:
    """It was sent in time; without a witness it may be in a buffer still."""
    t = Transcript()
    cut(t)
    t.frame(t.feed(14), 14.1)
    assert outcome(t, unwitnessed) is Outcome.NOT_EXERCISED


def test_a_connection_without_a_subscription_is_no_feed() -> None:
    """Connected and deaf."""
    t = Transcript()
    cut(t)
    conn = t.opens("market_ws", 12)
    t.tell(12, "upgraded", conn=conn, compression=False)
    t.frame(conn, 12.1, "heartbeats", products=())
    assert outcome(t) is Outcome.VIOLATED


def test_the_clock_runs_from_when_the_link_accepts_again() -> None:
    """Nobody can connect to a link that is down."""
    t = Transcript()
    conn = t.feed(0)
    t.breaks("market_ws", "down", 10, until=20)
    t.closes(conn, 10.01, how="eof")
    t.feed(24)
    t.over(40)
    assert outcome(t) is Outcome.HOLDS


def test_nothing_gets_through_a_timeout_that_hits_all() -> None:
    """Toxiproxy drops each byte of the direction; at half the toxicity, half of the connections get through."""
    for toxicity, expected in ((1, Outcome.HOLDS), (0.5, Outcome.NOT_EXERCISED)):
        t = Transcript()
        conn = t.feed(0)
        t.breaks("market_ws", "timeout", 10, until=20, toxicity=toxicity)
        t.closes(conn, 13, how="reset")
        t.frame(t.feed(24), 24.1)
        t.over(40)
        assert outcome(t) is expected


def test_a_loss_that_is_seen_before_its_fault_is_done_is_of_that_fault() -> None:
    """The link cuts first, and says so a little later; it had refused everybody since."""
    t = Transcript()
    conn = t.feed(0)
    told: dict[str, object] = {"act": 0, "step": 0, "name": "down", "link": "market_ws"}
    t.tell(10, "step_asked", "conductor", **told)
    t.closes(conn, 10.02, how="eof")
    t.tell(10.04, "step_done", "conductor", **told, echo={})
    t.tell(20, "step_healed", "conductor", **told)
    t.feed(24)
    t.over(40)
    assert outcome(t) is Outcome.HOLDS


def test_another_live_connection_covers_a_loss() -> None:
    """Two hot connections: one is enough."""
    t = Transcript()
    t.feed(0)
    cut(t)
    assert outcome(t, unwitnessed) is Outcome.HOLDS


def test_another_connection_that_carries_something_else_covers_nothing() -> None:
    """ETH is no BTC."""
    t = Transcript()
    t.feed(0, "ETH-USD")
    cut(t)
    assert outcome(t) is Outcome.VIOLATED


def test_a_run_that_ends_before_the_deadline_says_nothing() -> None:
    """The bot had no time."""
    t = Transcript()
    cut(t, at=37)
    assert outcome(t) is Outcome.NOT_EXERCISED


def test_without_a_loss_nothing_is_shown() -> None:
    """A feed that was never lost never came back; one that the bot closes at the end is not lost."""
    t = Transcript()
    conn = t.feed(0)
    t.breaks("market_ws", "latency", 5, until=6)
    t.closes(conn, 39, how="close_frame", code=1000)
    assert outcome(t) is Outcome.NOT_EXERCISED


def test_a_deadline_follows_the_time_scale() -> None:
    """Five nominal seconds are half a real one at a tenth."""
    t = Transcript()
    cut(t)
    t.feed(11)
    assert outcome(t, scale=0.1) is Outcome.VIOLATED


def test_what_the_machine_stole_is_not_held_against_the_bot() -> None:
    """It may count or not: a doubt."""
    t = Transcript()
    cut(t)
    t.starved(11, 13)
    t.feed(16)
    assert outcome(t) is Outcome.NOT_EXERCISED


def test_a_bot_that_is_stopped_at_the_end_is_not_lost() -> None:
    """It closes its feeds in the time after the conductor was done, and comes back for none."""
    for how in ("close_frame", "eof"):
        t = Transcript()
        conn = cut(t)
        new = t.feed(conn + 11)
        t.frame(new, 13)
        t.closes(new, 45, how=how)
        t.tell(50, "late", "arena", seconds=0.1)
        run = index(t.history(), read=at_once, settle=10)
        assert run.ended == 45
        assert check(run, WITHIN).outcome is Outcome.HOLDS


def test_a_feed_that_comes_back_while_the_run_settles_is_back() -> None:
    """That is what the time is for."""
    t = Transcript()
    cut(t, at=39)
    t.frame(t.feed(43), 43)
    t.tell(50, "late", "arena", seconds=0.1)
    assert check(index(t.history(), read=at_once, settle=10), WITHIN).outcome is Outcome.HOLDS


def test_who_is_cut_while_he_comes_back_has_his_time_again() -> None:
    """Once more for each cut, as long as he came back in time."""
    t = Transcript()
    cut(t)
    conn = t.opens("market_ws", 13)
    t.breaks("market_ws", "reset", 13.5)
    t.closes(conn, 13.5, how="reset")
    t.frame(t.feed(17), 17)
    assert outcome(t) is Outcome.NOT_EXERCISED
    t = Transcript()
    cut(t)
    t.breaks("market_ws", "reset", 16)
    t.feed(17)
    assert outcome(t) is Outcome.VIOLATED


def test_a_bot_may_be_on_its_way_back_before_the_exchange_hears_of_the_loss() -> None:
    """A frozen link holds its goodbye back, and lets its next connection in before."""
    t = Transcript()
    lost = t.feed(0)
    t.frames(lost, 0, 10)
    t.breaks("market_ws", "freeze", 10, until=20)
    new = t.opens("market_ws", 15)
    t.closes(lost, 20.01, by="bot", how="eof")
    t.tell(20.02, "upgraded", conn=new, compression=False)
    t.subscribes(new, 20.03, "ticker", "BTC-USD")
    t.frame(new, 20.1)
    t.over(40)
    assert outcome(t) is Outcome.HOLDS


def test_who_was_turned_away_had_no_chance_before() -> None:
    """A door that is shut on some was shut on this bot, the last time at 16."""
    t = Transcript()
    conn = t.feed(0)
    t.fault("close_code", 10, 10, hits=[(10, conn)])
    t.closes(conn, 10, by="fault", how="close_code")
    knocks = [(at, t.opens("market_ws", at)) for at in (11.0, 16.0)]
    t.fault("connection_limit", 9, 30, hits=knocks)
    for at, knock in knocks:
        t.closes(knock, at, by="fault", how="refused")
    t.frame(t.feed(20), 20.5)
    t.over(60)
    assert outcome(t) is Outcome.HOLDS
