"""Attempts to connect grow apart, up to a cap."""

from __future__ import annotations

import random
from collections.abc import Iterable
from itertools import accumulate

import pytest

from downtick.checks.backs_off import check
from downtick.checks.finding import Outcome
from tests.checks.transcript import Transcript

GIVEN = {"max_rate": 2, "cap": 60, "healthy": 5}


def storm(pauses: Iterable[float], *, feeds: int = 1) -> Transcript:
    """Tell of feeds that are lost at 10, of attempts that are refused after these pauses, and of one that lasts."""
    t = Transcript()
    lost = [t.feed(0) for _ in range(feeds)]
    t.fault("abort", 10, 10, hits=[(10, conn) for conn in lost])
    for conn in lost:
        t.closes(conn, 10, by="fault", how="abort")
    times = list(accumulate(pauses, initial=10.0))[1:]
    for at in times[:-1]:
        conn = t.opens("market_ws", at)
        t.tell(at, "refused", conn=conn, status=503)
        t.closes(conn, at, by="exchange")
    for at in times[-1:]:
        t.feed(at)
    t.over(200)
    return t


def outcome(t: Transcript) -> Outcome:
    """Return what the check says."""
    return check(t.run(), GIVEN).outcome


def test_pauses_that_double_hold() -> None:
    """As most clients do it."""
    assert outcome(storm([0.5, 1, 2, 4, 8])) is Outcome.HOLDS


def test_pauses_that_are_drawn_at_random_below_a_growing_bound_hold() -> None:
    """One may be shorter than the one before."""
    assert outcome(storm([0.4, 1.1, 0.9, 3.8, 2.5])) is Outcome.HOLDS


def test_reconnecting_without_a_pause_violates() -> None:
    """Twenty attempts a second are more than two."""
    found = check(storm([0.05] * 40).run(), GIVEN)
    assert found.outcome is Outcome.VIOLATED
    assert "40 of them within 5 s: 10 are allowed" in found.sentence


def test_pauses_that_do_not_grow_violate() -> None:
    """Even if they are within the rate."""
    assert outcome(storm([1, 1, 1, 1, 1])) is Outcome.VIOLATED


def test_pauses_that_are_long_from_the_first_need_not_grow() -> None:
    """Who waits three times as long as must be hammers nobody."""
    assert outcome(storm([1.6, 1.6, 1.6, 1.6])) is Outcome.HOLDS


def test_pauses_that_soon_reach_a_small_cap_hold() -> None:
    """Most of them are at it; the first two tell."""
    assert outcome(storm([0.2, 0.4, 0.8, *[1.2, 1.4, 1.3] * 12])) is Outcome.HOLDS
    assert outcome(storm([0.9, 1.2, *[1.2, 1.4, 1.0] * 12])) is not Outcome.HOLDS
    assert outcome(storm([0, *[1] * 36])) is Outcome.VIOLATED


@pytest.mark.parametrize("seed", range(20))
def test_what_is_drawn_at_random_is_not_taken_for_a_rule(seed: int) -> None:
    """Pauses with jitter at a small cap show nothing in their means; only those that are all alike cannot have grown."""
    draw = random.Random(seed).uniform
    longest = [0.5, 1.0, *[2.0] * 10]
    assert outcome(storm(draw(cap / 2, cap) for cap in longest)) is Outcome.HOLDS
    assert outcome(storm(draw(0, cap) for cap in longest)) is not Outcome.VIOLATED
    assert outcome(storm(draw(0.85, 1.0) for _ in longest)) is Outcome.VIOLATED


def test_one_pause_in_which_the_machine_stood_still_hides_nothing() -> None:
    """The others are all alike."""
    assert outcome(storm([1, 1, 1, 1, 1, 1, 1, 1, 1, 4, 1])) is Outcome.VIOLATED


def test_pauses_at_the_cap_grow_no_more() -> None:
    """They are long enough."""
    assert outcome(storm([60] * 3)) is Outcome.HOLDS


def test_a_pause_beyond_the_cap_violates() -> None:
    """The market is long back."""
    assert outcome(storm([1, 2, 90])) is Outcome.VIOLATED


