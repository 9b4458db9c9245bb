"""Healthy bots drawn at random, and what befalls them: histories in which no check may find fault."""

from __future__ import annotations

from typing import Final

from downtick.checks.run import Run
from tests.checks.drawn import answers, drift, ends, feeds, frames, held_requests, holds, lies
from tests.checks.drawn.life import Flaw, Life

BEFALLS: Final = {
    each.__name__: each
    for each in (
        *(feeds.nothing_much, feeds.feed_refused, feeds.feed_down),
        *(feeds.user_feed_down, feeds.both_feeds_cut),
        *(answers.rest_fails, answers.answers_lost, answers.throttled),
        *(frames.frames_lost, frames.frames_twice, frames.frames_out_of_order, frames.garbage),
        *(drift.new_events, drift.new_status, drift.product_vanishes, drift.user_channel_gone),
        *(holds.feed_freezes, holds.feed_in_a_black_hole),
        *(holds.user_feed_freezes, holds.user_feed_in_a_black_hole),
        held_requests.rest_freezes,
        *(lies.balances_vanish, lies.open_orders_vanish),
        *(lies.prices_off_by_ten, lies.prices_stand_still, lies.book_is_crossed),
        ends.asked_to_stop,
    )
}
"""By name, what may befall a bot."""


def lived(befalls: str, seed: int, flaw: Flaw = "") -> Run:
    """Return the run of a bot that something befell."""
    life = Life(seed, flaw)
    BEFALLS[befalls](life)
    return life.over()


__all__ = ["BEFALLS", "Flaw", "lived"]
