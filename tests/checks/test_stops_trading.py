"""No new order in an outage."""

from __future__ import annotations

from downtick.checks.finding import Outcome
from downtick.checks.stops_trading import check
from tests.checks.transcript import Transcript

WITHIN = {"within": 5}


def outage(t: Transcript, *, every: int = 2) -> int:
    """Tell of a bot that orders every so often, and of a feed that is down from 20 to 60; return its connection."""
    conn = t.opens("rest", 0)
    for at in range(0, 20, every):
        t.places(conn, at, f"steady {at}")
    feed = t.feed(0)
    t.breaks("market_ws", "down", 20, until=60)
    t.closes(feed, 20)
    t.over(80)
    return conn


def outcome(t: Transcript) -> Outcome:
    """Return what the check says."""
    return check(t.run(), WITHIN).outcome


def test_no_order_while_the_feed_is_gone_holds() -> None:
    """The last one left before the deadline."""
    t = Transcript()
    t.places(outage(t), 24, "late")
    assert outcome(t) is Outcome.HOLDS


def test_an_order_after_the_deadline_violates() -> None:
    """It left after an answer that came in the outage."""
    t = Transcript()
    conn = outage(t)
    t.asks(conn, 28)
    t.places(conn, 30, "dark")
    found = check(t.run(), WITHIN)
    assert found.outcome is Outcome.VIOLATED
    assert found.sentence.startswith("1 new orders left in an outage")


def test_an_order_that_may_have_left_before_is_a_doubt() -> None:
    """It was seen in the outage, on a connection that was silent since before it."""
    t = Transcript()
    conn = outage(t)
    t.places(conn, 30, "held back")
    assert outcome(t) is Outcome.NOT_EXERCISED


def test_repeats_cancels_and_reads_are_no_new_orders() -> None:
    """They make nothing worse."""
    t = Transcript()
    conn = outage(t)
    t.asks(conn, 28)
    t.places(conn, 30, "steady 0", applied=False)
    t.asks(conn, 31, "orders/batch_cancel", method="POST", body="{}")
    assert outcome(t) is Outcome.HOLDS


def test_a_bot_that_seldom_orders_shows_nothing() -> None:
    """One order in 20 s predicts fewer than three."""
    t = Transcript()
    outage(t, every=20)
    assert outcome(t) is Outcome.NOT_EXERCISED


def test_an_outage_that_the_bot_cannot_see_asks_nothing_of_it() -> None:
    """Its feed went on, and nothing failed."""
    t = Transcript()
    conn = t.opens("rest", 0)
    for at in range(20):
        t.places(conn, at, f"steady {at}")
    t.breaks("market_ws", "latency", 20, until=60)
    t.places(conn, 40, "fine")
    t.over(80)
    assert outcome(t) is Outcome.NOT_EXERCISED


def test_errors_make_an_outage_visible_when_they_are_read() -> None:
    """The next request of the connection proves it."""
    t = Transcript()
    conn = t.opens("rest", 0)
    for at in range(20):
        t.places(conn, at, f"steady {at}")
    handle = t.fault("http_error", 20, 60, hits=[(21, conn)])
    t.asks(conn, 21, status=503, fault=handle)
    t.asks(conn, 22, status=503, fault=handle)
    t.over(80)
    assert outcome(t) is Outcome.HOLDS
    t.asks(conn, 28, status=503, fault=handle)
    t.places(conn, 29, "dark")
    assert outcome(t) is Outcome.VIOLATED


def halted(t: Transcript, *orders: float) -> None:
    """Tell of a bot that orders every two seconds, of orders that can only be cancelled from 20 to 60, and of these."""
    conn = t.opens("rest", 0)
    for at in range(0, 20, 2):
        t.places(conn, at, f"steady {at}")
    t.fault("cancel_only", 20, 60, hits=[(at, conn) for at in orders])
    for left in orders:
        t.places(conn, left, f"halted {left:g}", applied=False, answered=left + 0.5)
        t.asks(conn, left + 0.6)  # so that the answer was read before
    t.over(80)


def test_an_order_that_is_refused_because_none_is_taken_shows_the_outage() -> None:
    """One such answer is enough for a bot that reads it."""
    t = Transcript()
    halted(t, 22)
    assert outcome(t) is Outcome.HOLDS


def test_a_bot_may_ask_now_and_then_whether_orders_are_taken_again() -> None:
    """Nothing else can tell it."""
    t = Transcript()
    halted(t, 22, 36, 50)
    assert outcome(t) is Outcome.HOLDS


def test_a_bot_that_goes_on_ordering_where_none_is_taken_violates() -> None:
    """Each is refused, and tells it the same."""
    t = Transcript()
    halted(t, *range(22, 60, 2))
    assert outcome(t) is Outcome.VIOLATED


def test_late_news_of_orders_is_no_outage() -> None:
    """The exchange is open again, and tells of fills ten seconds late."""
    t = Transcript()
    conn = outage(t)
    t.fault("delayed_fills", 59, 79, hits=[(62, conn)])
    for at in range(62, 78, 2):
        t.asks(conn, at - 0.5)
        t.places(conn, at, f"after {at}")
    assert outcome(t) is Outcome.HOLDS


def test_to_ask_once_orders_alone_are_refused_is_no_trading() -> None:
    """The feed is back, and the exchange takes none yet."""
    t = Transcript()
    conn = outage(t)
    t.fault("cancel_only", 50, 78, hits=[(65, conn)])
    t.asks(conn, 64)
    t.places(conn, 65, "asked", applied=False, answered=65.5)
    t.asks(conn, 66)
    assert outcome(t) is Outcome.HOLDS
    t.asks(conn, 54)
    t.places(conn, 55, "too soon", applied=False)
    assert outcome(t) is Outcome.VIOLATED
