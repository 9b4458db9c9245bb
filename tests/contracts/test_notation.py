from __future__ import annotations

from pathlib import Path

import pytest

from chaos_tests.brokerages.contracts.notation import Contract, differences

_TEXT = """
definitions:
  money: {value: number, currency: text}
answers:
  GET /x: {amounts: [money], side: BUY|SELL, at~: time, note: text~}
  GET /y: {a: nothing}
"""
GOOD = {"amounts": [{"value": "1.5", "currency": "USD"}], "side": "BUY", "note": None}


@pytest.fixture
def contract(tmp_path: Path) -> Contract:
    """Return a small contract."""
    path = tmp_path / "contract.yaml"
    path.write_text(_TEXT)
    return Contract(path)


def test_an_answer_as_written_is_no_violation(contract: Contract) -> None:
    """What may be missing is missing, what may be null is null."""
    assert contract.violations("GET /x", GOOD) == []
    assert contract.violations("GET /x", {**GOOD, "at": "2026-08-12T19:27:48Z", "note": ""}) == []


@pytest.mark.parametrize(
    ("change", "where"),
    [
        ({"side": "buy"}, "$.side"),
        ({"amounts": [{"value": 1.5, "currency": "USD"}]}, "$.amounts[0].value"),
        ({"amounts": [{"value": "1e5", "currency": "USD"}]}, "$.amounts[0].value"),
        ({"amounts": [{"value": "1"}]}, "$.amounts[0]"),
        ({"at": None}, "$.at"),
        ({"at": "yesterday"}, "$.at"),
        ({"new": 1}, "$"),
    ],
)
def test_what_is_otherwise_is_told_with_its_place(
    contract: Contract, change: dict[str, object], where: str
) -> None:
    """Another kind, another word, a member too few or too many."""
    (violation,) = contract.violations("GET /x", {**GOOD, **change})
    assert violation.startswith(f"{where}:")


def test_a_word_that_is_no_kind_is_refused(contract: Contract) -> None:
    """A slip of the pen in the contract must not let every answer pass."""
    with pytest.raises(ValueError, match="nothing"):
        contract.schema("GET /y")


def test_differences_are_of_shape_not_of_figures() -> None:
    """Members that only one has, and values of another kind; in lists the first of each."""
    ours = {"a": "1", "b": [{"c": "x"}, {"d": 1}], "t": "2026-08-12T19:27:48Z", "n": None, "e": []}
    assert list(differences(ours, {**ours, "a": "25"})) == []
    found = {*differences(ours, {"a": 1, "b": [{}], "t": "now", "n": {}, "e": ["x"], "z": 0})}
    assert found == {
        "$.a: number here, integer there",
        "$.b[0].c: only the stub has it",
        "$.t: time here, text there",
        "$.n: null here, map there",
        "$.z: the stub has none",
    }
