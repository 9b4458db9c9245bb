import pytest

from downtick.profiles.lint import lint
from tests.profiles.small_words import WORDS, profile_of

RESET = "at: {}s, link: market_ws, fault: reset"
DOWN = "at: 2s, for: 10s, link: market_ws, fault: down"


def codes(
    *steps: str, run: str = "", expect: str = "", time_scale: float = 1.0
) -> list[tuple[str, str, int]]:
    """Return code, severity and line of what the linter finds."""
    found = lint(profile_of(*steps, run=run, expect=expect), WORDS, time_scale)
    return [(finding.code, finding.severity, finding.line) for finding in found]


def test_dt012_a_step_that_is_never_reached() -> None:
    """A step at the end of the run or after it is never played."""
    assert ("DT012", "error", 5) in codes(RESET.format(20), run="for: 20s")
    assert codes(RESET.format(19), run="for: 20s") == []
    assert codes(RESET.format(500)) == []


def test_dt012_a_repetition_that_is_never_reached() -> None:
    """The first repetition beyond the end is named."""
    profile = profile_of(RESET.format(2) + ", repeat: {count: 7, every: 4s}", run="for: 20s")
    messages = [f.message for f in lint(profile, WORDS) if f.code == "DT012"]
    assert messages[0].startswith("`reset` at 22 s, repetition 6 of a run for 20 s")


def test_dt013_a_run_shorter_than_its_deadlines() -> None:
    """A run must hold the last fault and the longest `within` after it."""
    expect = "reconnects: {within: 5s}"
    assert codes(DOWN, run="for: 16s", expect=expect) == [("DT013", "error", 5)]
    assert codes(DOWN, run="for: 17s", expect=expect) == []
    assert codes(DOWN, expect=expect) == []


def test_dt013_a_silence_is_noticed_from_its_beginning() -> None:
    """A deadline that counts from the fault's beginning needs no time after its end."""
    assert codes(DOWN, run="for: 12s", expect="notices_silence: {within: 10s}") == []
    assert codes(DOWN, run="for: 12s", expect="notices_silence: {within: 11s}") != []


@pytest.mark.parametrize(
    "step",
    [
        "at: 9s, for: 1s, link: market_ws, fault: down",
        "at: 9s, link: market_ws, toxic: limit_data, attributes: {bytes: 9}, for: 1s",
        "at: 9s, exchange: close_code, attributes: {code: 1001}",
        "at: 9s, for: 5s, exchange: scheduled_restart",
    ],
)
def test_dt014_a_close_on_a_link_that_resets(step: str) -> None:
    """Every close of an armed link is a reset."""
    assert codes(RESET.format(1), step) == [("DT014", "warning", 5)]
    assert codes(RESET.format(1).replace("market_ws", "rest"), step) == []


def test_dt015_a_waiting_step_beside_down() -> None:
    """Nobody knows whether the link is down when the counter is met."""
    waiting = "when: {exchange.ticks: 9}, link: market_ws, fault: freeze, for: 1s"
    assert codes(DOWN, waiting) == [("DT015", "warning", 5)]
    assert codes(DOWN, waiting.replace("market_ws", "rest")) == []
    down = "when: {exchange.ticks: 9}, for: 1s, link: market_ws, fault: down"
    assert codes(down, waiting) == [("DT015", "warning", 5)]


def test_dt016_what_the_time_scale_makes_meaningless() -> None:
    """The linter knows the time scale of the run."""
    expect = "reconnects: {within: 1s}"
    assert codes(RESET.format(1), expect=expect) == []
    assert codes(RESET.format(1), expect=expect, time_scale=0.1) == [("DT016", "error", 5)]


def test_dt017_a_fault_that_leaves_no_time_to_recover() -> None:
    """A feed that is down to the end cannot be back before it."""
    endless = "at: 2s, link: market_ws, fault: down"
    assert codes(endless, expect="resubscribes") == [("DT017", "warning", 4)]
    assert codes(endless) == []
    assert codes(DOWN, expect="resubscribes") == []
    assert codes(endless.replace("market_ws", "rest"), expect="resubscribes") == []


@pytest.mark.parametrize(
    ("times", "found"),
    [
        ("at: 7s, for: 20s", True),
        ("at: 1s, for: 6s", True),
        ("at: 1s, for: 30s", False),
        ("at: 1s, for: 4s", False),
        ("at: 15s, for: 4s", False),
        ("at: 1s", False),
    ],
)
def test_dt018_a_toxic_in_the_midst_of_a_freeze(times: str, found: bool) -> None:
    """A toxic that comes or goes lets a chunk through; one that is there all the time does not."""
    freeze = "at: 5s, for: 10s, link: rest, fault: freeze"
    toxic = f"{times}, link: rest, toxic: latency, attributes: {{latency: 300}}"
    assert codes(freeze, toxic) == ([("DT018", "warning", 5)] if found else [])
    assert codes(freeze, toxic.replace("link: rest", "link: market_ws")) == []
