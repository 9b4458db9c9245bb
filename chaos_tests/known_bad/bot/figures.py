"""The figures of the healthy bot, in nominal seconds: what it waits for, and for how long."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True)
class Figures:
    """How the bot behaves.

    Attributes:
        scale: real seconds in a nominal one.
        product: that it trades.
        size: of one order.
        most: the largest position that it may come to own.
        turn: pause between two looks at what is to be done.
        order_every: pause between two orders.
        watch_every: pause between two looks at accounts and open orders.
        poll_every: pause between two questions for a price, while no stream brings one.
        fresh: age up to which a price is traded on.
        fallback: without a price by stream after which one is asked for over REST.
        silence: without any frame, or any data, after which a feed is given up.
        heartbeat: the same without heartbeats.
        answer: how long an answer over REST may take.
        handshake: how long it may take to open a feed.
        pause: before the second attempt to open a feed; it doubles up to `longest_pause`.
        healthy: time for which a feed must bring frames before pauses are short again.
        rate: requests a second.
    """

    scale: float = 1.0
    product: str = "BTC-USD"
    size: Decimal = Decimal("0.001")
    most: Decimal = Decimal("0.005")
    turn: float = 0.1
    order_every: float = 0.5
    watch_every: float = 1.0
    poll_every: float = 0.5
    fresh: float = 4.0
    fallback: float = 4.0
    silence: float = 6.0
    heartbeat: float = 5.0
    answer: float = 3.0
    handshake: float = 2.0
    pause: float = 0.4
    longest_pause: float = 3.0
    healthy: float = 3.0
    rate: float = 20.0

    def real(self, nominal: float) -> float:
        """Return nominal seconds as real ones."""
        return nominal * self.scale

    async def sleep(self, nominal: float) -> None:
        """Wait for nominal seconds."""
        await asyncio.sleep(self.real(nominal))
