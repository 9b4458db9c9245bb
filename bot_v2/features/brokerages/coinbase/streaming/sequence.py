"""Sequence numbers: what was missed, what came twice, what came late.

Coinbase numbers all frames of a connection with one counter, whatever their channel (its AsyncAPI
document: "Per-connection message sequence number").
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Place:
    """Where a frame stands among the others.

    Attributes:
        kind: ``next`` (as expected, or the first), ``gap`` (frames before it are missing), ``duplicate`` or
            ``late`` (was missing, comes after its successors).
        missing: how many frames are missing before it.
    """

    kind: Literal["next", "gap", "duplicate", "late"]
    missing: int = 0


_NEXT = Place("next")
_DUPLICATE = Place("duplicate")
_LATE = Place("late")


class Sequence:
    """The sequence numbers of one connection. It may start anywhere."""

    _REMEMBERED = 64  # gaps whose late frames are told from duplicates

    def __init__(self) -> None:
        self._expected: int | None = None
        self._holes: deque[tuple[int, int]] = deque(maxlen=self._REMEMBERED)

    def place(self, number: int) -> Place:
        """Take the next frame's number and tell where it stands."""
        expected = self._expected
        if expected is None or number == expected:
            self._expected = number + 1
            return _NEXT
        if number > expected:
            self._holes.append((expected, number))
            self._expected = number + 1
            return Place("gap", number - expected)
        return self._old(number)

    def _old(self, number: int) -> Place:
        for position, (start, end) in enumerate(self._holes):
            if start <= number < end:
                del self._holes[position]
                parts = ((start, number), (number + 1, end))
                self._holes.extend(part for part in parts if part[0] < part[1])
                return _LATE
        return _DUPLICATE
