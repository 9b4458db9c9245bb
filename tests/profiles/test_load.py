import string

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from downtick.profiles.load import load
from downtick.profiles.model import Expectation, Repeat, Run, Trigger
from tests.profiles.small_words import WORDS, problems_of, profile_of, text_of

RESET = "at: 1s, link: market_ws, fault: reset"

WHOLE = """\
name: whole
title: Everything that a profile may hold
description: >-
  Two lines
  of text.
seed: 7
run: {warm_up: 20s, for: 2m, settle: 500ms}
steps:
  - when: {exchange.ticks: 3}
    hold: true
    link: market_ws
    fault: reset
  - at: 1s
    for: 10s
    repeat: {count: 3, every: 20s}
    link: rest
    toxic: latency
    stream: upstream
    toxicity: 0.5
    attributes: {latency: 800}
  - at: 1s
    for: 5s
    exchange: http_error
    nth: 3
    times: 2
    method: POST
    attributes: {status: 503, routes: ["POST /orders"], after: 100ms, share: 0.25}
expect:
  - reconnects: {within: 5s}
  - resubscribes
"""


def test_a_whole_profile_is_read() -> None:
    """Every key of the format reaches the model, with defaults filled in."""
    profile = load(WHOLE, "f.yaml", WORDS)
    assert (profile.name, profile.seed) == ("whole", 7)
    assert profile.description == "Two lines of text."
    assert profile.run == Run(warm_up=20, for_=120, settle=0.5)
    reset, latency, error = profile.steps
    assert reset.when == Trigger(counter="exchange.ticks", count=3)
    assert (reset.at, reset.hold, reset.place, reset.name) == (None, True, "link", "reset")
    assert (latency.at, latency.for_) == (1.0, 10.0)
    assert latency.repeat == Repeat(count=3, every=20)
    assert (latency.stream, latency.toxicity) == ("upstream", 0.5)
    assert latency.attributes == {"latency": 800, "jitter": 0}
    assert error.attributes == {
        "status": 503,
        "routes": ("POST /orders",),
        "after": 0.1,
        "share": 0.25,
    }
    assert error.selectors == {"nth": 3, "times": 2, "method": "POST"}
    assert [step.line for step in profile.steps] == [9, 13, 21]
    assert profile.expect == (
        Expectation(name="reconnects", parameters={"within": 5.0}, line=29),
        Expectation(name="resubscribes", line=30),
    )


def test_a_small_profile_gets_the_defaults() -> None:
    """Name, title and one step are enough."""
    profile = profile_of(RESET)
    assert profile.run == Run(warm_up=30, for_=None, settle=10)
    assert (profile.seed, profile.description, profile.expect) == (None, "", ())
    assert profile.steps[0].stream == "downstream"


def test_a_profile_is_frozen() -> None:
    """Nobody changes a profile that others hold."""
    profile = profile_of(RESET)
    with pytest.raises(ValueError, match="frozen"):
        profile.name = "other"  # type: ignore[misc]


BAD = [
    ("", "f.yaml:1:1: the file is empty; a profile has at least `name`, `title` and `steps`"),
    ("just words", "f.yaml:1:1: profile: found `just words`; allowed: a mapping"),
    ("- a\n- b\n", "f.yaml:1:1: profile: found a list; allowed: a mapping"),
    ("name: [", "f.yaml:1:8: not YAML"),
    ("name: a\n\ttitle: b\n", "f.yaml:2:1: a tab; YAML is indented and spaced with spaces only"),
    ("\x00", "f.yaml:1:1: not YAML: the character U+0000"),
    (text_of(RESET, extra="titel: x"), "f.yaml:3:1: titel: unknown key; allowed: `name`, `title`"),
    (text_of(RESET, extra="titel: x"), "did you mean `title`?"),
    (text_of(RESET, extra="title: x"), "f.yaml:3:1: title: given twice; the first is in line 2"),
    (text_of(RESET, extra="seed: -1"), "f.yaml:3:7: seed: found `-1` (too small)"),
    (text_of(RESET, extra="seed: x"), "f.yaml:3:7: seed: found `x`; allowed: a whole number"),
    (text_of(RESET, extra="run: 10s"), "f.yaml:3:6: run: found `10s`; allowed: a mapping"),
    (text_of(RESET, run="for: 10"), "f.yaml:3:12: run.for: found `10` (without a unit)"),
    (text_of(RESET, run="for: -5s"), "f.yaml:3:12: run.for: found `-5s` (negative)"),
    (text_of(RESET, run="for: 0s"), "f.yaml:3:12: run.for: found `0s` (too small)"),
    (text_of(RESET, run="warmup: 5s"), "f.yaml:3:7: run.warmup: unknown key"),
    (text_of(RESET, run="warmup: 5s"), "did you mean `warm_up`?"),
    ("name: A B\ntitle: x\nsteps: []\n", "f.yaml:1:7: name: found `A B`; allowed: words of"),
    ("name: a\ntitle: ''\nsteps: []\n", "f.yaml:2:8: title: found ``; allowed: one line of text"),
    ("name: 5\ntitle: x\nsteps: []\n", "f.yaml:1:7: name: found `5` (put it in quotes)"),
    ("name: a\ntitle: x\n", "f.yaml:1:1: steps: missing; it must be a list of faults"),
    ("name: a\ntitle: x\nsteps: []\n", "f.yaml:3:8: steps: found an empty list"),
    ("name: a\ntitle: x\nsteps:\n", "steps: found nothing"),
    ("name: a\ntitle: x\nsteps: {a: b}\n", "f.yaml:3:8: steps: found a mapping"),
    ("name: a\ntitle: x\nsteps: [reset]\n", "f.yaml:3:9: step: found `reset`; allowed: a mapping"),
    (text_of(*[RESET] * 101), "f.yaml:3:1: steps: found 101; allowed: at most 100"),
    (text_of(RESET, expect="reconnect"), "f.yaml:5:10: expect: unknown check `reconnect`"),
    (text_of(RESET, expect="reconnect"), "did you mean `reconnects`?"),
    (text_of(RESET, expect="reconnects"), "expect.reconnects.within: missing; it must be a time"),
    (
        text_of(RESET, expect="reconnects: {within: 5}"),
        "f.yaml:5:31: expect.reconnects.within: found `5` (without a unit)",
    ),
    (
        text_of(RESET, expect="reconnects: {withn: 5s}"),
        "expect.reconnects.withn: unknown key; allowed: `within`; did you mean `within`?",
    ),
    (text_of(RESET, expect="resubscribes, resubscribes"), "expect.resubscribes: given twice"),
    (text_of(RESET, expect="[a]"), "f.yaml:5:10: expect: found a list; allowed: a list of checks"),
    (text_of(RESET, expect="{a: 1, b: 2}"), "expect: found a mapping; allowed: a list of checks"),
    (text_of(RESET, extra="expect: reconnects"), "expect: found `reconnects`; allowed: a list"),
]


