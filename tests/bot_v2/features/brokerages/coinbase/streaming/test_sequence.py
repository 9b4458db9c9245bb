from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from bot_v2.features.brokerages.coinbase.streaming.sequence import Place, Sequence


def kinds(*numbers: int) -> list[str]:
    sequence = Sequence()
    return [sequence.place(number).kind for number in numbers]


def test_a_connection_may_start_anywhere() -> None:
    """The first number is taken as it is."""
    assert kinds(41, 42, 43) == ["next", "next", "next"]


def test_a_gap_tells_how_many_are_missing() -> None:
    """A number that jumps tells the size of the jump, once."""
    sequence = Sequence()
    sequence.place(0)
    assert sequence.place(4) == Place("gap", 3)
    assert sequence.place(5) == Place("next")


def test_a_repeated_number_is_a_duplicate() -> None:
    """The same number again is a duplicate, and so is any other that was there."""
    assert kinds(0, 1, 1, 0) == ["next", "next", "duplicate", "duplicate"]


def test_a_swapped_pair_is_a_gap_and_a_late_frame() -> None:
    """A frame after its successor is late, the second time a duplicate."""
    assert kinds(0, 2, 1, 1, 3) == ["next", "gap", "late", "duplicate", "next"]


def test_a_hole_is_filled_piece_by_piece() -> None:
    """Each frame of a hole is late once, in any order."""
    assert kinds(0, 5, 3, 1, 4, 2, 3) == [
        *("next", "gap", "late", "late", "late", "late", "duplicate")
    ]


@given(st.lists(st.integers(0, 30), min_size=1, max_size=60))
def test_no_number_is_new_twice(numbers: list[int]) -> None:
    """Whatever comes in whatever order: a number is fresh at most once, and nothing is missing that came."""
    sequence = Sequence()
    fresh: list[int] = []
    late: list[int] = []
    missing = 0
    for number in numbers:
        place = sequence.place(number)
        missing += place.missing
        if place.kind in {"next", "gap"}:
            fresh.append(number)
        elif place.kind == "late":
            late.append(number)
    assert fresh == sorted(set(fresh))
    assert not set(fresh) & set(late)
    assert len(late) == len(set(late)) <= missing
    assert missing == fresh[-1] - fresh[0] + 1 - len(fresh)
    assert set(fresh) | set(late) == {n for n in numbers if n >= fresh[0]}
