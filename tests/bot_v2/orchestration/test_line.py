"""The line to the broker."""

from __future__ import annotations

import asyncio

import pytest

from bot_v2.features.brokerages.broker import (
    BrokerError,
    RateLimited,
    Rejected,
    Unauthorized,
    Unavailable,
)
from bot_v2.metrics import MetricsCollector
from bot_v2.orchestration.line import BrokerLine
from tests.bot_v2.orchestration.desk_parts import quick


def line(**changes: float) -> BrokerLine:
    """Return a line."""
    return BrokerLine(quick(**changes), MetricsCollector())


async def raising(error: Exception) -> int:
    """Raise."""
    raise error


async def test_an_answer_is_passed_on() -> None:
    """And the broker is well."""
    used = line()
    assert await used.read("it", lambda: asyncio.sleep(0, 42)) == 42
    assert used.health().sound


async def test_no_answer_in_time_is_unavailable() -> None:
    """A broker that hangs fails like one that says so."""
    used = line(read_timeout=0.001, failures_in_a_row=1)
    with pytest.raises(Unavailable, match="it: no answer within"):
        await used.read("it", asyncio.Event().wait)
    assert used.health().reason.endswith("it: no answer within 0.001 s")


@pytest.mark.parametrize("error", [Unavailable("503"), Unauthorized("401"), BrokerError("odd")])
async def test_a_failure_is_counted_and_passed_on(error: BrokerError) -> None:
    """As the broker raised it."""
    used = line(failures_in_a_row=1)
    with pytest.raises(BrokerError) as raised:
        await used.read("it", lambda: raising(error))
    assert raised.value is error
    assert not used.health().sound


async def test_whatever_else_goes_wrong_is_unavailable_too() -> None:
    """A client that fails in a way of its own does not end the bot."""
    used = line(failures_in_a_row=1)
    with pytest.raises(Unavailable, match="KeyError"):
        await used.read("it", lambda: raising(KeyError("x")))
    assert not used.health().sound


async def test_a_refusal_is_an_answer() -> None:
    """A broker that says no is there."""
    used = line(failures_in_a_row=1)
    with pytest.raises(Rejected):
        await used.read("it", lambda: raising(Rejected("NO_SUCH_PRODUCT")))
    assert used.health().sound


async def test_a_broker_that_wants_a_pause_is_not_asked() -> None:
    """Not before the pause is over, and that is no failure."""
    used = line(failures_in_a_row=1)
    with pytest.raises(RateLimited):
        await used.read("it", lambda: raising(RateLimited("429", 30.0)))
    assert 29 < used.held <= 30
    with pytest.raises(RateLimited, match="not asked"):
        await used.read("it", lambda: raising(AssertionError("asked")))
    assert used.health().sound


async def test_a_pause_without_a_time_is_short_and_an_endless_one_is_cut() -> None:
    """Nobody else's number stops the bot for ever."""
    used = line(rate_limit_pause=2.0)
    with pytest.raises(RateLimited):
        await used.read("it", lambda: raising(RateLimited("429")))
    assert 1 < used.held <= 2
    used = line(hold_max=100.0)
    with pytest.raises(RateLimited):
        await used.read("it", lambda: raising(RateLimited("429", 10.0**9)))
    assert used.held <= 100


async def test_requests_that_a_client_sends_again_count() -> None:
    """They failed, even if the last of them did not."""
    sent = [0, 0]
    used = BrokerLine(quick(), MetricsCollector(), lambda: (sent[0], sent[1]))
    sent[:] = [100, 5]
    assert not used.health().sound


async def test_what_was_sent_before_does_not_count() -> None:
    """Only what happens on this line."""
    used = BrokerLine(quick(), MetricsCollector(), lambda: (100, 5))
    assert used.health().sound


async def test_after_a_reset_an_outage_is_over_for_a_client_that_asks_again_too() -> None:
    """Its attempts of the outage were not looked at meanwhile: they say nothing about a broker that is back."""
    sent = [0, 0]
    used = BrokerLine(quick(min_errors=3), MetricsCollector(), lambda: (sent[0], sent[1]))
    sent[:] = 240, 211
    used.reset()
    sent[0] += 10
    assert used.health().sound
    sent[0], sent[1] = sent[0] + 3, sent[1] + 3
    assert not used.health().sound
