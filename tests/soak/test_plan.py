from __future__ import annotations

from itertools import islice, pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chaos_tests.soak.plan import LONG_PAUSE, LONGEST, PAUSE, Playing, playable, stream
from downtick.profiles.library import find, library_names
from downtick.profiles.load import load
from downtick.profiles.model import Profile
from downtick.profiles.schedule import schedule
from downtick.words import VOCABULARY

LIBRARY = {name: load(*find(name), VOCABULARY) for name in library_names()}
POOL = playable(LIBRARY, VOCABULARY)


def first(seed: int, count: int, pool: dict[str, Profile] = POOL) -> list[Playing]:
    """Return the beginning of a stream."""
    return list(islice(stream(seed, pool, VOCABULARY), count))


@given(st.integers(), st.integers(0, 150), st.integers(0, 150))
def test_a_seed_repeats_the_stream(seed: int, one: int, other: int) -> None:
    """However far it is read: who resumes gets the same."""
    short, long = sorted((first(seed, one), first(seed, other)), key=len)
    assert long[: len(short)] == short


def test_another_seed_is_another_stream() -> None:
    """In order and in time."""
    assert [each.name for each in first(1, 20)] != [each.name for each in first(2, 20)]


def test_every_profile_is_played_before_any_is_played_again() -> None:
    """Round by round, each time in another order."""
    names = [each.name for each in first(7, 2 * len(POOL))]
    assert sorted(names[: len(POOL)]) == sorted(names[len(POOL) :]) == sorted(POOL)
    assert names[: len(POOL)] != names[len(POOL) :]


def test_there_is_quiet_after_each() -> None:
    """One begins when the pause of the one before is over, and never in the first minute."""
    played = first(3, len(POOL))
    assert PAUSE[0] <= played[0].at
    for before, after in pairwise(played):
        assert after.at == pytest.approx(before.at + before.length + before.pause)
        assert PAUSE[0] <= before.pause <= LONG_PAUSE
        assert before.length <= LONGEST
    assert {each.pause for each in played if each.name == "outage/rollback"} == {LONG_PAUSE}


def test_what_cannot_be_played_on_armed_links_is_left_out() -> None:
    """And nothing else that is short enough: most of the library is in it, and every bit of it can be scheduled."""
    assert "streaming/market-feed-close" not in POOL
    assert "streaming/market-feed-reset" in POOL
    assert len(POOL) > 0.9 * len(LIBRARY)
    for profile in POOL.values():
        assert schedule(profile, 1, 0.1, VOCABULARY).acts
