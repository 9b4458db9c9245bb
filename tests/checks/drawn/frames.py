"""Frames that are left out, come twice, change places, or are none."""

from __future__ import annotations

from tests.checks.drawn.life import END, Life


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
