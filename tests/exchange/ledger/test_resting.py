"""Ladders: which orders a price reaches."""

from __future__ import annotations

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from downtick.exchange.ledger.resting import Ladder, Resting

D = Decimal


def _ladder(*, falling: bool, prices: str = "3 1 2") -> Ladder:
    ladder = Ladder(falling=falling)
    for turn, price in enumerate(prices.split()):
        ladder.add(f"at-{price}-{turn}", D(price), turn)
    return ladder


def test_a_falling_price_reaches_the_highest_first() -> None:
    """Orders that wait for a fall, from the nearest on; through a price is beyond it."""
    ladder = _ladder(falling=True)
    assert ladder.reached(D(2)) == ["at-3-0", "at-2-2"]
    assert ladder.reached(D(2), through=True) == ["at-3-0"]
    assert ladder.reached(D("3.5")) == []


def test_a_rising_price_reaches_the_lowest_first() -> None:
    """The mirror."""
    ladder = _ladder(falling=False)
    assert ladder.reached(D(2)) == ["at-1-1", "at-2-2"]
    assert ladder.reached(D(2), through=True) == ["at-1-1"]


def test_the_oldest_of_a_price_comes_first() -> None:
    """By turn, not by name."""
    ladder = Ladder(falling=True)
    ladder.add("z", D(1), 1)
    ladder.add("a", D(1), 2)
    assert ladder.reached(D(1)) == ["z", "a"]


@given(st.lists(st.integers(1, 5), max_size=12), st.sets(st.integers(0, 11)), st.booleans())
def test_a_dropped_order_is_not_reached(
    prices: list[int], dropped: set[int], falling: bool
) -> None:
    """And the others are, whatever their prices."""
    ladder = Ladder(falling=falling)
    for turn, price in enumerate(prices):
        ladder.add(str(turn), D(price), turn)
    for turn in dropped:
        ladder.drop(str(turn))
    left = [turn for turn in range(len(prices)) if turn not in dropped]
    assert len(ladder) == len(left)
    nearest = sorted(left, key=lambda turn: (-prices[turn] if falling else prices[turn], turn))
    assert ladder.reached(D(0 if falling else 9)) == [str(turn) for turn in nearest]


def test_an_order_is_dropped_from_all_its_ladders() -> None:
    """A bracket waits on two; what never rested is dropped without a word."""
    resting = Resting()
    resting.add(resting.sells, "bracket", D(3), 1)
    resting.add(resting.stops_down, "bracket", D(1), 1)
    resting.drop("bracket")
    resting.drop("bracket")
    assert not resting.sells
    assert not resting.stops_down
