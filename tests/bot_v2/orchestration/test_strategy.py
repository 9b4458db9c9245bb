"""What the simple strategy wants."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot_v2.features.live_trade.risk import Holding
from bot_v2.orchestration.strategy import Reversion, ReversionSettings, Situation, Wish
from tests.bot_v2.orchestration.desk_parts import BTC

SETTINGS = ReversionSettings(
    quantity=Decimal("0.1"), lowest=Decimal(0), highest=Decimal("0.5"), half_life=10.0
)


def at(price: str, now: float, position: str = "0.2", **open_orders: str) -> Situation:
    """Return a situation."""
    held = Holding(
        Decimal(position), *(Decimal(open_orders.get(s, "0")) for s in ("buys", "sells"))
    )
    return Situation(BTC, Decimal(price), now, held)


def after(price: str, situation: Situation, **settings: Any) -> Wish | None:
    """Return what it wants in a situation, after the price has been this for long."""
    strategy = Reversion(replace(SETTINGS, **settings))
    assert strategy.decide(at(price, 0.0)) is None
    return strategy.decide(situation)


def test_it_buys_below_the_average_and_sells_above() -> None:
    """With a limit a little worse than the price."""
    assert after("100", at("90", 1.0)) == Wish("buy", Decimal("0.1"), Decimal("90.45"))
    assert after("100", at("110", 1.0)) == Wish("sell", Decimal("0.1"), Decimal("109.45"))


def test_a_price_that_stands_still_is_no_reason() -> None:
    """Nor one within the band."""
    assert after("100", at("100", 1.0)) is None
    assert after("100", at("90", 1.0), band=0.2) is None


def test_the_average_follows_the_price() -> None:
    """After a half-life, half of the way."""
    strategy = Reversion(SETTINGS)
    for price, now in (("100", 0.0), ("120", 10.0)):
        strategy.decide(at(price, now))
    assert strategy.decide(at("109", 10.0)) is not None
    assert strategy._average == 110


@pytest.mark.parametrize(
    ("price", "position", "open_orders"),
    [
        ("90", "0.45", {}),
        ("90", "0.3", {"buys": "0.15"}),
        ("110", "0.05", {}),
        ("110", "0.2", {"sells": "0.15"}),
    ],
)
def test_it_stays_in_its_range_even_if_all_that_is_open_is_filled(
    price: str, position: str, open_orders: dict[str, str]
) -> None:
    """Nothing more is asked for meanwhile."""
    assert after("100", at(price, 1.0, position, **open_orders)) is None


@given(
    prices=st.lists(st.decimals("0.01", "100000", places=2), min_size=2, max_size=20),
    filled=st.lists(st.booleans(), min_size=20, max_size=20),
)
def test_it_never_leaves_its_range(prices: list[Decimal], filled: list[bool]) -> None:
    """Whatever the price does, and whether its orders are filled or not."""
    strategy = Reversion(SETTINGS)
    holding = Holding(Decimal("0.2"))
    for now, price in enumerate(prices):
        wish = strategy.decide(Situation(BTC, price, float(now), holding))
        if wish is None:
            continue
        assert wish.limit_price is not None
        assert wish.limit_price % SETTINGS.price_increment == 0
        if filled[now]:
            sign = 1 if wish.side == "buy" else -1
            holding = replace(holding, position=holding.position + sign * wish.quantity)
        else:
            holding = holding.with_order(wish.side, wish.quantity)
        assert SETTINGS.lowest <= holding.least <= holding.most <= SETTINGS.highest


@pytest.mark.parametrize(
    "wrong",
    [
        {"quantity": Decimal(0)},
        {"half_life": 0.0},
        {"highest": Decimal("0.05")},
        {"band": 1.0},
        {"slippage": -0.1},
    ],
)
def test_settings_that_cannot_work_are_refused(wrong: dict[str, Any]) -> None:
    """With a sentence."""
    with pytest.raises(ValueError, match=r"must be|are shares"):
        replace(SETTINGS, **wrong)
