"""No order leaves on a price that the market has left behind."""

from __future__ import annotations

import math

from downtick.checks.finding import Outcome
from downtick.checks.instant import Instant
from downtick.checks.no_order_on_stale_price import check
from downtick.checks.run import Connection, Frame, Reading, unwitnessed
from tests.checks.transcript import Transcript, at_once


def frozen(connection: Connection, frame: Frame) -> Instant:
    """Read at once what was sent before 20, and the rest at 60."""
    at = frame[1].at if frame[1].at < 20 else 60.0
    return Instant(at, at)


def priced(t: Transcript) -> int:
    """Tell of a stream of prices until 40, and a fault at 20; return a connection for orders."""
    t.frames(t.feed(0), 0, 40)
    t.breaks("market_ws", "freeze", 20, until=60)
    t.over(100)
    return t.opens("rest", 1)


def outcome(t: Transcript, read: Reading, *, exempt: bool = True) -> Outcome:
    """Return what the check says of ten seconds."""
    return check(t.run(read=read), {"max_age": 10, "reducing_exempt": exempt}).outcome


def orders(t: Transcript, at: float, side: str = "BUY") -> int:
    """Tell of a bot that orders, having heard something just before; return its connection."""
    conn = priced(t)
    t.asks(conn, at - 0.5)
    t.places(conn, at, "a", side=side)
    return conn


def test_an_order_on_a_price_that_was_just_read_holds() -> None:
    """If somebody saw that it was read."""
    t = Transcript()
    orders(t, 35)
    assert outcome(t, at_once) is Outcome.HOLDS
    assert outcome(t, unwitnessed) is Outcome.NOT_EXERCISED


def test_an_order_that_leaves_while_prices_wait_unread_violates() -> None:
    """The first of them is 15 s old."""
    t = Transcript()
    orders(t, 35)
    assert outcome(t, frozen) is Outcome.VIOLATED


def test_an_order_soon_after_the_stream_froze_holds() -> None:
    """The price that was read is young enough."""
    t = Transcript()
    orders(t, 25)
    assert outcome(t, frozen) is Outcome.HOLDS


def test_a_price_over_rest_is_as_good() -> None:
    """Asked and read before the order, on its own connection."""
    t = Transcript()
    conn = priced(t)
    t.asks(conn, 30, "product_book", query="product_id=BTC-USD")
    t.places(conn, 35, "a")
    assert outcome(t, frozen) is Outcome.HOLDS
    assert outcome(t, unwitnessed) is Outcome.HOLDS


def test_a_price_over_rest_that_lies_is_no_proof() -> None:
    """It may be an old one."""
    t = Transcript()
    conn = priced(t)
    handle = t.fault("stale_replica", 21, 60, hits=[(30, conn)])
    t.asks(conn, 30, "product_book", query="product_id=BTC-USD", fault=handle)
    t.places(conn, 35, "a")
    assert outcome(t, frozen) is Outcome.NOT_EXERCISED


def test_a_quiet_market_is_not_seen_to_be_stale() -> None:
    """Nothing was sent, so nothing is known of what the market did."""
    t = Transcript()
    orders(t, 75)
    assert outcome(t, at_once) is Outcome.NOT_EXERCISED


def test_an_order_that_makes_a_position_smaller_may_leave_on_an_old_price() -> None:
    """If the parameter says so."""
    t = Transcript()
    t.places(t.opens("rest", 1), 2, "long")
    t.fills("long", 3)
    orders(t, 35, side="SELL")
    assert outcome(t, frozen) is Outcome.NOT_EXERCISED
    assert outcome(t, frozen, exempt=False) is Outcome.VIOLATED


def test_orders_before_the_faults_exercise_nothing() -> None:
    """Nothing was wrong then."""
    t = Transcript()
    orders(t, 10)
    assert outcome(t, lambda *_: Instant(0, math.inf)) is Outcome.NOT_EXERCISED
