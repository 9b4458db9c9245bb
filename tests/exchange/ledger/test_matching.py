"""What a taker gets of a book."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from downtick.exchange.ledger.matching import Liquidity, Match, by_funds, by_size
from downtick.exchange.market import Book, Level, Quote

D = Decimal
LOT = D("0.01")
levels = st.lists(
    st.tuples(st.integers(1, 500), st.integers(1, 1000)), unique_by=lambda q: q[0], max_size=6
).map(lambda drawn: [Match(D(price) / 2, size * LOT) for price, size in sorted(drawn)])


def _book() -> Book:
    return Book(
        "BTC-USD",
        [Quote(D(99), D(1)), Quote(D(98), D(2))],
        [Quote(D(101), D(1)), Quote(D(102), D(2))],
    )


def _seen(levels: Iterable[Match]) -> list[Any]:
    return list(levels)


def test_a_buy_takes_offers_from_the_cheapest_on() -> None:
    """Up to its limit price, that included."""
    assert _seen(Liquidity().against("BUY", _book(), None)) == [(101, 1), (102, 2)]
    assert _seen(Liquidity().against("BUY", _book(), D("101.99"))) == [(101, 1)]
    assert _seen(Liquidity().against("BUY", _book(), D(102))) == [(101, 1), (102, 2)]
    assert _seen(Liquidity().against("BUY", _book(), D(100))) == []


def test_a_sell_takes_bids_from_the_dearest_on() -> None:
    """Down to its limit price."""
    assert _seen(Liquidity().against("SELL", _book(), None)) == [(99, 1), (98, 2)]
    assert _seen(Liquidity().against("SELL", _book(), D("98.01"))) == [(99, 1)]


def test_what_was_taken_is_gone() -> None:
    """Of that level, side and product alone."""
    liquidity = Liquidity()
    liquidity.take("BUY", "BTC-USD", Match(D(101), D("0.4")))
    liquidity.take("BUY", "BTC-USD", Match(D(101), D("0.4")))
    liquidity.take("BUY", "ETH-USD", Match(D(102), D(1)))
    liquidity.take("SELL", "BTC-USD", Match(D(102), D(1)))
    assert _seen(liquidity.against("BUY", _book(), None)) == [(101, D("0.2")), (102, 2)]
    liquidity.take("BUY", "BTC-USD", Match(D(101), D("0.2")))
    assert _seen(liquidity.against("BUY", _book(), None)) == [(102, 2)]


def test_a_level_that_the_market_changes_is_whole_again() -> None:
    """Also if its quantity is what it was; others stay taken."""
    liquidity = Liquidity()
    liquidity.take("BUY", "BTC-USD", Match(D(101), D(1)))
    liquidity.take("BUY", "BTC-USD", Match(D(102), D(1)))
    liquidity.changed("BTC-USD", [Level("offer", D(101), D(1)), Level("bid", D(102), D(1))])
    assert _seen(liquidity.against("BUY", _book(), None)) == [(101, 1), (102, 1)]


@given(levels=levels, size=st.integers(1, 4000))
def test_a_size_is_matched_as_far_as_there_is(levels: list[Match], size: int) -> None:
    """Level by level, never more than asked and never more than there."""
    matches = by_size(levels, size * LOT)
    total = sum((match.size for match in matches), D(0))
    assert total == min(size * LOT, sum((level.size for level in levels), D(0)))
    assert [m.price for m in matches] == [level.price for level in levels[: len(matches)]]
    assert all(m.size == level.size for m, level in zip(matches[:-1], levels, strict=False))


@given(
    levels=levels,
    funds=st.decimals(min_value=1, max_value=5000, places=2),
    rate=st.sampled_from((D(0), D("0.006"), D("0.012"))),
)
def test_funds_are_spent_fees_included(levels: list[Match], funds: Decimal, rate: Decimal) -> None:
    """In whole lots; what is left does not buy one more, unless the book is empty."""
    matches, spent = by_funds(levels, funds, rate, LOT)
    cost = sum((m.price * m.size for m in matches), D(0)) * (1 + rate)
    assert cost <= funds
    assert all(m.size > 0 and m.size % LOT == 0 for m in matches)
    if not spent:
        assert matches == levels
        return
    taken = {m.price: m.size for m in matches}
    nxt = next((lv for lv in levels if taken.get(lv.price, D(0)) < lv.size), levels[-1])
    assert funds - cost < nxt.price * (1 + rate) * LOT


@pytest.mark.parametrize(("funds", "left"), [("102", True), ("102.01", False)])
def test_money_for_a_whole_level_and_no_more_is_spent(funds: str, left: bool) -> None:
    """Where the money left buys no lot more at the price, the order is done; a cent more asks for the next level."""
    matches, spent = by_funds([Match(D(101), D(1))], D(funds), D(0), LOT)
    assert [list(match) for match in matches] == [[101, 1]]
    assert spent == left
