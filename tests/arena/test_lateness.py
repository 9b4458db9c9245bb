from __future__ import annotations

import itertools
from collections.abc import Iterator

import pytest

from downtick.arena.lateness import LIMIT, TOLD, watch
from downtick.errors import ArenaLate


def clock(*late: float) -> Iterator[float]:
    """Return the readings of a clock on which each wake-up is this much later than 20 ms."""
    now = 0.0
    for seconds in late:
        yield now
        now += 0.020 + seconds
        yield now


async def told(*late: float) -> list[float]:
    seen: list[float] = []
    readings = clock(*late, LIMIT + 1)
    with pytest.raises(ArenaLate):
        await watch(seen.append, lambda: next(readings))
    return seen


async def test_small_lateness_is_no_news() -> None:
    """A machine that wakes us a few milliseconds late says nothing."""
    assert await told(TOLD / 2, TOLD / 3) == pytest.approx([LIMIT + 1])


async def test_lateness_is_told_with_its_seconds() -> None:
    """The history says by how much."""
    assert (await told(TOLD * 2))[0] == pytest.approx(TOLD * 2)


async def test_who_is_patient_is_only_told() -> None:
    """A run of hours outlives a machine that stood still for a while."""
    seen: list[float] = []
    readings = clock(LIMIT + 1, LIMIT + 2, LIMIT + 3)
    with pytest.raises(ArenaLate, match=f"{LIMIT + 3:.0f}000 ms"):
        await watch(seen.append, lambda: next(readings), limit=LIMIT + 2.5)
    assert len(seen) == 3


async def test_lateness_below_the_limit_goes_on() -> None:
    """Many small ones do not add up to an error."""
    late = list(itertools.repeat(LIMIT * 0.9, 5))
    assert len(await told(*late)) == 6
