"""Frames that are left out, come twice, change places, or are none."""

from __future__ import annotations

from tests.checks.drawn.life import END, Life, Span


def frames_lost(life: Life) -> None:
    """Now and then a frame of its book is left out; it opens the feed anew when it has read the next."""
    t, draw = life.t, life.draw
    handle = t.fault("sequence_gap", life.since, life.until)
    feed, born, lost = life.feed, 0.0, life.since
    while (lost := lost + draw.uniform(3, 20)) < life.until:
        life.hit(handle, lost, name="sequence_gap", conn=feed, channel="l2_data", seq=1)
        beyond = lost + draw.uniform(0.01, 1)
        t.frame(feed, beyond, "l2_data")
        left = beyond + draw.uniform(0.01, 1)
        if life.flaw == "ignores gaps":
            continue
        life.streams(feed, born, lost)
        t.closes(feed, left, how="close_frame", code=1000)
        life.witness.left[feed] = left
        born = left + draw.uniform(0.01, 1)
        feed = t.feed(born)
        lost = born
    life.streams(feed, born, END)


def frames_twice(life: Life) -> None:
    """Now and then a frame of its feed comes twice."""
    for at in _instants(life):
        handle = life.t.fault("duplicate_frame", at)
        life.hit(handle, at + 0.01, name="duplicate_frame", conn=life.feed, channel="ticker")
        life.t.frame(life.feed, at + 0.01, fault=handle)
        life.t.frame(life.feed, at + 0.01, fault=handle, copy=True)
    life.streams(life.feed, 0, END)
    life.lives([(0, END)], [(0, END)])


def frames_out_of_order(life: Life) -> None:
    """Now and then a frame comes after the one that follows it: it throws it away, or not; or subscribes anew."""
    throws, subscribes = life.draw.random() < 0.5, life.draw.random() < 0.3
    for at in _instants(life):
        handle = life.t.fault("out_of_order", at)
        life.hit(handle, at + 0.01, name="out_of_order", conn=life.feed, channel="ticker")
        life.t.frame(life.feed, at + 0.02)
        life.t.frame(life.feed, at + 0.0201, fault=handle, late=True)
        if throws:
            life.spoilt.add(handle)
        if subscribes:
            life.t.subscribes(life.feed, at + 0.03, "ticker", "BTC-USD")
    life.streams(life.feed, 0, END)
    life.lives([(0, END)], [(0, END)])


def garbage(life: Life) -> None:
    """Now and then both its feeds get text that is no message: it reads on, or opens the feed anew."""
    t, draw = life.t, life.draw
    user = t.feed(0, listener="user_ws", channel="user")
    life.tells_orders(user, 0, END)
    leaves, feed, born = draw.random() < 0.5, life.feed, 0.0
    lives: list[Span] = [(0, END)]
    for at in _instants(life):
        handle = t.fault("garbage_text", at, at + 0.003)
        for each in (user, feed):
            life.hit(handle, at + 0.001, name="garbage_text", conn=each)
            t.tell(at + 0.002, "frame_sent", conn=each, type="garbage", size=15, fault=handle)
        if life.flaw == "dies of it":
            life.died = at + draw.uniform(0.005, 1)
            lives = [(0, at)]
            t.closes(user, life.died)
            break
        if leaves:
            left = at + draw.uniform(0.005, 0.5)
            life.streams(feed, born, left)
            t.closes(feed, left, how=draw.choice(("eof", "close_frame")))
            life.witness.left[feed] = left
            (born,) = life.attempts(left, left + 0.001)
            feed = t.feed(born)
    if life.died is None:
        life.streams(feed, born, END)
    else:
        life.streams(feed, born, life.died)
        t.closes(feed, life.died)
    life.lives(lives, lives)


def _instants(life: Life) -> list[float]:
    """Draw when something happens to single frames: three times at most."""
    times = life.draw.randint(1, 3)
    pause = life.draw.uniform(2, 8)
    return [life.since + number * pause for number in range(times)]
