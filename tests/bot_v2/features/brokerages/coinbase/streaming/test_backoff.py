from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot_v2.features.brokerages.coinbase.streaming.backoff import Backoff


class Fixed(random.Random):
    """Draws always the same."""

    def __init__(self, drawn: float) -> None:
        super().__init__()
        self.drawn = drawn

    def random(self) -> float:
        return self.drawn


def test_waits_double_up_to_the_cap() -> None:
    """Each wait is twice the one before, until the cap."""
    backoff = Backoff(0.5, 3.0, Fixed(1.0))
    assert [backoff.wait() for _ in range(5)] == [0.5, 1.0, 2.0, 3.0, 3.0]


def test_half_of_a_wait_is_certain() -> None:
    """The smallest draw still waits half as long as the largest."""
    backoff = Backoff(0.5, 3.0, Fixed(0.0))
    assert [backoff.wait() for _ in range(4)] == [0.25, 0.5, 1.0, 1.5]


def test_reset_starts_with_the_first_wait() -> None:
    """After a reset the next wait is the first one again."""
    backoff = Backoff(0.5, 3.0, Fixed(1.0))
    backoff.wait()
    backoff.wait()
    backoff.reset()
    assert backoff.wait() == 0.5


def test_the_same_seed_waits_the_same() -> None:
    """Two clients of one seed wait alike; of two seeds, they do not come back together."""

    def waits(seed: int) -> list[float]:
        backoff = Backoff(0.5, 30.0, random.Random(seed))
        return [backoff.wait() for _ in range(10)]

    assert waits(1) == waits(1)
    assert waits(1) != waits(2)


@given(
    first=st.floats(0.001, 10),
    factor=st.floats(1, 100),
    seed=st.integers(),
    waits=st.integers(1, 2000),
)
def test_no_wait_leaves_its_bounds(first: float, factor: float, seed: int, waits: int) -> None:
    """However long an outage lasts, a wait is between half the first one and the cap."""
    backoff = Backoff(first, first * factor, random.Random(seed))
    for _ in range(waits):
        assert first / 2 <= backoff.wait() <= first * factor * (1 + 1e-9)


def test_jitter_of_a_given_wait() -> None:
    """A wait of the caller's own is drawn in the same way."""
    assert Backoff(1, 1, Fixed(0.5)).jitter(4.0) == pytest.approx(3.0)
