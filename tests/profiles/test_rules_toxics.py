import pytest

from downtick.profiles.lint import lint
from tests.profiles.small_words import WORDS, profile_of


def codes(*steps: str, expect: str = "") -> list[tuple[str, str, int]]:
    """Return code, severity and line of what the linter finds."""
    found = lint(profile_of(*steps, expect=expect), WORDS)
    return [(finding.code, finding.severity, finding.line) for finding in found]


TIMEOUT = "at: 1s, link: {}, toxic: timeout, attributes: {{timeout: {}}}"
LATENCY = "at: {}s, for: {}s, link: rest, toxic: latency, attributes: {{latency: {}}}"
SILENT = ("at: 0s, exchange: data_silence", "at: 0s, exchange: heartbeat_silence")


@pytest.mark.parametrize("link", ["market_ws", "user_ws"])
def test_dt001_timeout_on_a_feed(link: str) -> None:
    """A `timeout: N` downstream of a feed never closes it."""
    assert codes(TIMEOUT.format(link, 500)) == [("DT001", "error", 4)]


@pytest.mark.parametrize(
    "steps",
    [
        (TIMEOUT.format("market_ws", 0),),
        (TIMEOUT.format("rest", 500),),
        (TIMEOUT.format("market_ws", 500) + ", stream: upstream",),
        (TIMEOUT.format("market_ws", 500), *SILENT),
    ],
)
def test_dt001_leaves_directions_that_fall_silent(steps: tuple[str, ...]) -> None:
    """REST, the bot's own direction, and a silenced feed do fall silent."""
    assert codes(*steps) == []


def test_dt001_one_silence_is_not_enough() -> None:
    """Without data there are still heartbeats."""
    assert [code for code, *_ in codes(TIMEOUT.format("market_ws", 500), SILENT[0])] == ["DT001"]


def test_dt002_timeout_removed() -> None:
    """A `timeout` that ends closes connections, which `expect` should say."""
    step = TIMEOUT.format("rest", 0) + ", for: 5s"
    assert codes(step) == [("DT002", "warning", 4)]
    assert codes(step, expect="reconnects: {within: 5s}") == []
    assert codes(TIMEOUT.format("rest", 0)) == []


@pytest.mark.parametrize(("link", "severity"), [("market_ws", "error"), ("rest", "warning")])
def test_dt003_reset_peer_on_open_connections(link: str, severity: str) -> None:
    """`reset_peer` does not reset what is open; REST may open new ones."""
    assert codes(f"at: 1s, link: {link}, toxic: reset_peer") == [("DT003", severity, 4)]


def test_dt004_toxicity_below_one() -> None:
    """Toxiproxy's draws cannot be repeated."""
    step = TIMEOUT.format("rest", 0)
    assert codes(f"{step}, toxicity: 0.99") == [("DT004", "warning", 4)]
    assert codes(f"{step}, toxicity: 1") == []


def test_dt005_jitter() -> None:
    """Jitter cannot be repeated."""
    step = "at: 1s, link: rest, toxic: latency, attributes: {{latency: 300, jitter: {}}}"
    assert codes(step.format(50)) == [("DT005", "warning", 4)]
    assert codes(step.format(0)) == []


def test_dt006_a_second_latency() -> None:
    """Two latencies on one direction at one time do not add up."""
    first = LATENCY.format(1, 10, 200)
    assert codes(first, LATENCY.format(5, 10, 200)) == [("DT006", "error", 5)]
    assert codes(first, LATENCY.format(5, 10, 200) + ", stream: upstream") == []
    assert codes(first, LATENCY.format(5, 10, 200).replace("rest", "market_ws")) == []
    assert codes(first, LATENCY.format(20, 10, 200)) == []


def test_dt006_a_second_latency_that_waits() -> None:
    """Nobody knows whether a waiting latency comes beside the other."""
    waiting = "when: {exchange.ticks: 3}" + LATENCY.format(1, 10, 200).removeprefix("at: 1s")
    assert codes(LATENCY.format(1, 10, 200), waiting) == [("DT006", "warning", 5)]


def test_dt007_a_latency_that_changes_while_data_flows() -> None:
    """A latency that begins where another ends lets a burst through."""
    first = LATENCY.format(1, 10, 200)
    assert codes(first, LATENCY.format(11, 10, 300)) == [("DT007", "warning", 5)]
    assert codes(LATENCY.format(11, 10, 300), first) == [("DT007", "warning", 5)]
    assert codes(first, LATENCY.format(12, 10, 300)) == []
    once = LATENCY.format(1, 1, 200)
    assert codes(f"{once}, repeat: {{count: 5, every: 1500ms}}") == [("DT007", "warning", 4)]
    assert codes(f"{once}, repeat: {{count: 5, every: 2s}}") == []


def test_dt008_a_slicer_that_crashes_the_server() -> None:
    """A variation as large as the size kills Toxiproxy."""
    step = "at: 1s, link: rest, toxic: slicer, attributes: {{average_size: 10, size_variation: {}}}"
    assert codes(step.format(10)) == [("DT008", "error", 4)]
    assert codes(step.format(9)) == []


def test_dt008_a_slicer_without_size() -> None:
    """A profile that was not loaded from text may lack the size."""
    profile = profile_of("at: 1s, link: rest, toxic: slicer, attributes: {average_size: 10}")
    bare = profile.steps[0].model_copy(update={"attributes": {}})
    found = lint(profile.model_copy(update={"steps": (bare,)}), WORDS)
    assert [finding.code for finding in found] == ["DT008"]


def test_dt009_tiny_slices_on_a_feed() -> None:
    """One byte a slice on a fast feed measures the machine."""
    step = "at: 1s, link: {}, toxic: slicer, attributes: {{average_size: {}}}"
    assert codes(step.format("market_ws", 1)) == [("DT009", "warning", 4)]
    assert codes(step.format("market_ws", 8)) == []
    assert codes(step.format("rest", 1)) == []
    assert codes(step.format("market_ws", 1) + ", stream: upstream") == []


def test_dt010_bandwidth_as_a_disconnect() -> None:
    """A rate of 0 stalls and closes nothing."""
    step = "at: 1s, link: rest, toxic: bandwidth, attributes: {{rate: {}}}"
    assert codes(step.format(0)) == [("DT010", "warning", 4)]
    assert codes(step.format(1)) == []


def test_dt011_limit_data_on_several_connections() -> None:
    """Each connection has its own count: those of REST, and every new one of a feed."""
    step = "at: 1s, link: {}, toxic: limit_data, attributes: {{bytes: 100}}"
    assert codes(step.format("rest")) == [("DT011", "warning", 4)]
    assert codes(step.format("market_ws")) == [("DT011", "warning", 4)]
    assert codes(step.format("market_ws") + ", for: 1s") == []
