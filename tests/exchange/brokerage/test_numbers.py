"""Only plain numbers and real instants are taken from clients."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from downtick.exchange.brokerage.numbers import instant, number


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1", "1"),
        ("0.00100", "0.00100"),
        ("-3.5", "-3.5"),
        (".5", "0.5"),
        ("5.", "5"),
        ("007", "7"),
    ],
)
def test_a_number_is_exactly_what_was_written(text: str, value: str) -> None:
    """Digits are kept, trailing zeros too."""
    found = number(text)
    assert found is not None
    assert found.as_tuple() == Decimal(value).as_tuple()


@pytest.mark.parametrize(
    "text",
    [
        *[
            "NaN",
            "Infinity",
            "-inf",
            "sNaN",
            "1e5",
            "1E-999999999",
            "+1",
            "1_000",
            "1,5",
            ".",
            "-",
            "0x10",
            "1.2.3",
            "²",
            "١٢",
        ],
        *("", " 1", "1\n", "1" * 16, "0." + "1" * 19, "9" * 10_240),
    ],
)
def test_what_is_no_number(text: str) -> None:
    """No exponents, no signs but a minus, no digits of other alphabets, none too many."""
    assert number(text) is None


@given(st.text(max_size=30))
def test_any_text_is_a_finite_number_or_none(text: str) -> None:
    """Whatever it says, a number that comes of it can be calculated with."""
    found = number(text)
    assert found is None or found.is_finite()


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("1970-01-01T00:00:00Z", 0),
        ("2026-09-30T02:37:15Z", 1_790_735_835_000_000_000),
        ("2026-09-30T02:37:15.057778606Z", 1_790_735_835_057_778_606),
        ("2026-09-30t02:37:15.5z", 1_790_735_835_500_000_000),
        ("2026-09-30T04:37:15+02:00", 1_790_735_835_000_000_000),
        ("2026-09-29T21:07:15.1-05:30", 1_790_735_835_100_000_000),
        ("2024-02-29T00:00:00Z", 1_709_164_800_000_000_000),
    ],
)
def test_an_instant(text: str, at: int) -> None:
    """RFC 3339, to the nanosecond, in any time zone."""
    assert instant(text) == at


@pytest.mark.parametrize(
    "text",
    [
        "now",
        "2026-09-30",
        "2026-09-30T02:37:15",
        "2026-13-01T00:00:00Z",
        "2026-02-30T00:00:00Z",
        "2026-09-30T24:00:00Z",
        "2026-09-30T02:60:00Z",
        "2026-09-30T02:37:61Z",
        "1969-12-31T23:59:59Z",
        "9999-12-31T23:59:59Z",
        "2026-09-30T02:37:15.Z",
        "2026-09-30T02:37:15+24:00",
        "1790735835",
        "٢٠٢٦-09-30T02:37:15Z",
        "2026-09-30T02:37:15.0577786061Z",
    ],
)
def test_what_is_no_instant(text: str) -> None:
    """Dates that no calendar has, and what is written in another way."""
    assert instant(text) is None


@given(st.integers(86_400, 250_000_000_000).map(lambda at: datetime.fromtimestamp(at, UTC)))
def test_python_agrees(moment: datetime) -> None:
    """The same second as Python's own calendar has."""
    at = instant(moment.isoformat())
    assert at is not None
    assert datetime.fromtimestamp(at // 10**9, UTC) == moment


def test_before_1970_across_a_time_zone() -> None:
    """An instant that a time zone pushes before 1970 is 1970's first."""
    assert instant("1970-01-01T00:00:00.25+01:00") == 250_000_000
