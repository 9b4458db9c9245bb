"""The judge judged: a market data service that is broken in one way fails the very test that is about it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import pytest

from chaos_tests.judged import broken_market_data as broken
from chaos_tests.streaming import test_market_data_lies as lies
from chaos_tests.streaming import test_websocket_rest_fallback as fallback
from chaos_tests.streaming.desk import Make
from downtick.rig import Rig

pytestmark = [pytest.mark.integration, pytest.mark.streaming]

Body = Callable[[Rig, Make], Awaitable[None]]


async def resets(rig: Rig, make: Make) -> None:
    """Run the test of a stream that dies again and again."""
    await fallback.test_a_stream_that_dies_every_few_seconds(rig, make, "seven-resets", "reset", 7)


async def silence(rig: Rig, make: Make) -> None:
    """Run the test of a stream that says nothing."""
    await fallback.test_a_stream_that_says_nothing(rig, make, "data-silence", "data_silence")


async def tenfold(rig: Rig, make: Make) -> None:
    """Run the test of prices that are ten times too high by either way."""
    await lies.test_ten_times_the_price_is_never_believed(rig, make, "everywhere")


CASES: tuple[tuple[str | None, Body, Make, str], ...] = (
    (
        "streaming/data-silence",
        silence,
        broken.never_falls_back,
        "REST takes over|is too old",
    ),
    (
        "streaming/upgrade-503",
        fallback.test_a_stream_whose_handshake_is_refused,
        broken.never_returns,
        "the stream is back",
    ),
    (
        "streaming/seven-resets",
        resets,
        broken.flaps,
        "rest_polling.*streaming.*rest_polling|'streaming' not in",
    ),
    (
        "streaming/latency-800ms",
        fallback.test_a_stream_that_is_a_little_late,
        broken.age_by_arrival,
        "an age that is not true",
    ),
    (
        "streaming/upgrade-503",
        fallback.test_a_stream_whose_handshake_is_refused,
        broken.always_now,
        "a price that was not there|a time that nobody told",
    ),
    (None, tenfold, broken.believes_jumps, "nobody may trade on it"),
    (
        "outage/everything-down",
        fallback.test_without_rest_too_nobody_may_trade,
        broken.never_stale,
        "the prices are stale|a mode that is not true",
    ),
    (
        None,
        fallback.test_one_product_that_falls_silent_beside_another,
        broken.overlooks_products,
        "REST takes over",
    ),
    (
        None,
        fallback.test_rest_that_fails_is_asked_less_and_less_often,
        broken.polls_without_limit,
        "asked more often than allowed",
    ),
    (
        "streaming/upgrade-503",
        fallback.test_a_stream_whose_handshake_is_refused,
        broken.says_nothing,
        "a change that was not logged",
    ),
    (
        None,
        lies.test_old_times_everywhere_leave_nothing_to_trade_on,
        broken.looks_at_no_time,
        "the prices are stale|an age that is not true",
    ),
)


@pytest.mark.parametrize(
    ("body", "make", "complaint"),
    [
        pytest.param(
            body,
            make,
            complaint,
            id=f"{make.__name__}-{number}",
            marks=pytest.mark.toxics(profile) if profile else (),
        )
        for number, (profile, body, make, complaint) in enumerate(CASES)
    ],
)
async def test_a_broken_service_fails(rig: Rig, body: Body, make: Make, complaint: str) -> None:
    """The test of the virtue fails the service that lacks it, and says what it lacks."""
    with pytest.raises(AssertionError, match=f"(?s){complaint}"):
        await body(rig, make)