@pytest.mark.parametrize(("text", "told"), BAD)
def test_a_bad_profile_is_told_at_its_place(text: str, told: str) -> None:
    """Each slip gets the file, line, column and key, what was found and what is allowed."""
    assert told in "\n".join(problems_of(text))


def test_all_problems_are_told_at_once() -> None:
    """One run over the file finds everything, in its order."""
    problems = problems_of(
        "name: X\ntitel: x\nrun: {for: 10}\nsteps:\n  - link: nowhere\nexpect: [nothing]\n"
    )
    assert [problem.split(": ")[1] for problem in problems] == [
        "title",
        "name",
        "titel",
        "run.for",
        "step",
        "link",
        "expect",
    ]


def test_a_check_without_parameters_may_be_written_as_a_key() -> None:
    """`- resubscribes:` with nothing after it is the check alone."""
    profile = profile_of(RESET, expect="resubscribes: ")
    assert [check.name for check in profile.expect] == ["resubscribes"]


def loads_or_tells(text: str) -> None:
    """Load a text: a profile, or problems that are each one line, and nothing else."""
    for problem in problems_of(text):
        assert problem.startswith("f.yaml:")
        assert problem.isprintable()


@given(st.text(max_size=300))
def test_any_text_loads_or_is_told(text: str) -> None:
    """Random characters never end in anything but a profile or its problems."""
    loads_or_tells(text)


@given(st.text(alphabet="ab:-[]{},&*!|>'\"%@#?~\\ \n\tx0UN.", max_size=120))
def test_any_punctuation_loads_or_is_told(text: str) -> None:
    """Text made of YAML's own marks never ends in anything else."""
    loads_or_tells(text)


KEYS = st.sampled_from(
    [
        "name",
        "title",
        "run",
        "steps",
        "expect",
        "seed",
        "at",
        "for",
        "when",
        "hold",
        "link",
        "toxic",
        "fault",
        "exchange",
        "attributes",
        "stream",
        "toxicity",
        "repeat",
        "count",
        "every",
        "latency",
        "jitter",
        "rate",
        "end",
        "nth",
        "once",
        "within",
        "reconnects",
        "exchange.ticks",
        "warm_up",
        "settle",
        "status",
        "routes",
        "incident",
        "start",
        "compression",
        "phases",
        "sources",
        "evidence",
    ]
)
SCALARS = st.one_of(
    st.sampled_from(
        [
            "10s",
            "-5s",
            "800ms",
            "1m",
            "rest",
            "market_ws",
            "reset",
            "down",
            "freeze",
            "blackhole",
            "latency",
            "bandwidth",
            "close_code",
            "http_error",
            "reconnects",
            "upstream",
            "a-name",
            "2024-05-14T04:15Z",
        ]
    ),
    st.integers(),
    st.floats(),
    st.booleans(),
    st.none(),
    st.text(alphabet=string.printable, max_size=8),
)
TREES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS | st.text(max_size=3), inner),
    max_leaves=12,
)
STEPS = st.dictionaries(KEYS, TREES, max_size=6)


@given(
    TREES
    | st.fixed_dictionaries(
        {"steps": st.lists(STEPS, max_size=3)}, optional={"run": TREES, "incident": TREES}
    )
)
def test_any_tree_loads_or_is_told(tree: object) -> None:
    """Well-formed YAML of known words in wrong places never ends in anything else."""
    loads_or_tells(yaml.safe_dump(tree, allow_unicode=True))


@given(st.data())
def test_any_slip_in_a_good_profile_loads_or_is_told(data: st.DataObject) -> None:
    """A good profile with a piece cut out and another put in never ends in anything else."""
    start = data.draw(st.integers(0, len(WHOLE)))
    end = data.draw(st.integers(start, min(start + 30, len(WHOLE))))
    put = data.draw(
        st.sampled_from(["", "\t", "-", ": ", "{", "null", "99999s", "&a ", "\n", '"\\e[0m": 1, '])
    )
    loads_or_tells(WHOLE[:start] + put + WHOLE[end:])
