from __future__ import annotations

import random

from hypothesis import given
from hypothesis import strategies as st

from bot_v2.features.market_data.polling import Polling
from tests.bot_v2.features.market_data.ticks import BTC, ETH, SETTINGS

BOTH = [BTC, ETH]


def made(*symbols: str) -> Polling:
    return Polling(symbols or BOTH, SETTINGS, random.Random(1))


def test_products_take_turns_and_requests_are_apart() -> None:
    """One after the other, never two at once, each at its own pace."""
    polling = made()
    assert polling.next(BOTH, 0.0) == BTC
    assert polling.next(BOTH, 0.1) is None
    assert polling.next(BOTH, SETTINGS.poll_spacing) == ETH
    for symbol in BOTH:
        polling.answered(symbol)
    assert polling.next(BOTH, SETTINGS.poll_every - 0.1) is None
    assert polling.next(BOTH, SETTINGS.poll_every) == BTC


def test_only_what_is_wanted_is_asked_for() -> None:
    """And nothing if nothing is."""
    polling = made()
    assert polling.next([], 0.0) is None
    assert polling.next([ETH], 0.0) == ETH


def test_a_product_is_not_asked_for_twice_at_once() -> None:
    """A slow answer is waited for; the other product goes on."""
    polling = made()
    polling.next(BOTH, 0.0)
    polling.next(BOTH, 1.0)
    polling.answered(ETH)
    assert polling.next(BOTH, 5.0) == ETH
    assert polling.next(BOTH, 6.0) is None


def test_not_too_many_answers_are_waited_for() -> None:
    """Each waiting request holds a thread."""
    names = [f"P{n}-USD" for n in range(10)]
    polling = made(*names)
    asked = [polling.next(names, float(second)) for second in range(10)]
    assert len([name for name in asked if name]) == SETTINGS.polls_in_flight


def test_failures_wait_longer_each_time_up_to_a_cap() -> None:
    """At least half of 1, 2, 4, 5, 5 seconds, and at most all of it."""
    polling = made(BTC)
    now = 0.0
    assert polling.next([BTC], now) == BTC
    for longest in (1, 2, 4, 5, 5, 5):
        polling.failed(BTC, now)
        assert polling.next([BTC], now + longest / 2 - 0.01) is None
        now += max(longest, SETTINGS.poll_every) + 0.01
        assert polling.next([BTC], now) == BTC


def test_while_it_fails_one_request_probes() -> None:
    """Many requests that hang would be no better than one."""
    polling = made()
    polling.next(BOTH, 0.0)
    polling.failed(BTC, 0.0)
    assert polling.next(BOTH, 1.1) == ETH
    assert polling.next(BOTH, 5.0) is None
    polling.answered(ETH)
    assert polling.next(BOTH, 5.0) == BTC


def test_an_answer_ends_the_waiting() -> None:
    """The next failure waits the shortest time again."""
    polling = made(BTC)
    for now in (0.0, 10.0, 20.0):
        polling.next([BTC], now)
        polling.failed(BTC, now)
    assert polling.failing
    polling.next([BTC], 30.0)
    polling.answered(BTC)
    assert not polling.failing
    polling.next([BTC], 40.0)
    polling.failed(BTC, 40.0)
    assert polling.next([BTC], 40.0 + SETTINGS.retry_first + 0.01) == BTC


def test_several_failures_of_one_moment_count_once() -> None:
    """Four requests that fail together are one failure."""
    names = [f"P{n}-USD" for n in range(4)]
    polling = made(*names)
    for number in range(4):
        assert polling.next(names, 0.25 * number) is not None
    for name in names:
        polling.failed(name, 1.0)
    assert polling.next(names, 1.0 + SETTINGS.retry_first + 0.01) is not None


def test_retry_after_is_kept_in_real_seconds_up_to_a_limit() -> None:
    """Nothing is asked before, of any product; but not for days."""
    polling = made()
    polling.next(BOTH, 0.0)
    polling.failed(BTC, 0.0, retry_after=30.0)
    assert polling.next(BOTH, 29.9) is None
    assert polling.next(BOTH, 30.0) == ETH
    polling.failed(ETH, 30.0, retry_after=1e6)
    assert polling.next(BOTH, 30.0 + SETTINGS.retry_after_max) is not None


def test_a_shorter_retry_after_does_not_shorten_a_longer_one() -> None:
    """Whoever was told to stay away for half a minute does."""
    polling = made()
    polling.next(BOTH, 0.0)
    polling.next(BOTH, 0.5)
    polling.failed(BTC, 1.0, retry_after=30.0)
    polling.failed(ETH, 1.1, retry_after=1.0)
    assert polling.next(BOTH, 20.0) is None


def test_an_answer_does_not_shorten_retry_after() -> None:
    """A request that left before is answered; the others still have to stay away."""
    polling = made()
    polling.next(BOTH, 0.0)
    polling.next(BOTH, 0.5)
    polling.failed(BTC, 1.0, retry_after=30.0)
    polling.answered(ETH)
    assert polling.next(BOTH, 20.0) is None


def test_a_product_that_is_refused_waits_alone() -> None:
    """The exchange knows one product no longer: the other goes on as before."""
    polling = made()
    polling.next(BOTH, 0.0)
    polling.refused(BTC, 0.1)
    assert not polling.failing
    assert polling.next(BOTH, 1.0) == ETH
    polling.answered(ETH)
    assert polling.next([BTC], 2.0) is None
    assert polling.next([BTC], 0.1 + SETTINGS.retry_cap) == BTC


moments = st.lists(
    st.tuples(
        st.sampled_from([0.05, 0.2, 1.0, 3.0]),
        st.sampled_from(["answered", "failed", "refused", "429", "nothing"]),
    ),
    max_size=100,
)


@given(moments)
def test_the_pace_is_kept_whatever_the_answers_are(story: list[tuple[float, str]]) -> None:
    """Requests are apart, those of one product further, and none leaves within a Retry-After."""
    polling = made()
    now, closed_until = 0.0, 0.0
    asked: list[tuple[float, str]] = []
    waiting: list[str] = []
    for step, what in story:
        now += step
        symbol = polling.next(BOTH, now)
        if symbol is not None:
            assert now >= closed_until
            assert all(
                now - at >= (SETTINGS.poll_every if name == symbol else SETTINGS.poll_spacing)
                for at, name in asked
            )
            assert symbol not in waiting
            asked.append((now, symbol))
            waiting.append(symbol)
        if not waiting or what == "nothing":
            continue
        done = waiting.pop(0)
        match what:
            case "answered":
                polling.answered(done)
            case "refused":
                polling.refused(done, now)
            case "failed":
                polling.failed(done, now)
            case _:
                polling.failed(done, now, retry_after=7.0)
                closed_until = now + 7.0