@pytest.mark.parametrize(
    ("pauses", "stood", "else_"),
    [
        ([0.5, 1, 2, 80], (20, 45), Outcome.VIOLATED),
        ([1, 1, 1, 5], (13.5, 17.5), Outcome.HOLDS),
        ([0.5, 1, 2, 20, *[0.01] * 14], (14, 33.4), Outcome.VIOLATED),
    ],
    ids=["beyond the cap", "growing", "all at once"],
)
def test_what_the_machine_did_to_pauses_is_a_doubt(
    pauses: list[float], stood: tuple[float, float], else_: Outcome
) -> None:
    """It may have made one long, and held up attempts until all came at once."""
    t = storm(pauses)
    assert outcome(t) is else_
    t.starved(*stood)
    assert outcome(t) is Outcome.NOT_EXERCISED


def test_each_lost_connection_may_try() -> None:
    """Four feeds have four times the attempts of one."""
    attempts = [0.1] * 30
    assert outcome(storm(attempts)) is Outcome.VIOLATED
    assert outcome(storm(attempts, feeds=4)) is Outcome.HOLDS


def test_one_attempt_that_succeeds_shows_nothing() -> None:
    """There was nothing to grow."""
    assert outcome(storm([0.5])) is Outcome.NOT_EXERCISED


def down(
    *refused: float, links: tuple[str, ...] = ("market_ws",), counted: bool = True
) -> Transcript:
    """Tell of a feed that is lost to a link that is down until 40, of these connects, and of one that lasts."""
    t = Transcript()
    lost = t.feed(0)
    t.breaks("market_ws", "down", 10, until=40)
    t.closes(lost, 10, by="bot", how="eof")
    if counted:
        t.tell(0, "watching", "witness", interval=0.02)
    for at in refused:
        link = links[0] if len(links) == 1 else None
        t.tell(at, "refused", "witness", link=link, links=list(links), port=40_000)
    t.feed(41)
    t.over(200)
    return t


def test_under_a_link_that_is_down_the_witness_counts() -> None:
    """The exchange never hears of those that fail."""
    doubling = (10.5, 11.5, 13.5, 17.5, 25.5)
    assert outcome(down(*doubling)) is Outcome.HOLDS
    hammering = [10 + number / 10 for number in range(1, 200)]
    assert outcome(down(*hammering)) is Outcome.VIOLATED
    assert outcome(down(*doubling, counted=False)) is Outcome.NOT_EXERCISED


def test_a_connect_that_may_have_been_to_another_link_is_held_against_nobody() -> None:
    """Nor does it speak for anybody."""
    hammering = [10 + number / 10 for number in range(1, 200)]
    assert outcome(down(*hammering, links=("market_ws", "user_ws"))) is Outcome.NOT_EXERCISED
    assert outcome(down(*hammering, links=("user_ws",))) is Outcome.NOT_EXERCISED


def test_a_witness_that_missed_something_has_not_counted() -> None:
    """Deaths that the kernel had no room for may have been refused connects."""
    t = down(10.5, 11.5, 13.5, 17.5, 25.5)
    t.tell(20, "lost", "witness", since=19)
    assert outcome(t) is Outcome.NOT_EXERCISED


def test_who_is_left_alone_by_a_frozen_link_is_not_counted() -> None:
    """The kernel lets them in, and nobody hears of them."""
    t = storm([0.5, 3, 8])
    t.tell(0, "watching", "witness", interval=0.02)
    t.breaks("market_ws", "freeze", 10, until=15)
    assert outcome(t) is Outcome.NOT_EXERCISED


def test_a_sound_feed_begins_anew() -> None:
    """After it the first pause may be short again."""
    t = Transcript()
    for start in (10, 40):
        conn = t.feed(start - 10)
        t.fault("abort", start, start, hits=[(start, conn)])
        t.closes(conn, start, by="fault", how="abort")
        for at in (start + 1, start + 3):
            t.closes(t.opens("market_ws", at), at, by="exchange")
    t.feed(47)
    t.feed(17)
    t.over(100)
    assert outcome(t) is Outcome.HOLDS
