"""When a broker is no longer well."""

from __future__ import annotations

from bot_v2.orchestration.health import HealthMonitor
from bot_v2.orchestration.settings import OrchestratorSettings


def monitor() -> HealthMonitor:
    """Return a monitor that has seen nothing."""
    return HealthMonitor(OrchestratorSettings())


def test_a_broker_of_which_nothing_is_known_is_healthy() -> None:
    """Nothing speaks against it."""
    assert monitor().verdict(0.0).sound


def test_three_failures_in_a_row_are_an_outage() -> None:
    """With the last of them as the reason."""
    seen = monitor()
    for why in ("503", "503", "no answer"):
        assert seen.verdict(0.0).sound
        seen.failed(why)
    health = seen.verdict(0.0)
    assert health.status == "degraded"
    assert health.reason == "3 requests in a row failed: no answer"


def test_one_answer_between_failures_breaks_the_row() -> None:
    """Chance is not an outage."""
    seen = monitor()
    for _ in range(10):
        seen.failed("503")
        seen.failed("503")
        seen.answered(0.1)
    assert seen.verdict(0.0).sound


def test_five_errors_in_a_hundred_are_an_outage() -> None:
    """Though each of them alone could be chance."""
    seen = monitor()
    for number in range(60):
        seen.tried(float(number) / 10, 1, number % 20 == 0)
    health = seen.verdict(6.0)
    assert health.status == "degraded"
    assert health.reason.startswith("3 of 60 requests failed")


def test_few_errors_among_many_answers_are_none() -> None:
    """One in fifty, or two in all."""
    seen = monitor()
    seen.tried(0.0, 2, 2)
    assert seen.verdict(0.0).sound
    seen.tried(0.0, 198, 2)
    assert seen.verdict(0.0).sound


def test_errors_are_forgotten_after_a_while() -> None:
    """What counts is the window."""
    seen = monitor()
    seen.tried(0.0, 10, 5)
    assert not seen.verdict(60.0).sound
    assert seen.verdict(60.1).sound


def test_retries_that_succeeded_count_as_errors_before() -> None:
    """A client that asks again by itself hides them otherwise."""
    seen = monitor()
    for _ in range(50):
        seen.answered(0.1)
    seen.tried(0.0, 55, 5)
    assert not seen.verdict(0.0).sound


def test_most_answers_slow_is_an_outage_one_is_not() -> None:
    """Of the last five."""
    seen = monitor()
    for seconds in (3.0, 0.1, 3.0, 0.1):
        seen.answered(seconds)
        assert seen.verdict(0.0).sound
    seen.answered(3.0)
    assert seen.verdict(0.0).reason == "answers take 3.00 s, the limit is 2.50 s"
    for _ in range(3):
        seen.answered(0.1)
    assert seen.verdict(0.0).sound


def test_after_a_reset_nothing_is_held_against_it() -> None:
    """What comes now is judged for itself."""
    seen = monitor()
    for _ in range(9):
        seen.answered(9.0)
    for _ in range(9):
        seen.failed("503")
    seen.tried(0.0, 9, 9)
    seen.reset()
    assert seen.verdict(0.0).sound
