from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from downtick.errors import ToxicError
from downtick.links.toxics import toxic
from downtick.links.vocabulary import LINK_FAULTS, TOXICS

GOOD: dict[str, dict[str, Any]] = {
    "latency": {"latency": 100},
    "bandwidth": {"rate": 0},
    "slow_close": {"delay": 1},
    "timeout": {"timeout": 0},
    "reset_peer": {},
    "slicer": {"average_size": 1},
    "limit_data": {"bytes": 0},
}


def test_every_toxic_of_toxiproxy_is_known() -> None:
    """There are seven, and each can be made."""
    assert set(TOXICS) == set(GOOD)
    for type_, attributes in GOOD.items():
        made = toxic(type_, attributes)
        assert set(made.attributes) == {a.name for a in TOXICS[type_].attributes}


@pytest.mark.parametrize(
    ("type_", "attributes"),
    [
        ("slicer", {}),
        ("slicer", {"average_size": 10, "size_variation": 50}),
        ("slicer", {"average_size": 10, "size_variation": 10}),
        ("slicer", {"average_size": 0}),
        ("bandwidth", {"rate": -1}),
    ],
)
def test_attributes_that_kill_the_server(type_: str, attributes: dict[str, Any]) -> None:
    """What would crash Toxiproxy is refused before it hears of it."""
    with pytest.raises(ToxicError, match=type_):
        toxic(type_, attributes)


@pytest.mark.parametrize(
    ("type_", "attributes", "message"),
    [
        ("latencyy", {}, "no toxic is called 'latencyy'; did you mean 'latency'"),
        ("latency", {"latencyy": 1}, "no attribute 'latencyy'; did you mean 'latency'"),
        ("latency", {}, "latency needs the attribute 'latency'"),
        ("latency", {"latency": -1}, "allowed: 1 to 3,600,000 of ms"),
        ("latency", {"latency": 1.5}, "allowed: a whole number of ms"),
        ("latency", {"latency": True}, "allowed: a whole number of ms"),
        ("latency", {"latency": "1s"}, "allowed: a whole number of ms"),
        ("reset_peer", {"timeout": 20_001}, "allowed: 0 to 20,000 of ms"),
        ("bandwidth", {"rate": 10**9}, "allowed: 0 to 10,000,000 of KB/s"),
    ],
)
def test_attributes_that_are_refused(type_: str, attributes: dict[str, Any], message: str) -> None:
    """A message says what was found, what is allowed, and a near miss."""
    with pytest.raises(ToxicError, match=message):
        toxic(type_, attributes)


@pytest.mark.parametrize("toxicity", [-0.1, 1.1, 7.5, float("nan"), True, "1", None])
def test_toxicity_outside_of_its_range(toxicity: Any) -> None:
    """Toxicity is a number from 0 to 1; Toxiproxy would take any."""
    with pytest.raises(ToxicError, match="is not a number from 0 to 1"):
        toxic("latency", {"latency": 1}, toxicity=toxicity)


def test_stream_that_is_none() -> None:
    """A direction is downstream or upstream, and a near miss is named."""
    with pytest.raises(ToxicError, match="did you mean 'downstream'"):
        toxic("latency", {"latency": 1}, stream="downsteam")


@given(st.sampled_from(sorted(TOXICS)), st.dictionaries(st.text(), st.integers() | st.text()))
def test_any_attributes_are_a_toxic_or_one_error(type_: str, attributes: dict[str, Any]) -> None:
    """Whatever is given, there is a checked toxic or a ToxicError."""
    try:
        made = toxic(type_, attributes)
    except ToxicError:
        return
    assert all(isinstance(value, int) for value in made.attributes.values())


@given(st.integers(), st.integers())
def test_slicers_that_are_taken_cannot_crash(average: int, variation: int) -> None:
    """A slicer is taken only if its variation is less than its size and its size is positive."""
    try:
        made = toxic("slicer", {"average_size": average, "size_variation": variation})
    except ToxicError:
        return
    assert 0 <= made.attributes["size_variation"] < made.attributes["average_size"]


def test_faults_that_are_over_in_an_instant() -> None:
    """Reset and close take no duration; every other link fault and toxic does."""
    assert {name for name, spec in LINK_FAULTS.items() if not spec.lasting} == {"reset", "close"}
    assert all(spec.lasting for spec in TOXICS.values())
