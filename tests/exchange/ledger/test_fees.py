"""Fee tiers and rounding."""

from __future__ import annotations

from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from downtick.exchange.ledger.fees import (
    FEE_TIERS,
    commission_on,
    fee_rates,
    fee_tier,
    needed,
    paid,
    value_of,
)
from tests.exchange.ledger.desk import FUTURE, PERPETUAL, SPOT

D = Decimal
money = st.decimals(min_value=0, max_value=10**9, places=16)


@pytest.mark.parametrize(
    ("volume", "name"),
    [
        ("0", "Intro 1"),
        ("9999.99", "Intro 1"),
        ("10000", "Intro 2"),
        ("999999999999", "VIP 5"),
    ],
)
def test_volume_decides_the_tier(volume: str, name: str) -> None:
    """From its volume on, a tier counts."""
    assert fee_tier(D(volume)).name == name


def test_no_tier_is_dearer_than_the_one_before() -> None:
    """Who trades more pays no higher rate, and a taker pays more than a maker."""
    for lower, higher in pairwise(FEE_TIERS):
        assert lower.from_volume < higher.from_volume
        assert lower.maker >= higher.maker
        assert lower.taker >= higher.taker
    assert all(tier.taker > tier.maker for tier in FEE_TIERS)


def test_futures_have_rates_of_their_own() -> None:
    """The same in every tier; spot follows the tier."""
    assert fee_rates(SPOT, FEE_TIERS[0]) == (D("0.006"), D("0.012"))
    assert fee_rates(PERPETUAL, FEE_TIERS[0]) == fee_rates(FUTURE, FEE_TIERS[5])


@given(first=money, second=money)
def test_what_is_held_covers_what_is_paid_of_it(first: Decimal, second: Decimal) -> None:
    """However a sum is cut: the parts that are paid and the hold for the rest are never more than the hold for all."""
    assert paid(first) + needed(second) <= needed(first + second)
    assert needed(first) - paid(first) <= D("1E-14")


def test_a_value_is_exact_where_the_increments_are() -> None:
    """A satoshi at a cent's price is counted to the last digit; a contract by its size."""
    assert value_of(SPOT, D("63310.25"), D("0.00000001")) == D("0.0006331025")
    assert value_of(FUTURE, D("64180"), D(3)) == D("1925.4")


def test_a_fee_is_rounded_down() -> None:
    """A fraction of the smallest amount is nobody's."""
    assert commission_on(D("0.0006331025"), D("0.00125")) == D("0.00000079137812")
    assert commission_on(D(5), D(0)) == 0
