import math
from fractions import Fraction

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from downtick.errors import ProfileError
from downtick.profiles.scaling import real_warm_up, scale_problems, scaled_attributes
from tests.profiles.small_words import WORDS, profile_of


def scaled(step: str, time_scale: float) -> dict[str, object]:
    """Return the attributes of a step in real time."""
    (one,) = profile_of(step).steps
    faults = {**WORDS.toxics, **WORDS.exchange_faults}
    return scaled_attributes(one, faults[one.name], time_scale)


def problems(step: str, time_scale: float, expect: str = "") -> list[str]:
    """Return what a time scale makes meaningless."""
    found = scale_problems(profile_of(step, expect=expect), WORDS, time_scale)
    return [problem.message for problem in found]


LATENCY = "at: 1s, link: rest, toxic: latency, attributes: {latency: 800, jitter: 0}"
RATE = "at: 1s, link: rest, toxic: bandwidth, attributes: {rate: 3}"


def test_durations_are_multiplied_and_rates_divided() -> None:
    """A faster run has shorter times and more of everything in them."""
    assert scaled(LATENCY, 0.1) == {"latency": 80, "jitter": 0}
    assert scaled(RATE, 0.1) == {"rate": 30}


def test_whole_numbers_are_rounded_up() -> None:
    """Toxiproxy takes whole milliseconds, and a rounded one is never shorter than asked."""
    latency = "at: 1s, link: rest, toxic: latency, attributes: {latency: 801}"
    assert scaled(latency, 0.1)["latency"] == 81
    assert scaled(RATE, 2.0) == {"rate": 2}
    slicer = "at: 1s, link: rest, toxic: slicer, attributes: {average_size: 9, delay: 5}"
    assert scaled(slicer, 0.1) == {"average_size": 9, "size_variation": 0, "delay": 1}


def test_exchange_times_are_real_seconds_and_figures_stay() -> None:
    """Only what is a time or a rate follows the time scale."""
    error = "at: 1s, exchange: http_error, attributes: {status: 503, after: 2s, share: 0.5}"
    assert scaled(error, 0.1) == {"status": 503, "routes": (), "after": 0.2, "share": 0.5}


@example(70, 0.1)
@given(st.integers(1, 3_600_000), st.sampled_from([0.05, 0.1, 0.25, 0.3, 0.5, 0.7, 1.0, 2.0]))
def test_a_scaled_latency_is_the_next_whole_millisecond(latency: int, time_scale: float) -> None:
    """The result is that of exact arithmetic: a product that is whole stays itself."""
    step = f"at: 1s, link: rest, toxic: latency, attributes: {{latency: {latency}}}"
    exact = math.ceil(latency * Fraction(str(time_scale)))
    assert scaled(step, time_scale)["latency"] == exact


@pytest.mark.parametrize(
    ("step", "time_scale", "told"),
    [
        (
            LATENCY.replace("800", "49"),
            0.1,
            "latency.latency: 49 ms becomes 4.9 ms at time scale 0.1",
        ),
        (
            LATENCY.replace("800", "49"),
            0.1,
            "at least 5 ms is needed: a longer one, or a time scale of",
        ),
        (LATENCY.replace("800", "4"), 1.0, "latency.latency: 4 ms becomes 4 ms"),
        (LATENCY.replace("jitter: 0", "jitter: 2"), 1.0, "latency.jitter: 2 ms becomes 2 ms"),
        ("at: 1s, for: 30ms, link: rest, fault: down", 0.1, "for: 30ms becomes 3 ms"),
        (
            "at: 1s, for: 1s, exchange: http_error, attributes: {status: 500, after: 20ms}",
            0.1,
            "http_error.after: 0.02 becomes 2 ms",
        ),
        (
            "at: 0s, repeat: {count: 2, every: 9ms}, link: rest, fault: reset",
            0.1,
            "repeat.every: 9ms becomes 0.9 ms",
        ),
        (RATE, 5.0, "bandwidth.rate: 3 KB/s becomes 0.6 at time scale 5"),
        (LATENCY.replace("800", "3600000"), 2.0, "becomes 7,200,000 at time scale 2; at most"),
    ],
)
def test_what_would_vanish_is_told(step: str, time_scale: float, told: str) -> None:
    """Under 5 ms real, or out of Toxiproxy's range, a value would mean something else."""
    (problem,) = problems(step, time_scale)
    assert told in problem


@pytest.mark.parametrize(
    ("step", "time_scale"),
    [
        (LATENCY.replace("800", "50"), 0.1),
        (LATENCY.replace("800", "5"), 1.0),
        ("at: 1s, link: rest, toxic: timeout, attributes: {timeout: 0}", 0.1),
        ("at: 1s, link: rest, toxic: bandwidth, attributes: {rate: 0}", 10.0),
        ("at: 1ms, link: rest, fault: reset", 0.1),
    ],
)
def test_what_does_not_vanish_is_taken(step: str, time_scale: float) -> None:
    """A nought is meant, a moment may be any, and 5 ms are enough."""
    assert problems(step, time_scale) == []


def test_a_deadline_needs_200_ms() -> None:
    """A shorter deadline would measure the machine."""
    step = "at: 1s, link: rest, fault: reset"
    (problem,) = problems(step, 0.1, expect="reconnects: {within: 1900ms}")
    assert "reconnects.within: 1.9s becomes 190 ms at time scale 0.1" in problem
    assert "at least 200 ms" in problem
    assert problems(step, 0.1, expect="reconnects: {within: 2s}") == []


@pytest.mark.parametrize("time_scale", [0.0, -1.0, float("nan"), float("inf"), 1e-9])
def test_what_is_no_time_scale_is_refused(time_scale: float) -> None:
    """A time scale is a number within reason."""
    with pytest.raises(ProfileError, match="allowed: a number from"):
        problems(LATENCY, time_scale)


def test_a_warm_up_holds_the_start_of_a_process() -> None:
    """A process starts no faster at a small time scale."""
    assert real_warm_up(30, 1.0) == 30
    assert real_warm_up(30, 0.5) == 15
    assert real_warm_up(30, 0.01) == 3
    assert real_warm_up(1, 0.1) == 1
