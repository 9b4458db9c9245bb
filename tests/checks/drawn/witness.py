"""What was read, and when: as the kernel saw the bot's own sockets, or as nobody saw it."""

from __future__ import annotations

import math
import random
from dataclasses import dataclass, field

from downtick.checks.instant import NEVER, Instant
from downtick.checks.run import Connection, Frame, unwitnessed

_SAMPLE = 0.02
"""Seconds from one look at the kernel's counters to the next."""


@dataclass(frozen=True)
class Hold:
    """A span in which nothing of a link arrived: afterwards all of it did, or it was lost."""

    link: str
    since: float
    until: float
    loses: bool = False


@dataclass
class Witness:
    """Says when the bot had read something.

    Attributes:
        looks: whether there is one; without, nobody knows.
        exact: whether it knows the instant, and not just between which samples it was.
        holds: what kept bytes back.
        left: when the bot gave a connection up, by its number.
    """

    looks: bool = True
    exact: bool = True
    holds: list[Hold] = field(default_factory=list)
    left: dict[int, float] = field(default_factory=dict)

    @classmethod
    def drawn(cls, draw: random.Random) -> Witness:
        """Draw one."""
        return cls(looks=draw.random() < 0.75, exact=draw.random() < 0.5)

    def arrives(self, conn: int, link: str, at: float) -> float:
        """Return when the bot read what was sent; never, if it was lost or the bot had left."""
        for hold in self.holds:
            if hold.link == link and hold.since <= at < hold.until:
                at = math.inf if hold.loses else hold.until
        return at if at < self.left.get(conn, math.inf) else math.inf

    def __call__(self, connection: Connection, frame: Frame) -> Instant:
        """Say when a frame or an answer was read."""
        sent = frame[1].at
        if not self.looks:
            return unwitnessed(connection, frame)
        at = self.arrives(connection.conn, connection.listener, sent)
        if at == math.inf:
            return NEVER
        return Instant(at, at) if self.exact else Instant(max(sent, at - _SAMPLE), at + _SAMPLE)
