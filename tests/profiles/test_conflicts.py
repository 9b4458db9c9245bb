import pytest

from tests.profiles.small_words import problems_of, text_of

DOWN = "at: 5s, for: 10s, link: rest, fault: down"


@pytest.mark.parametrize(
    "steps",
    [
        (DOWN, "at: 7s, for: 1s, link: rest, fault: freeze"),
        (DOWN, "at: 1s, for: 5s, link: rest, toxic: latency, attributes: {latency: 9}"),
        (DOWN, "at: 1s, link: rest, toxic: latency, attributes: {latency: 9}"),
        (DOWN, "at: 5s, link: rest, fault: reset"),
        (DOWN, "at: 6s, link: rest, fault: reset"),
        (DOWN, "at: 14s, for: 4s, link: rest, fault: down"),
        (DOWN, "at: 1s, repeat: {count: 3, every: 3s}, link: rest, fault: reset"),
        ("at: 1s, link: rest, fault: down", "at: 60s, link: rest, fault: reset"),
    ],
)
@pytest.mark.parametrize("turned", [False, True])
def test_down_and_another_fault_at_one_time_are_refused(
    steps: tuple[str, ...], turned: bool
) -> None:
    """A link that is down has no other fault, whichever stands first in the file."""
    (problem,) = problems_of(text_of(*(reversed(steps) if turned else steps)))
    assert "`rest` at the same time as" in problem
    assert "while a link is down" in problem


@pytest.mark.parametrize(
    "step",
    [
        "at: 15s, link: rest, fault: reset",
        "at: 4s, link: rest, fault: reset",
        "at: 1s, for: 4s, link: rest, fault: freeze",
        "at: 15s, for: 4s, link: rest, fault: down",
        "at: 6s, link: market_ws, fault: reset",
        "at: 6s, exchange: data_silence",
        "when: {exchange.ticks: 3}, link: rest, fault: reset",
    ],
)
def test_down_beside_what_it_does_not_meet_is_taken(step: str) -> None:
    """Other times, other links and the exchange do not conflict with a link that is down."""
    assert problems_of(text_of(DOWN, step)) == ()


def test_a_long_fault_is_remembered_behind_a_short_one() -> None:
    """A fault that began first and lasts longest still meets the `down`."""
    problems = problems_of(
        text_of(
            "at: 0s, for: 60s, link: rest, fault: freeze",
            "at: 1s, for: 1s, link: rest, toxic: latency, attributes: {latency: 9}",
            "at: 30s, for: 1s, link: rest, fault: down",
        )
    )
    assert len(problems) == 1
    assert "as `freeze` of line 4" in problems[0]


def test_one_fault_twice_at_one_time_is_refused() -> None:
    """A fault is on or off; another direction is another fault."""
    first = "at: 1s, for: 5s, link: rest, toxic: bandwidth, attributes: {rate: 5}"
    second = "at: 3s, for: 5s, link: rest, toxic: bandwidth, attributes: {rate: 1}"
    (problem,) = problems_of(text_of(first, second))
    assert problem.startswith("f.yaml:5:5: bandwidth: on `rest` while that of line 4 still lasts")
    assert problems_of(text_of(first, second + ", stream: upstream")) == ()


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("fault: reset", "fault: close"),
        ("fault: reset", "fault: blackhole, for: 1s, attributes: {end: close}"),
        ("fault: blackhole, for: 1s", "fault: close"),
    ],
)
def test_reset_and_close_on_one_link_are_refused(one: str, other: str) -> None:
    """A link of one profile resets its connections or closes them."""
    steps = f"at: 1s, link: rest, {one}", f"at: 9s, link: rest, {other}"
    (problem,) = problems_of(text_of(*steps))
    assert "f.yaml:5:5" in problem
    assert "but line 4 resets `rest`" in problem
    elsewhere = f"at: 9s, link: market_ws, {other}"
    assert problems_of(text_of(steps[0], elsewhere)) == ()
