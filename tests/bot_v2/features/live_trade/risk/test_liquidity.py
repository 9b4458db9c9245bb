"""Whether there is a market to trade in."""

from __future__ import annotations

from decimal import Decimal

import pytest

from bot_v2.features.brokerages.broker import OrderRequest, Quote
from bot_v2.features.live_trade.risk import LiquidityService, LiquiditySettings
from tests.bot_v2.features.live_trade.risk.orders import BTC, order

NOW = 1000.0


def quote(bid: str = "49995", ask: str = "50005", at: float = NOW) -> Quote:
    """Return a quote."""
    return Quote(BTC, Decimal(50_000), Decimal(bid), Decimal(ask), at)


def check(
    request: OrderRequest | None = None,
    seen: Quote | None = None,
    mark: str | None = "50000",
    settings: LiquiditySettings | None = None,
) -> str | None:
    """Return the name of the refusal."""
    price = None if mark is None else Decimal(mark)
    refusal = LiquidityService(settings).check(request or order(), seen or quote(), price, NOW)
    return refusal.reason if refusal else None


def test_a_sound_market_is_let_pass() -> None:
    """With a price from the market data, and without: that is the price gate's affair."""
    assert check() is None
    assert check(mark=None) is None


@pytest.mark.parametrize(
    ("bid", "ask"),
    [
        ("50005", "49995"),
        ("0", "50005"),
        ("-1", "50005"),
        ("49995", "Infinity"),
        ("0", "0"),
        ("NaN", "50005"),
    ],
)
def test_a_quote_that_is_no_market_is_refused(bid: str, ask: str) -> None:
    """Crossed, empty on one side, or absurd."""
    assert check(seen=quote(bid, ask)) == "no_quote"


def test_an_old_quote_is_none() -> None:
    """Its age is nominal."""
    assert check(seen=quote(at=NOW - 14.9)) is None
    assert check(seen=quote(at=NOW - 15.1)) == "no_quote"
    assert check(seen=quote(at=NOW - 2), settings=LiquiditySettings(time_scale=0.1)) == "no_quote"


def test_a_wide_spread_is_refused() -> None:
    """There is nobody to trade with."""
    assert check(seen=quote("49500", "50500")) is None
    assert check(seen=quote("49400", "50600")) == "wide_spread"


def test_two_sources_that_disagree_are_both_doubted() -> None:
    """One of them is wrong, and nobody knows which."""
    assert check(mark="51000") is None
    assert check(mark="51001") == "price_deviation"
    assert check(mark="5000") == "price_deviation"


@pytest.mark.parametrize(
    ("side", "limit", "reason"),
    [
        ("buy", "52505.25", None),
        ("buy", "52505.26", "price_collar"),
        ("buy", "1", None),
        ("sell", "47495.25", None),
        ("sell", "47495.24", "price_collar"),
        ("sell", "99999", None),
    ],
)
def test_a_limit_far_on_the_wrong_side_is_refused(
    side: str, limit: str, reason: str | None
) -> None:
    """A slip of the hand; one that only rests harms nobody."""
    assert check(order(side, "0.1", limit_price=limit)) == reason  # type: ignore[arg-type]
