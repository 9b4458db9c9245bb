"""What becomes of the user's updates between the ledger and the feed. Pure: instants are handed in.

::

    update ──verdict──▶ PASS   let out now
                        TWICE  let out now, two times
                        LATE   let out when its delay is over; later ones overtake it
                        SWAP   let out right after the next one that is
                        DROP   never let out
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum, auto
from heapq import heappop, heappush
from typing import Final, Generic, TypeVar

Item = TypeVar("Item")


class Way(Enum):
    """Which way an update takes."""

    PASS = auto()
    TWICE = auto()
    LATE = auto()
    SWAP = auto()
    DROP = auto()


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is to become of one update.

    Attributes:
        way: which way it takes.
        delay: seconds that a late one waits, on the clock of `UserQueue`'s caller.
    """

    way: Way
    delay: float = 0.0


PASS: Final = Verdict(Way.PASS)
TWICE: Final = Verdict(Way.TWICE)
SWAP: Final = Verdict(Way.SWAP)
DROP: Final = Verdict(Way.DROP)


def late(delay: float) -> Verdict:
    """Return the verdict on an update that waits so many seconds."""
    return Verdict(Way.LATE, delay)


class UserQueue(Generic[Item]):
    """Lets updates out by their verdicts, and counts them: what came in was let out, dropped, or still waits."""

    def __init__(self) -> None:
        self._ways: Counter[Way] = Counter(dict.fromkeys(Way, 0))
        self._let_out = 0
        # A heap of: when it is due, its number, the update.
        self._late: list[tuple[float, int, Item]] = []
        self._swapped: list[Item] = []

    @property
    def ways(self) -> Mapping[Way, int]:
        """How many updates took each way."""
        return self._ways

    @property
    def let_out(self) -> int:
        """How many updates were let out so far; one that passed twice counts twice."""
        return self._let_out

    @property
    def waiting(self) -> int:
        """How many updates are still to be let out."""
        return len(self._late) + len(self._swapped)

    @property
    def next_due(self) -> float | None:
        """When the next late update is due, or None."""
        return self._late[0][0] if self._late else None

    def put(self, update: Item, verdict: Verdict, now: float) -> Sequence[Item]:
        """Take an update in and return what is let out now, in order: what is due first."""
        self._ways[verdict.way] += 1
        out = [*self.due(now)]
        match verdict.way:
            case Way.PASS:
                out += self._after([update])
            case Way.TWICE:
                out += self._after([update, update])
            case Way.LATE:
                heappush(self._late, (now + verdict.delay, self._ways.total(), update))
                out += self.due(now)
            case Way.SWAP:
                self._swapped.append(update)
        return out

    def due(self, now: float) -> Sequence[Item]:
        """Return the late updates whose time has come, the one that was due first first."""
        out: list[Item] = []
        while self._late and self._late[0][0] <= now:
            out += self._after([heappop(self._late)[2]])
        return out

    def settle(self) -> Sequence[Item]:
        """Return the updates that wait for a next one, because none is waited for any longer."""
        return self._after([])

    def _after(self, out: list[Item]) -> list[Item]:
        """Let these out, and those that waited for them."""
        out += self._swapped
        self._swapped.clear()
        self._let_out += len(out)
        return out
