from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot_v2.features.market_data.price import Figures, Nonsense

prices = st.decimals("0.01", "100000", places=2)


def figures(last: str, bid: str | None, ask: str | None) -> Figures:
    return Figures(
        Decimal(last),
        None if bid is None else Decimal(bid),
        None if ask is None else Decimal(ask),
    )


@pytest.mark.parametrize(
    ("last", "bid", "ask", "mark"),
    [
        ("100", "99", "101", "100"),
        ("90", "99", "102", "100.5"),
        ("90", "99", None, "90"),
        ("110", None, "101", "110"),
        ("110", None, None, "110"),
        ("100", "100", "100", "100"),
    ],
)
def test_the_mark_is_the_middle_of_the_quotes(
    last: str, bid: str | None, ask: str | None, mark: str
) -> None:
    """Without both of them, it is the last trade's price."""
    assert figures(last, bid, ask).mark == Decimal(mark)


@given(last=prices, one=prices, other=prices)
def test_the_mark_lies_between_the_quotes(last: Decimal, one: Decimal, other: Decimal) -> None:
    """Whatever the last trade was, nobody bids more than the mark, and nobody asks less."""
    bid, ask = sorted((one, other))
    assert bid <= Figures(last, bid, ask).mark <= ask


@pytest.mark.parametrize("figure", ["0", "-1", "NaN", "Infinity", "sNaN"])
@pytest.mark.parametrize("place", ["last", "bid", "ask"])
def test_figures_that_no_market_has_are_refused(place: str, figure: str) -> None:
    """Prices are numbers above zero, wherever they stand."""
    told = {"last": "100", "bid": "99", "ask": "101"} | {place: figure}
    with pytest.raises(Nonsense, match=place):
        figures(**told)


def test_a_crossed_book_is_refused() -> None:
    """Nobody bids more than somebody asks."""
    with pytest.raises(Nonsense, match="crossed"):
        figures("100", "101", "99")
