"""A protocol that is not today what it was yesterday."""

from __future__ import annotations

from tests.checks.drawn.life import ABOUT, BOOK, END, LIST, Life


def new_events(life: Life) -> None:
    """Every frame of data has an event of an unknown type for a while: it reads on."""
    t = life.t
    handle = t.fault("new_event_type", life.since, life.until, type="indicative")
    for at in list(life.each(life.bot.ticks, 0, END))[1:]:
        drifts = life.since < at < life.until
        if drifts:
            life.hit(handle, at, name="new_event_type", conn=life.feed, channel="ticker")
        t.frame(life.feed, at, fault=handle if drifts else None)
    life.beats(life.feed, 0, END)
    life.lives([(0, END)], [(0, END)])


def new_status(life: Life) -> None:
    """Orders have a status that nobody knows for a while, in every list of them."""
    life.streams(life.feed, 0, END)
    handle = life.t.fault("new_enum_value", life.since, life.until, field="status")
    for at in list(life.each(life.bot.reads, life.since, life.until))[1:]:
        request = life.t.asks(life.rest, at, LIST, fault=handle)
        life.hit(handle, at, name="new_enum_value", conn=life.rest, request=request)
    life.lives([(0, END)], [(0, life.since), (life.until, END)])


def product_vanishes(life: Life) -> None:
    """A product is gone for a while: its prices stop, REST knows it no more, and it cannot be subscribed.

    The bot asks for prices in vain, and keeps its feed until they are back, or opens it anew as long as it takes.
    """
    t, draw, bot = life.t, life.draw, life.bot
    handle = t.fault("product_vanished", life.since, life.until, product_id="BTC-USD")
    told = _prices(life, life.feed, 0, life.since)
    noticed = max(life.since, told[-1] + bot.quiet)
    last, born = life.feed, life.until
    # It is a hit when a price is left out.
    life.hit(handle, life.since + 0.1, name="product_vanished", conn=last, channel="ticker")
    if noticed >= life.until or draw.random() < 0.5:
        life.beats(last, 0, END)
    else:
        life.beats(last, 0, noticed)
        t.closes(last, noticed)
        life.witness.left[last] = noticed
        *refused, born = life.attempts(noticed, life.until)
        for at in refused:
            _refused(life, handle, at)
        last = t.feed(born)
        life.beats(last, born, END)
    back = _prices(life, last, born, END)[1] + draw.uniform(0, 1)
    while noticed < back and life.flaw != "never falls back":
        gone = life.since < noticed < life.until
        status, fault = (400, handle) if gone else (200, None)
        request = t.asks(life.rest, noticed, BOOK, query=ABOUT, status=status, fault=fault)
        if gone:
            life.hit(handle, noticed, name="product_vanished", conn=life.rest, request=request)
        noticed += bot.polls
    life.lives([(0, life.since), (back, END)], [(0, END)])


def _refused(life: Life, handle: int, at: float) -> None:
    """Tell of a feed that may not subscribe the product, and is closed again."""
    conn = life.t.opens("market_ws", at)
    life.t.tell(at, "upgraded", conn=conn, compression=False)
    life.hit(handle, at, name="product_vanished", conn=conn, channel="ticker")
    life.t.tell(at, "frame_received", conn=conn, type="refused", size=70, reason="gone")
    life.t.tell(at + 0.001, "frame_sent", conn=conn, type="error", size=60)
    life.t.closes(conn, at + 0.005)


def _prices(life: Life, feed: int, since: float, until: float) -> list[float]:
    """Tell of prices of a feed, without its heartbeats; return the beginning, and when each came."""
    ticks = list(life.each(life.bot.ticks, since, until))
    for at in ticks[1:]:
        life.t.frame(feed, at)
    return ticks if len(ticks) > 1 else [since, until]


def user_channel_gone(life: Life) -> None:
    """The door of its orders says 410 from now on, or for a while, and all feeds are closed: it asks for its orders."""
    t, draw = life.t, life.draw
    ends = draw.random() < 0.5
    until = life.until if ends else END
    user = t.feed(0, listener="user_ws", channel="user")
    life.tells_orders(user, 0, life.since)
    life.streams(life.feed, 0, life.since)
    shut = life.since - draw.uniform(0.1, 1)
    handle = t.fault("channel_gone", shut, until if ends else None, listener="user_ws")
    cut = t.fault("close_code", life.since, life.since + 0.001, code=1001)
    for feed in (user, life.feed):
        life.hit(cut, life.since, name="close_code", conn=feed)
        t.closes(feed, life.since, by="fault", how="close_frame", code=1001, fault=cut)
    (back,) = life.attempts(life.since, life.since + 0.001)
    if life.flaw != "stays deaf":
        life.streams(t.feed(back), back, END)
    *refused, heard = life.attempts(life.since, until)
    for at in refused:
        conn = t.opens("user_ws", at)
        life.hit(handle, at, name="channel_gone", conn=conn)
        t.tell(at, "refused", conn=conn, status=410, fault=handle)
        t.closes(conn, at + 0.002)
    if ends:
        life.user_feed(heard, END)
    looked = max(back, heard if ends else back) + 0.1
    t.asks(life.rest, looked, LIST)
    life.lives([(0, life.since), (looked + 0.1, END)], [(0, END)])
