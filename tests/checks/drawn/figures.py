"""What a bot is like: its pace, its habits, its pauses, and how often its market moves."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass

Draw = Callable[[], float]
"""Draws how long it is until something happens again."""


@dataclass(frozen=True)
class Figures:
    """What a bot is like, in seconds.

    Attributes:
        orders: how long it is from one order to the next.
        reads: how long it is from one look at what is open to the next.
        burst: how often it looks when it starts.
        peeks: how likely it asks for a price before an order.
        polls: how often it asks for prices while no stream has any.
        first: its shortest pause before it connects again.
        cap: its longest.
        certain: what part of a pause is not drawn.
        ticks: how long it is from one price of the market to the next.
        quiet: for how long a feed may be silent until it gives it up.
        patience: for how long it waits for an answer, or for a handshake.
        tells: whether it tells of the ticks that it processes.
    """

    orders: Draw
    reads: Draw
    burst: int
    peeks: float
    polls: float
    first: float
    cap: float
    certain: float
    ticks: Draw
    quiet: float
    patience: float
    tells: bool


def figures(draw: random.Random) -> Figures:
    """Draw a bot."""
    orders, reads = draw.uniform(0.5, 20), draw.uniform(2, 15)
    first = draw.uniform(0.2, 1)
    ticks = draw.choice((0.5, 1.0, 8.0))
    return Figures(
        orders=_again(draw, orders),
        reads=_again(draw, reads),
        burst=draw.randint(1, 6),
        peeks=draw.choice((0.0, 0.0, 0.3, 1.0)),
        polls=draw.uniform(0.3, 1.5),
        first=first,
        cap=first * draw.choice((4, 8, 10)),
        certain=draw.choice((0.0, 0.5, 0.8)),
        ticks=lambda: draw.expovariate(1 / ticks),
        quiet=draw.uniform(2.5, 9.5),
        patience=draw.uniform(2, 8),
        tells=draw.random() < 0.3,
    )


def _again(draw: random.Random, mean: float) -> Draw:
    if draw.random() < 0.5:
        return lambda: mean * draw.uniform(0.9, 1.1)
    return lambda: draw.expovariate(1 / mean)
