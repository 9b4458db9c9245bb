"""Figures are plain digits."""

from __future__ import annotations

import re
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from downtick.exchange.figures import text


@pytest.mark.parametrize(
    ("figure", "written"),
    [
        ("0.00000043", "0.00000043"),
        ("4.3E-7", "0.00000043"),
        ("126296.00", "126296"),
        ("1E+2", "100"),
        ("100", "100"),
        ("0.000", "0"),
        ("0E-8", "0"),
        ("-0.2275290", "-0.227529"),
    ],
)
def test_figures_are_plain_and_trimmed(figure: str, written: str) -> None:
    """No exponent, no trailing zero, and whole numbers keep theirs."""
    assert text(Decimal(figure)) == written


@given(st.decimals(min_value=0, max_value=10**15, places=12))
@settings(deadline=None)
def test_figures_keep_their_value(figure: Decimal) -> None:
    """What is written is the same number, in digits only."""
    assert Decimal(text(figure)) == figure
    assert re.fullmatch(r"\d+(\.\d*[1-9])?", text(figure))
