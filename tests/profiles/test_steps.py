import pytest

from tests.profiles.small_words import problems_of, profile_of, text_of

BAD = [
    (
        "at: 1s, link: market-ws, fault: reset",
        "f.yaml:4:20: link: found `market-ws`; allowed: `rest`",
    ),
    ("at: 1s, link: market-ws, fault: reset", "did you mean `market_ws`?"),
    ("at: 1s, fault: reset", "f.yaml:4:5: link: missing; `reset` happens on a link"),
    (
        "at: 1s, link: rest, toxic: latencyy",
        "f.yaml:4:33: toxic: found `latencyy`; allowed: `latency`",
    ),
    ("at: 1s, link: rest, toxic: latencyy", "did you mean `latency`?"),
    ("at: 1s, link: rest, fault: latency", "fault: `latency` is written `toxic: latency`"),
    ("at: 1s, link: rest, toxic: down", "toxic: `down` is written `fault: down`"),
    ("at: 1s, link: rest, fault: http_error", "`http_error` is written `exchange: http_error`"),
    ("at: 1s, link: rest", "f.yaml:4:5: step: no fault is named; allowed: exactly one of `toxic`"),
    (
        "at: 1s, link: rest, fault: down, toxic: latency",
        "step: found `toxic`, `fault`; allowed: exactly",
    ),
    (
        "at: 1s, link: rest, toxic: latency, attributes: {latencyy: 8}",
        "f.yaml:4:55: attributes.latencyy: unknown key; allowed: `latency`, `jitter`; did you mean",
    ),
    (
        "at: 1s, link: rest, toxic: latency, attributes: {latency: 800ms}",
        "attributes.latency: found `800ms`; allowed: a whole number in ms from 1 to 3,600,000",
    ),
    (
        "at: 1s, link: rest, toxic: latency",
        "attributes.latency: missing; it must be a whole number",
    ),
    (
        "at: 1s, link: rest, toxic: latency, attributes: 8",
        "attributes: found `8`; allowed: a mapping",
    ),
    ("at: 1s, link: rest, fault: down, stream: upstream", "stream: only a toxic has it"),
    ("at: 1s, link: rest, fault: down, toxicity: 0.5", "toxicity: only a toxic has it"),
    ("at: 1s, link: rest, toxic: timeout, toxicity: 7.5", "toxicity: found `7.5` (too large)"),
    ("at: 1s, link: rest, toxic: timeout, stream: up", "stream: found `up`; allowed: `downstream`"),
    (
        "at: 1s, exchange: data_silence, link: rest",
        "link: `data_silence` happens inside the exchange",
    ),
    ("at: 1s, link: rest, fault: down, nth: 3", "nth: `down` takes no selector"),
    (
        "at: 1s, exchange: heartbeat_silence, once: true",
        "once: `heartbeat_silence` takes no selector",
    ),
    ("at: 1s, exchange: data_silence, once: true, nth: 2", "nth: beside `once`"),
    ("at: 1s, exchange: data_silence, nth: 0", "nth: found `0` (too small)"),
    (
        "link: rest, fault: reset",
        "step: no moment is given; allowed: exactly one of `at` and `when`",
    ),
    (
        "at: 1s, when: {exchange.ticks: 3}, link: rest, fault: reset",
        "step: found both `at` and `when`",
    ),
    ("at: -1s, link: rest, fault: reset", "f.yaml:4:10: at: found `-1s` (negative)"),
    ("at: 1, link: rest, fault: reset", "f.yaml:4:10: at: found `1` (without a unit)"),
    ("at: 1s, hold: true, link: rest, fault: reset", "hold: only with `when`"),
    (
        "at: 1s, hold: yes, link: rest, fault: reset",
        "hold: found `yes`; allowed: `true` or `false`",
    ),
    ("when: {exchange.tick: 3}, link: rest, fault: reset", "when: unknown counter `exchange.tick`"),
    ("when: {exchange.tick: 3}, link: rest, fault: reset", "did you mean `exchange.ticks`?"),
    (
        "when: {exchange.ticks: 0}, link: rest, fault: reset",
        "when.exchange.ticks: found `0` (too small)",
    ),
    ("when: {exchange.ticks: 3s}, link: rest, fault: reset", "when.exchange.ticks: found `3s`"),
    ("when: {}, link: rest, fault: reset", "when: found 0 counters; allowed: one counter"),
    (
        "when: exchange.ticks, link: rest, fault: reset",
        "when: found `exchange.ticks`; allowed: a mapping",
    ),
    (
        "when: {exchange.ticks: 3}, repeat: {count: 2, every: 1s}, link: rest, fault: reset",
        "repeat: only with `at`",
    ),
    ("at: 1s, for: 2s, link: rest, fault: reset", "for: `reset` is over at once; leave it out"),
    ("at: 1s, for: 0s, link: rest, fault: down", "for: found `0s` (too small)"),
    ("at: 1s, repeat: {count: 2}, link: rest, fault: reset", "repeat.every: missing"),
    ("at: 1s, repeat: 2, link: rest, fault: reset", "repeat: found `2`; allowed: a mapping"),
    (
        "at: 1s, repeat: {count: 9999, every: 1s}, link: rest, fault: reset",
        "repeat.count: found `9999` (too large)",
    ),
    (
        "at: 1s, repeat: {count: 2, every: 5s}, link: rest, fault: down",
        "a repeated `down` needs `for`",
    ),
    (
        "at: 1s, for: 5s, repeat: {count: 2, every: 5s}, link: rest, fault: down",
        "for: found 5s; allowed: less than `every` (5s)",
    ),
    (
        "at: 1s, link: rest, fault: blackhole, attributes: {end: never}",
        "attributes.end: found `never`",
    ),
]


@pytest.mark.parametrize(("step", "told"), BAD)
def test_a_bad_step_is_told_at_its_place(step: str, told: str) -> None:
    """Each slip in a step gets its place, the key, and what is allowed."""
    assert told in "\n".join(problems_of(text_of(step)))


def test_one_bad_step_does_not_hide_another() -> None:
    """Every step is read, whatever the one before it was."""
    problems = problems_of(text_of("at: 1", "link: rest", "at: 1s, link: rest, fault: resett"))
    assert {problem.split(":")[1] for problem in problems} == {"4", "5", "6"}


@pytest.mark.parametrize(
    "step",
    [
        "at: 0s, link: rest, fault: reset",
        "at: 1s, link: rest, fault: down",
        "at: 1s, repeat: {count: 1, every: 1s}, link: rest, fault: down",
        "at: 1s, for: 5s, repeat: {count: 2, every: 6s}, link: rest, fault: down",
        "when: {exchange.requests: 3}, for: 5s, exchange: data_silence, once: true",
        "at: 1s, link: rest, toxic: timeout, attributes: {timeout: 0}, toxicity: 0",
    ],
)
def test_good_steps_are_taken(step: str) -> None:
    """What makes sense is not refused."""
    assert profile_of(step).steps
