from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot_v2.features.brokerages.coinbase.figures import (
    Malformed,
    decimal,
    figure,
    instant,
    mapping,
    not_negative,
    plain,
    rfc3339,
    sequence,
    text,
)


@given(st.decimals(min_value=-(10**12), max_value=10**12, places=18))
def test_a_figure_comes_back_as_it_was_written(written: Decimal) -> None:
    """Every digit of it; no float lies between."""
    assert figure(plain(written), "x") == written


@pytest.mark.parametrize(
    ("given", "wanted"),
    [
        ("63310.25", "63310.25"),
        ("0.00000000", "0"),
        ("-1.5", "-1.5"),
        (".5", "0.5"),
        ("1e-8", "0.00000001"),
        (12, "12"),
        (Decimal("0.1"), "0.1"),
    ],
)
def test_figures_of_all_forms_are_read(given: Any, wanted: str) -> None:
    """Texts, and numbers of JSON that never were floats."""
    assert figure(given, "x") == Decimal(wanted)


@pytest.mark.parametrize(
    "given",
    [
        "",
        " ",
        "NaN",
        "Infinity",
        "1,5",
        "0x1",
        "1e999",
        "٣",
        None,
        True,
        1.5,
        [],
        "1" * 41,
        10**50,
    ],
)
def test_what_is_no_figure_is_refused(given: Any) -> None:
    """Floats too: they have lost digits already."""
    with pytest.raises(Malformed, match="x is"):
        figure(given, "x")


@pytest.mark.parametrize("junk", [None, 1.5, "", "x", [], {}, True])
def test_members_of_the_wrong_form_are_refused(junk: Any) -> None:
    """With the name of the member."""
    holder = {"key": junk}
    for read in (text, decimal, not_negative, instant):
        if read is text and junk == "x":
            continue
        with pytest.raises(Malformed, match="key is"):
            read(holder, "key")
    with pytest.raises(Malformed):
        (mapping if junk != {} else sequence)(junk, "it")


def test_less_than_nothing_is_refused_where_it_cannot_be() -> None:
    """A balance below zero is no balance."""
    with pytest.raises(Malformed, match="-1"):
        not_negative({"hold": "-1"}, "hold")


@pytest.mark.parametrize(
    ("written", "wanted"),
    [
        ("2026-09-30T02:37:15Z", 1790735835.0),
        ("2026-09-30T02:37:15.057778606Z", 1790735835.057778606),
        ("2026-09-30T04:37:15.5+02:00", 1790735835.5),
        ("1970-01-01T00:00:00Z", 0.0),
    ],
)
def test_instants_are_read_to_the_fraction(written: str, wanted: float) -> None:
    """Nanoseconds and other zones included."""
    assert instant({"at": written}, "at") == pytest.approx(wanted, abs=1e-6)


@pytest.mark.parametrize(
    "junk", ["2026-09-30", "2026-13-30T02:37:15Z", "yesterday", "2026-09-30T02:37:15"]
)
def test_what_is_no_instant_is_refused(junk: str) -> None:
    """Without a zone nobody knows when it was."""
    with pytest.raises(Malformed):
        instant({"at": junk}, "at")


def test_an_instant_is_written_as_it_is_read() -> None:
    """To the microsecond."""
    at = 1790735835.057778
    assert instant({"at": rfc3339(at)}, "at") == pytest.approx(at, abs=1e-6)
