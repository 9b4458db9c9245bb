import pytest
from hypothesis import given
from hypothesis import strategies as st

from downtick.profiles.drawing import ASCII, UNICODE, draw, words
from tests.profiles.small_words import WORDS, profile_of

DOWN = "at: 5s, for: 10s, link: rest, fault: down"


def bars(*steps: str, run: str = "for: 20s", width: int = 20) -> list[tuple[str, str]]:
    """Return lane and bar of each step."""
    rows = draw(profile_of(*steps, run=run), WORDS, width, ASCII)
    return [(row.lane, row.bar) for row in rows[2:]]


def test_faults_are_blocks_in_their_time() -> None:
    """A character stands for its share of the run."""
    assert bars(DOWN) == [("rest", ".....##########.....")]
    assert bars("at: 5s, link: rest, fault: down") == [("rest", ".....###############")]
    assert bars("at: 5s, link: rest, fault: reset") == [("rest", ".....!..............")]
    repeated = DOWN.replace("10s", "2s") + ", repeat: {count: 3, every: 6s}"
    assert bars(repeated) == [("rest", ".....##....##....##.")]


def test_a_waiting_step_is_a_question() -> None:
    """Nobody knows when a trigger comes, so that it has no place in time."""
    waiting = "when: {exchange.ticks: 3}, hold: true, link: rest, fault: reset"
    assert bars(waiting) == [("rest", "?...................")]
    (step,) = profile_of(waiting).steps
    assert words(step, WORDS) == "reset; when exchange.ticks reaches 3, feed held"


def test_short_and_late_faults_are_seen() -> None:
    """A fault shorter than a character still has one; one beyond the end has none."""
    assert bars("at: 0s, for: 10ms, link: rest, fault: down") == [("rest", "#" + "." * 19)]
    assert bars("at: 60s, link: rest, fault: reset") == [("rest", "." * 20)]


def test_lanes_stand_in_the_order_of_the_links() -> None:
    """Links first, then the exchange, each in time."""
    steps = (
        "at: 1s, exchange: data_silence",
        "at: 9s, link: market_ws, fault: reset",
        "at: 2s, link: market_ws, fault: reset",
        "at: 3s, link: rest, fault: reset",
    )
    rows = draw(profile_of(*steps, run="for: 20s"), WORDS, 20, UNICODE)[2:]
    assert [row.lane for row in rows] == ["rest", "market_ws", "market_ws", "exchange"]
    assert rows[1].words == "reset; at 2 s"


@pytest.mark.parametrize(
    ("step", "told"),
    [
        (
            'at: 1s, exchange: http_error, nth: 3, attributes: {status: 503, routes: ["GET /a", "B"]}',
            "http_error (status 503, routes GET /a, B), nth 3; at 1 s",
        ),
        (
            "at: 1s, link: rest, toxic: bandwidth, attributes: {rate: 0}, stream: upstream, toxicity: 0.5",
            "bandwidth (rate 0 KB/s), upstream, toxicity 0.5; at 1 s",
        ),
        (
            "at: 1s, repeat: {count: 7, every: 4s}, link: rest, fault: reset",
            "reset; at 1 s, 7 times every 4 s",
        ),
    ],
)
def test_a_step_in_words(step: str, told: str) -> None:
    """Everything that a step says is told."""
    assert words(profile_of(step).steps[0], WORDS) == told


@given(st.integers(1, 86_400_000), st.integers(0, 200))
def test_every_row_is_as_wide_as_asked(milliseconds: int, width: int) -> None:
    """Axis and bars line up for any length and width."""
    rows = draw(profile_of(DOWN, run=f"for: {milliseconds}ms"), WORDS, width, UNICODE)
    assert {len(row.bar) for row in rows} == {max(width, 20)}
    assert rows[0].bar.startswith("0s")
