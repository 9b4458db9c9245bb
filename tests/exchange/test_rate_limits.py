from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from downtick.exchange.rate_limits import ADVANCED_TRADE, EXCHANGE, Kind, RateLimiter, TokenBucket

USER = "the user"


def taken(limiter: RateLimiter, kind: Kind, now: float, who: str = USER) -> int:
    """Return how many requests are allowed in one instant."""
    count = 0
    while limiter.take(kind, who, now).allowed:
        count += 1
    return count


@pytest.mark.parametrize(
    ("limits", "kind", "burst", "rate"),
    [
        (ADVANCED_TRADE, "private", 30, 30),
        (ADVANCED_TRADE, "public", 10, 10),
        (ADVANCED_TRADE, "fills", 30, 30),
        (EXCHANGE, "private", 30, 15),
        (EXCHANGE, "public", 15, 10),
        (EXCHANGE, "fills", 20, 10),
    ],
)
def test_each_dialect_has_its_documented_rates(
    limits: Any, kind: Kind, burst: int, rate: int
) -> None:
    """A burst at once after a pause, and a second later as many as the rate."""
    limiter = RateLimiter(limits)
    assert taken(limiter, kind, 100.0) == burst
    assert taken(limiter, kind, 101.0) == min(rate, burst)
    assert taken(limiter, kind, 1000.0) == burst


def test_fills_count_like_any_other_where_no_rate_of_their_own_is_told() -> None:
    """On Advanced Trade."""
    limiter = RateLimiter(ADVANCED_TRADE)
    assert taken(limiter, "fills", 0.0) == 30
    assert taken(limiter, "private", 0.0) == 0


def test_users_and_addresses_are_counted_apart() -> None:
    """One that asks too much costs another nothing; nor do public requests cost private ones."""
    limiter = RateLimiter(ADVANCED_TRADE)
    assert taken(limiter, "public", 0.0, "127.0.0.1") == 10
    assert taken(limiter, "public", 0.0, "127.0.0.2") == 10
    assert taken(limiter, "private", 0.0, "127.0.0.1") == 30


def test_rates_follow_the_time_scale_and_bursts_do_not() -> None:
    """An exchange ten times as fast allows ten times as many a second, but no more at once."""
    limiter = RateLimiter(EXCHANGE, time_scale=0.1)
    assert taken(limiter, "private", 0.0) == 30
    assert taken(limiter, "private", 0.1) == 15


def test_private_answers_tell_what_is_left() -> None:
    """In the headers that clients read; the reset is in whole seconds."""
    limiter = RateLimiter(ADVANCED_TRADE)
    assert limiter.take("private", USER, 0.0).headers == {
        "x-ratelimit-limit": "30",
        "x-ratelimit-remaining": "29",
        "x-ratelimit-reset": "1",
    }
    taken(limiter, "private", 0.0)
    refused = limiter.take("private", USER, 0.0)
    assert not refused.allowed
    assert refused.headers["x-ratelimit-remaining"] == "0"
    assert limiter.take("private", USER, 0.5).headers["x-ratelimit-remaining"] == "14"


def test_public_answers_tell_nothing() -> None:
    """Coinbase documents the headers for private endpoints."""
    assert RateLimiter(ADVANCED_TRADE).take("public", USER, 0.0).headers == {}


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("public", "Public rate limit exceeded"),
        ("private", "Private rate limit exceeded"),
        ("fills", "Private rate limit exceeded"),
    ],
)
def test_the_exchange_dialect_has_words_for_it(kind: Kind, words: str) -> None:
    """As clients have met them."""
    assert RateLimiter(EXCHANGE).take(kind, USER, 0.0).words == words


GAPS = st.lists(st.floats(0, 3), min_size=1, max_size=60)


@given(st.floats(0.5, 50), st.integers(1, 40), GAPS)
def test_no_span_allows_more_than_burst_and_rate(
    rate: float, burst: int, gaps: list[float]
) -> None:
    """Whatever instants a client chooses: in any span at most the burst, and the rate times its length."""
    bucket, now, allowed = TokenBucket(rate, burst, 0.0), 0.0, []
    for gap in gaps:
        now += gap
        allowed += [now for _ in range(3) if bucket.take(now)]
    for first, start in enumerate(allowed):
        for last in range(first, len(allowed)):
            assert last - first + 1 <= burst + rate * (allowed[last] - start) + 1e-6


@given(st.floats(0.5, 50), st.integers(1, 40), st.integers(1, 200))
def test_who_keeps_to_the_rate_is_never_refused(rate: float, burst: int, count: int) -> None:
    """Not even by the rounding of fractions of a second."""
    bucket = TokenBucket(rate, burst, 0.0)
    assert all(bucket.take(number / rate) for number in range(count))


@given(st.floats(0.5, 50), st.integers(1, 40), st.lists(st.floats(0, 100), max_size=40))
def test_a_bucket_holds_between_nothing_and_its_burst(
    rate: float, burst: int, instants: list[float]
) -> None:
    """Also when a clock goes back."""
    bucket = TokenBucket(rate, burst, 50.0)
    for now in instants:
        bucket.take(now)
        assert 0 <= bucket.left(now) <= burst
        assert 0 <= bucket.full_in(now) <= burst / rate


def test_a_clock_that_goes_back_fills_nothing_twice() -> None:
    """The time between is counted once."""
    bucket = TokenBucket(1.0, 1, 0.0)
    assert bucket.take(10.0)
    assert not bucket.take(5.0)
    assert not bucket.take(10.5)
    assert bucket.take(11.0)
