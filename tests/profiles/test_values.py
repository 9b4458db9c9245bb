import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from downtick.errors import InputError
from downtick.profiles.problems import Mark, Problems
from downtick.profiles.values import describe, duration_text, read_value, read_values, seconds
from downtick.profiles.vocabulary import Attribute
from downtick.profiles.yaml_reader import Node, Scalar

HERE = Mark(1, 1)


def value(attribute: Attribute, found: Scalar | list[Node]) -> tuple[object, tuple[str, ...]]:
    """Read one value; return it, and the problems."""
    problems = Problems("f")
    return read_value(Node(found, HERE), attribute, "key", problems), problems.lines()


@pytest.mark.parametrize(
    ("text", "expected"),
    [("10s", 10), ("800ms", 0.8), ("2m", 120), ("1.5s", 1.5), ("0s", 0), ("0.5m", 30)],
)
def test_times_are_seconds(text: str, expected: float) -> None:
    """A time is read with its unit and kept in seconds."""
    assert value(Attribute("x", "duration"), text) == (pytest.approx(expected), ())
    assert seconds(text) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("found", "why"),
    [
        (10, "found `10` (without a unit)"),
        (1.5, "found `1.5` (without a unit)"),
        (-1, "found `-1` (negative)"),
        ("-5s", "found `-5s` (negative)"),
        ("10", "found `10`"),
        ("1m30s", "found `1m30s`"),
        ("10 s", "found `10 s`"),
        ("1h", "found `1h`"),
        (True, "found `true`"),
        (None, "found nothing"),
        ("9" * 30 + "s", "found `999"),
    ],
)
def test_what_is_no_time_is_told(found: Scalar, why: str) -> None:
    """Every other form gets the forms that are allowed."""
    result, (problem,) = value(Attribute("x", "duration"), found)
    assert result is None
    assert problem.startswith(f"f:1:1: key: {why}")
    assert "such as `10s`, `800ms` or `2m`" in problem


def test_a_time_from_the_command_line_is_refused_with_a_sentence() -> None:
    """`seconds` raises what the command line prints."""
    with pytest.raises(InputError, match="`5` is not a time with its unit"):
        seconds("5")


@pytest.mark.parametrize(
    ("attribute", "found", "told"),
    [
        (Attribute("x", "integer"), "a", "found `a`; allowed: a whole number"),
        (Attribute("x", "integer"), 1.5, "found `1.5`; allowed: a whole number"),
        (Attribute("x", "integer"), True, "found `true`; allowed: a whole number"),
        (Attribute("x", "number"), "a", "found `a`; allowed: a number"),
        (Attribute("x", "number"), False, "found `false`; allowed: a number"),
        (Attribute("x", "boolean"), "yes", "found `yes`; allowed: `true` or `false`"),
        (Attribute("x", "boolean"), 1, "found `1`; allowed: `true` or `false`"),
        (Attribute("x", "text"), 5, "found `5` (put it in quotes); allowed: text"),
        (Attribute("x", "text"), None, "found nothing; allowed: text"),
        (Attribute("x", "list"), "a", "found `a`; allowed: a list of texts"),
        (Attribute("x", "list"), [Node(1, HERE)], "found a list (with something in it that"),
        (Attribute("x", "text", choices=("json", "html")), "htm", "did you mean `html`?"),
        (
            Attribute("x", "list", choices=("ticker",)),
            [Node("tick", HERE)],
            "found a list (`tick` is none of them); allowed: a list of `ticker`",
        ),
        (
            Attribute("x", "integer", unit="ms", minimum=0, maximum=5),
            6,
            "found `6` (too large); allowed: a whole number in ms from 0 to 5",
        ),
        (
            Attribute("x", "integer", minimum=1),
            0,
            "(too small); allowed: a whole number, at least 1",
        ),
        (Attribute("x", "number", maximum=1), 2, "(too large); allowed: a number, at most 1"),
        (Attribute("x", "duration", minimum=0.001), "0s", "at least 1ms"),
    ],
)
def test_a_wrong_value_is_told_with_what_is_allowed(
    attribute: Attribute, found: Scalar | list[Node], told: str
) -> None:
    """Type, range and choices are each said in words."""
    result, (problem,) = value(attribute, found)
    assert result is None
    assert told in problem


@pytest.mark.parametrize(
    ("attribute", "found", "expected"),
    [
        (Attribute("x", "integer"), 3, 3),
        (Attribute("x", "number"), 3, 3.0),
        (Attribute("x", "boolean"), False, False),
        (Attribute("x", "text"), "", ""),
        (Attribute("x", "list"), [Node("a", HERE), Node("b", HERE)], ("a", "b")),
    ],
)
def test_good_values_are_kept(attribute: Attribute, found: Scalar, expected: object) -> None:
    """Each kind of value comes out as its type."""
    assert value(attribute, found) == (expected, ())


def test_defaults_fill_what_is_not_given() -> None:
    """Every attribute has a value afterwards."""
    problems = Problems("f")
    attributes = (Attribute("a", "integer", default=7), Attribute("b", "text"))
    assert read_values(Node({}, HERE), attributes, "", problems) == {"a": 7, "b": None}
    assert not problems


def test_a_missing_value_is_told_with_what_it_must_be() -> None:
    """A required key that is not there is told at its mapping."""
    problems = Problems("f")
    read_values(Node({}, Mark(4, 2)), (Attribute("a", "integer", required=True),), "run.", problems)
    assert problems.lines() == ("f:4:2: run.a: missing; it must be a whole number",)


@given(st.floats(min_value=0, max_value=86_400).map(lambda s: round(s, 3)))
def test_a_time_survives_being_written(length: float) -> None:
    """What `duration_text` writes is read as the same time, to the six figures that it shows."""
    assert math.isclose(seconds(duration_text(length)), length, rel_tol=1e-4, abs_tol=1e-9)


def test_a_large_bound_is_written_with_its_figures() -> None:
    """A bound of millions is not told in powers of ten."""
    assert describe(Attribute("x", "integer", maximum=3_600_000)).endswith("at most 3,600,000")
