"""How long to wait before the next attempt to connect."""

from __future__ import annotations

import random


class Backoff:
    """Exponential back-off with equal jitter: half of each wait is certain, half is drawn.

    The certain half keeps a client from hammering; the drawn half keeps a thousand clients that lost the
    same server from coming back in the same instant.
    """

    def __init__(self, first: float, cap: float, rng: random.Random) -> None:
        """Wait at most `first` seconds, then twice as long each time, never longer than `cap`."""
        self._first = first
        self._cap = cap
        self._rng = rng
        self._next = first

    def wait(self) -> float:
        """Return how long to wait now, in seconds, and wait longer the next time."""
        longest = self._next
        self._next = min(self._cap, longest * 2)
        return self.jitter(longest)

    def jitter(self, longest: float) -> float:
        """Return a wait between half of `longest` and `longest`."""
        return longest * (1 + self._rng.random()) / 2

    def reset(self) -> None:
        """Start again with the shortest wait. Only a connection that has proven itself may ask for this."""
        self._next = self._first
