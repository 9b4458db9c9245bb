import math

import pytest

from downtick.profiles.timing import AFTERWARDS, Span, needed_length, run_length, spans, starts
from tests.profiles.small_words import WORDS, profile_of

DOWN = "at: 2s, for: 10s, link: rest, fault: down"
RESET = "at: 1s, link: market_ws, fault: reset"


def test_a_repeated_step_begins_several_times() -> None:
    """`repeat` counts the first occurrence in."""
    (step,) = profile_of(RESET + ", repeat: {count: 3, every: 4s}").steps
    assert starts(step) == [1, 5, 9]


def test_a_waiting_step_has_no_time() -> None:
    """Nobody knows when a counter reaches its count."""
    (step,) = profile_of("when: {exchange.ticks: 3}, for: 5s, link: rest, fault: down").steps
    assert starts(step) == []
    assert spans(step, lasting=True) == []


def test_spans_have_the_fault_s_length() -> None:
    """A fault lasts its `for`, to the end without one, and not at all if it is over at once."""
    assert spans(profile_of(DOWN).steps[0], lasting=True) == [Span(2, 12)]
    endless = profile_of("at: 2s, link: rest, fault: down").steps[0]
    assert spans(endless, lasting=True) == [Span(2, math.inf)]
    assert spans(profile_of(RESET).steps[0], lasting=False) == [Span(1, 1)]


@pytest.mark.parametrize(
    ("steps", "expect", "needed"),
    [
        ((RESET,), "", 1),
        ((DOWN,), "", 12),
        ((DOWN,), "reconnects: {within: 5s}", 17),
        ((DOWN,), "notices_silence: {within: 5s}", 12),
        ((DOWN,), "notices_silence: {within: 30s}", 32),
        ((DOWN,), "stops_cleanly: {within: 30s}", 12),
        ((RESET, DOWN), "reconnects: {within: 1s}, resubscribes", 13),
        (("when: {exchange.ticks: 3}, for: 7s, link: rest, fault: down",), "", 7),
    ],
)
def test_a_run_needs_its_faults_and_its_deadlines(
    steps: tuple[str, ...], expect: str, needed: float
) -> None:
    """A deadline counts from the fault's end, or from its beginning where the check says so."""
    assert needed_length(profile_of(*steps, expect=expect), WORDS) == needed


def test_the_run_s_length_is_what_the_profile_says() -> None:
    """`run.for` holds; left out, the run goes on a little after the last fault and deadline."""
    assert run_length(profile_of(DOWN, run="for: 13s"), WORDS) == 13
    assert run_length(profile_of(DOWN), WORDS) == 12 + AFTERWARDS
    assert run_length(profile_of(RESET), WORDS) == 1 + AFTERWARDS
