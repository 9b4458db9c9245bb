"""The risk gates, one by one and in their order."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot_v2.features.brokerages.broker import Side
from bot_v2.features.live_trade.risk import (
    Holding,
    Refusal,
    RiskGateValidator,
    RiskLimits,
    RiskView,
    SeenPrice,
)
from bot_v2.state.intent import Intent
from tests.bot_v2.features.live_trade.risk.orders import BTC, ETH, LIMITS, holding, order, view


def check(request: object, seen: RiskView, limits: RiskLimits = LIMITS) -> str | None:
    """Return the name of the first refusal."""
    refusal = RiskGateValidator(limits).check(request, seen)  # type: ignore[arg-type]
    return refusal.reason if refusal else None


def test_a_sound_order_passes() -> None:
    """Nothing is refused for its own sake."""
    assert check(order(), view()) is None


def test_an_order_beyond_the_position_limit_is_refused_with_figures() -> None:
    """The message tells what was held, asked for and allowed, and what would have passed."""
    refusal = RiskGateValidator(LIMITS).check(order(), view(holding("0.8")))
    assert refusal == Refusal(
        "position_limit",
        "to buy 0.5 BTC-USD could bring the position to 1.3, beyond the limit of 1: position 0.8, orders to buy 0 "
        "and to sell 0 that are open or unknown, this order 0.5; at most 0.2 would pass",
    )


@pytest.mark.parametrize(
    ("held", "side", "quantity", "reason"),
    [
        (holding("0.5"), "buy", "0.5", None),
        (holding("0.5"), "buy", "0.50000001", "position_limit"),
        (holding("0.5", buys="0.3"), "buy", "0.3", "position_limit"),
        (holding("0.5", sells="0.3"), "buy", "0.6", "position_limit"),
        (holding("-0.5"), "sell", "0.6", "position_limit"),
        (holding("-0.5", buys="0.3"), "sell", "0.6", "position_limit"),
        (holding("-0.5", sells="0.3"), "sell", "0.2", None),
        (holding("-0.5", sells="0.3"), "sell", "0.3", "position_limit"),
        (holding("3"), "sell", "0.6", None),
        (holding("3"), "buy", "0.1", "position_limit"),
        (holding("-3"), "buy", "0.6", None),
    ],
)
def test_each_side_counts_its_own_worst_case(
    held: Holding, side: Side, quantity: str, reason: str | None
) -> None:
    """Open sells make no room for buys: they may never be filled. What makes a position smaller passes."""
    limits = replace(LIMITS, max_exposure=Decimal(10**9))
    assert check(order(side, quantity), view(held), limits) == reason


def test_a_product_without_a_limit_is_not_traded() -> None:
    """A limit that was forgotten is no licence."""
    assert check(order(symbol="DOGE-USD"), view()) == "position_limit"


@pytest.mark.parametrize("quantity", ["0", "-1", "NaN", "Infinity"])
def test_a_quantity_that_is_none_is_refused(quantity: str) -> None:
    """Before anything is counted with it."""
    assert check(order(quantity=quantity), view()) == "invalid_order"


def test_a_single_order_has_its_own_limit() -> None:
    """Even where the position would allow more."""
    assert check(order(quantity="0.61"), view()) == "order_size_limit"
    assert check(order(quantity="5", symbol=ETH), view(prices={ETH: price("3000")})) is None


def price(value: str, age: float = 0.1) -> SeenPrice:
    """Return a price."""
    return SeenPrice(Decimal(value), age)


def test_the_exposure_counts_all_products_at_their_worst() -> None:
    """What is open in another product leaves less room in this one."""
    seen = view(
        holdings={BTC: holding("0.5"), ETH: holding("2", sells="8")},
        prices={BTC: price("50000"), ETH: price("3000")},
    )
    assert check(order(quantity="0.3"), seen) is None  # 0.8 at 50,000 and 6 at 3,000
    assert check(order(quantity="0.4"), seen) == "exposure_limit"


def test_the_exposure_takes_the_limit_price_where_it_is_higher() -> None:
    """That is what may be paid."""
    assert check(order(quantity="0.6"), view(holding("0.4"))) is None
    asked = order(quantity="0.6", limit_price="70000")
    assert check(asked, view(holding("0.4"))) == "exposure_limit"


def test_without_the_price_of_something_held_nothing_is_added() -> None:
    """Its value is not known; a sale is still possible."""
    seen = view(holdings={ETH: holding("1"), BTC: holding("0.5")})
    assert check(order(quantity="0.1"), seen) == "price_age"
    assert check(order("sell", "0.1"), seen) is None


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"prices": {BTC: price("50000", 5.0)}}, None),
        ({"prices": {BTC: price("50000", 5.01)}}, "price_age"),
        ({"prices": {}}, "price_age"),
        ({"prices": {BTC: price("NaN")}}, "price_age"),
        ({"prices": {BTC: price("0")}}, "price_age"),
    ],
)
@pytest.mark.parametrize("side", ["buy", "sell"])
def test_no_order_on_a_price_that_is_old_or_none(
    side: Side, changes: dict[str, object], reason: str | None
) -> None:
    """Neither way."""
    seen = view(holding("0.5"), **changes)
    assert check(order(side, "0.1"), seen) == reason


def test_the_age_of_a_price_follows_the_time_scale() -> None:
    """The limit is nominal, the age is real."""
    gates = RiskGateValidator(LIMITS, time_scale=0.1)
    assert gates.check(order(), view(prices={BTC: price("50000", 0.49)})) is None
    refusal = gates.check(order(), view(prices={BTC: price("50000", 0.51)}))
    assert refusal is not None
    assert refusal.reason == "price_age"


def test_a_day_that_cost_too_much_allows_only_what_makes_positions_smaller() -> None:
    """The way out stays open."""
    lost = view(holding("0.5"), daily_pnl=Decimal(-500))
    assert check(order(quantity="0.1"), lost) == "daily_loss"
    assert check(order("sell", "0.1"), lost) is None
    assert check(order(quantity="0.1"), view(daily_pnl=Decimal("-499.99"))) is None


def test_the_like_of_an_unknown_order_waits_until_that_is_settled() -> None:
    """It could be the same order twice."""
    unknown = Intent("lost", BTC, "buy", Decimal("0.1"), None, 0.0, "unknown")
    seen = view(holding(buys="0.1"), unknown=(unknown,))
    assert check(order(quantity="0.1"), seen) == "unsettled_order"
    assert check(order("sell", "0.1"), seen) is None
    both = replace(seen, prices={BTC: price("50000"), ETH: price("3000")})
    assert check(order(quantity="0.1", symbol=ETH), both) is None


def test_the_first_refusal_wins() -> None:
    """An order that is wrong in every way is refused by its size."""
    seen = view(holding("1"), prices={}, daily_pnl=Decimal(-1000))
    assert check(order(quantity="2"), seen) == "order_size_limit"
    assert check(order(quantity="0.5"), seen) == "position_limit"


@pytest.mark.parametrize("name", ["max_exposure", "max_daily_loss", "max_price_age"])
@pytest.mark.parametrize("value", ["0", "-1", "NaN", "Infinity"])
def test_limits_that_limit_nothing_are_refused(name: str, value: str) -> None:
    """By their name."""
    with pytest.raises(ValueError, match=name):
        replace(LIMITS, **{name: Decimal(value)})  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="max_position BTC-USD"):
        replace(LIMITS, max_position={BTC: Decimal(value)})


amounts = st.decimals(-3, 3, places=4)
sizes = st.decimals("0.0001", "2", places=4)


@given(
    position=amounts, buys=sizes, sells=sizes, quantity=sizes, side=st.sampled_from(["buy", "sell"])
)
def test_whatever_is_filled_of_what_passed_no_limit_is_exceeded(
    position: Decimal, buys: Decimal, sells: Decimal, quantity: Decimal, side: Side
) -> None:
    """Or the order has brought the position no further beyond it."""
    limits = RiskLimits(
        max_position={BTC: Decimal(1)}, max_exposure=Decimal(10**9), max_daily_loss=Decimal(1)
    )
    before = Holding(position, buys, sells)
    if check(order(side, str(quantity)), view(before), limits) is None:
        if side == "buy":
            assert position + buys + quantity <= 1
        else:
            assert position - sells - quantity >= -1
