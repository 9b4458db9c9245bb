"""Healthy bots drawn at random, and what befalls them: histories in which no check may find fault."""

from __future__ import annotations

from typing import Final

from downtick.checks.run import Run
from tests.checks.drawn import answers, feeds, frames
from tests.checks.drawn.life import Flaw, Life

BEFALLS: Final = {
    each.__name__: each
    for each in (
        *(feeds.nothing_much, feeds.feed_refused, feeds.feed_down),
        *(feeds.user_feed_down, feeds.both_feeds_cut),
        *(answers.rest_fails, answers.answers_lost, answers.throttled),
        frames.frames_lost,
    )
}
"""By name, what may befall a bot."""


def lived(befalls: str, seed: int, flaw: Flaw = "") -> Run:
    """Return the run of a bot that something befell."""
    life = Life(seed, flaw)
    BEFALLS[befalls](life)
    return life.over()


__all__ = ["BEFALLS", "Flaw", "lived"]
