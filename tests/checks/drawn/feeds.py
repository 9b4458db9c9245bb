"""Feeds that end, for a moment or for a while."""

from __future__ import annotations

from tests.checks.drawn.life import END, LIST, Life


def nothing_much(life: Life) -> None:
    """Frames come a little later for a while."""
    life.t.breaks("market_ws", "latency", life.since, life.until)
    life.streams(life.feed, 0, END)
    life.lives([(0, END)], [(0, END)])


def feed_refused(life: Life) -> None:
    """The feed ends, and every handshake is refused for a while."""
    t = life.t
    t.breaks("market_ws", "close", life.since, until=life.since)
    t.closes(life.feed, life.since)
    life.streams(life.feed, 0, life.since)
    hits = []
    *refused, back = life.attempts(life.since, life.until)
    for at in refused:
        conn = t.opens("market_ws", at)
        t.tell(at, "refused", conn=conn, status=503)
        t.closes(conn, at, by="exchange")
        hits.append((at, conn))
    t.fault("refuse_upgrade", life.since, life.until, hits=hits)
    life.comes_back(back)


def feed_down(life: Life) -> None:
    """The feed ends, and nobody listens for a while."""
    life.t.breaks("market_ws", "down", life.since, until=life.until)
    life.t.closes(life.feed, life.since)
    life.streams(life.feed, 0, life.since)
    *_, back = life.attempts(life.since, life.until)
    life.comes_back(back)


def user_feed_down(life: Life) -> None:
    """The feed of its orders ends, and nobody listens for a while; it trades again when it has looked."""
    life.streams(life.feed, 0, END)
    life.t.breaks("user_ws", "down", life.since, until=life.until)
    life.user_feed(0, life.since)
    *_, back = life.attempts(life.since, life.until)
    life.user_feed(back, END)
    looked = back + life.draw.uniform(0.01, 3)
    life.t.asks(life.rest, looked, LIST)
    life.lives([(0, life.since), (looked + 0.01, END)], [(0, life.since), (looked + 1, END)])


def both_feeds_cut(life: Life) -> None:
    """It has two feeds, of which both end at a time; each comes back by itself."""
    other = life.t.feed(0.3, "ETH-USD")
    life.t.breaks("market_ws", "close", life.since, until=life.since)
    for feed, products in ((life.feed, ("BTC-USD",)), (other, ("ETH-USD",))):
        life.t.closes(feed, life.since)
        life.streams(feed, 0.3, life.since, products)
        (back,) = life.attempts(life.since, life.since + 0.001)
        life.streams(life.t.feed(back, *products), back, END, products)
