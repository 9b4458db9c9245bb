"""The share of what a fault meets that it is about: of requests by the draw, of connections evenly."""

from __future__ import annotations

from functools import cached_property
from math import ceil
from random import Random


class Share:
    """Some of them, and always the same ones in a run that is repeated.

    Args:
        size: above 0, up to 1 for all.
        seed: of the draws.
    """

    def __init__(self, size: float, seed: str) -> None:
        self._size = size
        self._seed = seed
        self._connections: dict[int, bool] = {}

    def drawn(self) -> bool:
        """Draw once."""
        return self._size >= 1 or self._random.random() < self._size

    def has(self, conn: int) -> bool:
        """Whether a connection belongs to it. Once asked, it stays so.

        They are taken evenly, in the order in which they are asked about: of a half the first, the third, ...
        """
        if conn not in self._connections:
            before = len(self._connections)
            self._connections[conn] = self._of(before + 1) > self._of(before)
        return self._connections[conn]

    @cached_property
    def _random(self) -> Random:
        return Random(self._seed)  # noqa: S311 - repeatable is what is wanted

    def _of(self, count: int) -> int:
        """Return how many of so many belong to it: of one, one."""
        return ceil(round(count * self._size, 9))
