from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from downtick.exchange.faults.share import Share

SIZES = st.floats(0.001, 1)


@pytest.mark.parametrize(
    ("size", "expected"),
    [(1, [1, 2, 3, 4]), (0.5, [1, 3]), (0.25, [1]), (0.75, [1, 2, 3])],
)
def test_connections_are_taken_evenly(size: float, expected: list[int]) -> None:
    """Of a half every second one, and the first is one of them."""
    share = Share(size, "seed")
    assert [number for number in range(1, 5) if share.has(number)] == expected


def test_a_connection_stays_what_it_is() -> None:
    """However often it is asked about, and whoever else is."""
    share = Share(0.5, "seed")
    assert [share.has(number) for number in (7, 9, 7, 9, 4, 7, 9)] == [
        *(True, False, True, False),
        *(True, True, False),
    ]


@given(SIZES, st.integers(1, 300))
def test_of_any_number_of_connections_the_share_is_met(size: float, count: int) -> None:
    """Never off by a whole connection, and never none."""
    share = Share(size, "seed")
    taken = sum(share.has(number) for number in range(count))
    assert taken >= 1
    assert 0 <= taken - count * size < 1 + 1e-6


def test_draws_repeat_with_their_seed() -> None:
    """The same run draws the same requests; another seed draws others."""
    one, same, other = (Share(0.3, seed) for seed in ("1/a/1", "1/a/1", "2/a/1"))
    drawn = [[share.drawn() for _ in range(200)] for share in (one, same, other)]
    assert drawn[0] == drawn[1] != drawn[2]
    assert 30 <= sum(drawn[0]) <= 90


def test_all_is_all() -> None:
    """Without a share nothing is left to chance."""
    assert all(Share(1.0, "seed").drawn() for _ in range(1000))
