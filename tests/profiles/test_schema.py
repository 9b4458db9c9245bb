from typing import Any

import jsonschema
import pytest

from downtick.profiles.problems import Problems
from downtick.profiles.schema import profile_schema
from downtick.profiles.yaml_reader import Node, read
from tests.profiles.small_words import WORDS, problems_of, text_of

SCHEMA = profile_schema(WORDS)
VALIDATOR = jsonschema.Draft7Validator(SCHEMA)

RESET = "at: 1s, link: rest, fault: reset"


def plain(node: Node) -> Any:
    """Return a tree as plain Python values."""
    if isinstance(node.value, dict):
        return {key: plain(entry.node) for key, entry in node.value.items()}
    if isinstance(node.value, list):
        return [plain(item) for item in node.value]
    return node.value


def is_valid(text: str) -> bool:
    """Return whether an editor would take a text."""
    node = read(text, Problems("f"))
    assert node is not None
    return VALIDATOR.is_valid(plain(node))


def test_the_schema_is_one() -> None:
    """What is printed is a JSON Schema of draft 7."""
    jsonschema.Draft7Validator.check_schema(SCHEMA)


GOOD = [
    RESET,
    "when: {exchange.ticks: 3}, hold: true, link: rest, fault: reset",
    "at: 1s, for: 5s, repeat: {count: 2, every: 9s}, link: rest, fault: down",
    "at: 1s, link: rest, toxic: latency, attributes: {latency: 800}, stream: upstream, toxicity: 0.5",
    'at: 1s, exchange: http_error, nth: 3, attributes: {status: 503, routes: ["GET /"], after: 1s}',
    "at: 1s, exchange: data_silence, attributes: {channels: [ticker]}",
]
BAD = [
    "at: 1, link: rest, fault: reset",
    "at: -1s, link: rest, fault: reset",
    "link: rest, fault: reset",
    "at: 1s, when: {exchange.ticks: 3}, link: rest, fault: reset",
    "at: 1s, hold: true, link: rest, fault: reset",
    "when: {exchange.tick: 3}, link: rest, fault: reset",
    "when: {exchange.ticks: 0}, link: rest, fault: reset",
    "at: 1s, link: nowhere, fault: reset",
    "at: 1s, fault: reset",
    "at: 1s, link: rest",
    "at: 1s, link: rest, fault: resett",
    "at: 1s, link: rest, fault: down, toxic: latency, attributes: {latency: 8}",
    "at: 1s, link: rest, toxic: latency",
    "at: 1s, link: rest, toxic: latency, attributes: {latencyy: 8}",
    "at: 1s, link: rest, toxic: latency, attributes: {latency: 8s}",
    "at: 1s, link: rest, toxic: latency, attributes: {latency: 0}",
    "at: 1s, for: 1s, link: rest, fault: reset",
    "at: 1s, link: rest, exchange: data_silence",
    "at: 1s, exchange: data_silence, attributes: {channels: [tick]}",
    "at: 1s, link: rest, fault: blackhole, attributes: {end: never}",
    "at: 1s, link: rest, fault: reset, color: red",
]


@pytest.mark.parametrize("step", GOOD)
def test_good_steps_are_good_in_an_editor_too(step: str) -> None:
    """What the loader takes, the schema takes."""
    assert problems_of(text_of(step)) == ()
    assert is_valid(text_of(step))


@pytest.mark.parametrize("step", BAD)
def test_bad_steps_are_seen_in_an_editor_already(step: str) -> None:
    """What the schema refuses, the loader refuses: an editor never marks a good profile."""
    assert not is_valid(text_of(step))
    assert problems_of(text_of(step))


@pytest.mark.parametrize(
    ("text", "valid"),
    [
        (text_of(RESET, run="warm_up: 5s, for: 2m, settle: 0s"), True),
        (text_of(RESET, run="for: 10"), False),
        (text_of(RESET, run="length: 10s"), False),
        (text_of(RESET, extra="seed: 5"), True),
        (text_of(RESET, extra="seed: -5"), False),
        (text_of(RESET, extra="titel: x"), False),
        (text_of(RESET, expect="reconnects: {within: 5s}, resubscribes"), True),
        (text_of(RESET, expect="reconnects"), False),
        (text_of(RESET, expect="reconnect: {within: 5s}"), False),
        (text_of(RESET, expect="reconnects: {within: 5}"), False),
        ("name: A B\ntitle: x\nsteps: []\n", False),
        ("name: a\ntitle: x\n", False),
    ],
)
def test_the_rest_of_a_profile_is_checked(text: str, valid: bool) -> None:
    """Run, seed and expectations are in the schema, and agree with the loader."""
    assert is_valid(text) is valid
    assert (problems_of(text) == ()) is valid


def test_every_attribute_says_what_it_is() -> None:
    """An editor shows units and ranges while one types."""
    rate = next(
        rule["then"]["properties"]["attributes"]["properties"]["rate"]
        for rule in SCHEMA["definitions"]["step"]["allOf"]
        if rule.get("if", {}).get("properties", {}).get("toxic", {}).get("const") == "bandwidth"
    )
    assert rate == {"description": "pace (KB/s)", "type": "integer", "minimum": 0}
