"""Bytes that are held back and then all delivered (a freeze), or lost for good (a black hole)."""

from __future__ import annotations

from tests.checks.drawn.life import END, LIST, Life, Span
from tests.checks.drawn.witness import Hold

_CHANNELS = {"market_ws": "ticker", "user_ws": "user"}


def feed_freezes(life: Life) -> None:
    """The feed stands still for a while: a short stop is sat out, in a longer one it gives the feed up."""
    _prices_stop(life, "freeze")


def feed_in_a_black_hole(life: Life) -> None:
    """What the feed sends is lost for a while, until all that is open is reset."""
    _prices_stop(life, "blackhole")


def user_feed_freezes(life: Life) -> None:
    """The feed of its orders stands still for a while; who noticed looks before it trades again."""
    _orders_stop(life, "freeze")


def user_feed_in_a_black_hole(life: Life) -> None:
    """What the feed of its orders sends is lost for a while."""
    _orders_stop(life, "blackhole")


def _prices_stop(life: Life, name: str) -> None:
    stood = breaks(life, "market_ws", name)
    noticed, back = _gives_up(life, life.feed, "market_ws", name, stood)
    if back is None:
        life.streams(life.feed, 0, END)
        life.lives([(0, END)], [(0, END)])
        return
    feed, born = back
    life.streams(life.feed, 0, _last_sent(life, life.feed))
    life.lives_without(noticed, life.streams(feed, born, END))


def _orders_stop(life: Life, name: str) -> None:
    life.streams(life.feed, 0, END)
    stood = breaks(life, "user_ws", name)
    first = life.t.feed(0, listener="user_ws", channel="user")
    noticed, back = _gives_up(life, first, "user_ws", name, stood)
    if back is None:
        life.tells_orders(first, 0, END)
        life.lives([(0, END)], [(0, END)])
        return
    feed, born = back
    life.tells_orders(first, 0, _last_sent(life, first))
    life.tells_orders(feed, born, END)
    looked = born + life.draw.uniform(0.01, 3)
    life.t.asks(life.rest, looked, LIST)
    life.lives([(0, noticed), (looked + 0.01, END)], [(0, noticed), (looked + 1, END)])


def breaks(life: Life, link: str, name: str) -> Span:
    """Break a link for a short or for a long while."""
    life.until = life.since + life.draw.choice(
        (life.draw.uniform(0.3, 6), life.draw.uniform(6, 60))
    )
    stood = life.breaks(link, name)
    life.witness.holds.append(Hold(link, *stood, loses=name == "blackhole"))
    return stood


def _gives_up(
    life: Life, feed: int, link: str, name: str, stood: Span
) -> tuple[float, tuple[int, float] | None]:
    """Tell how it loses a feed, if it does; return when it noticed, and the feed that it has then, with its birth."""
    t, draw = life.t, life.draw
    grips, thaws = stood
    noticed = grips + life.bot.quiet - draw.uniform(0, 0.5)
    if life.flaw == "sees no silence":
        noticed = END
    if noticed < thaws:
        life.witness.left[feed] = noticed
        t.closes(feed, _seen(life, name, noticed, thaws), how=_how(life, name))
    elif name == "blackhole":
        noticed = thaws
        t.closes(feed, thaws, how="reset")
    else:
        return noticed, None
    if life.flaw == "stays away":
        return noticed, (t.opens(link, END), END)
    at = noticed
    for pause in life.pauses():
        at += pause
        conn = t.opens(link, at)
        if at >= thaws or (name == "freeze" and at + life.bot.patience >= thaws):
            break
        # Nobody answers its handshake: it gives up, and tries again.
        at = min(at + life.bot.patience, thaws)
        life.witness.left[conn] = at
        seen = _seen(life, name, at, thaws)
        if name == "freeze" and draw.random() < 0.5:
            t.tell(seen, "upgraded", conn=conn, compression=False)  # what it had asked for arrives
        t.closes(conn, seen, how=_how(life, name))
    born = max(at, thaws) + draw.uniform(0.001, 0.2)
    life.greets(conn, born, _CHANNELS[link])
    return noticed, (conn, born)


def _seen(life: Life, name: str, at: float, thaws: float) -> float:
    """Return when the exchange sees the end of a connection that the bot gave up."""
    return thaws + life.draw.uniform(0, 0.05) if name == "freeze" else at


def _how(life: Life, name: str) -> str:
    return "reset" if name == "blackhole" else life.draw.choice(("eof", "reset", "close_frame"))


def _last_sent(life: Life, feed: int) -> float:
    """Return until when the exchange sent on a feed: it knows nothing of an end that is held back."""
    return next(e.at for e in life.t.events if e.kind == "closed" and e["conn"] == feed)
