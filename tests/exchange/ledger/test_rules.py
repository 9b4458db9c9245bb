"""Which ticket is refused, and under which of Coinbase's names."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from downtick.exchange.ledger import Flags
from downtick.exchange.ledger.rules import halted, off_grid, refusal
from tests.exchange.ledger.desk import LIMIT, PERPETUAL, SPOT, ticket

D = Decimal
MARKET: Any = "market_market_ioc"
KILL: Any = "limit_limit_fok"
GTD: Any = "limit_limit_gtd"
STOP: Any = "stop_limit_stop_limit_gtc"
BRACKET: Any = "trigger_bracket_gtc"
UP: Any = "STOP_DIRECTION_STOP_UP"
NOW = 100


def _reason(
    side: Any, size: str | None, limit: str | None, flags: Flags | None = None, **more: Any
) -> str | None:
    product = PERPETUAL if more.get("product_id") == PERPETUAL.product_id else SPOT
    refused = refusal(ticket(side, size, limit, **more), product, flags or Flags(), NOW)
    return refused.reason if refused else None


@pytest.mark.parametrize(
    ("size", "reason"),
    [
        ("0.00000001", None),
        ("0", "INVALID_BASE_SIZE_TOO_SMALL"),
        ("-1", "INVALID_BASE_SIZE_TOO_SMALL"),
        ("0.000000009", "INVALID_BASE_SIZE_TOO_SMALL"),
        ("0.000000011", "INVALID_SIZE_PRECISION"),
        ("3400", None),
        ("3400.00000001", "INVALID_BASE_SIZE_TOO_LARGE"),
        ("1E+40", "INVALID_BASE_SIZE_TOO_LARGE"),
        ("NaN", "INVALID_REQUEST"),
        ("sNaN", "INVALID_REQUEST"),
        ("Infinity", "INVALID_REQUEST"),
    ],
)
def test_sizes(size: str, reason: str | None) -> None:
    """From the smallest to the largest, in whole increments."""
    assert _reason("BUY", size, "100") == reason
    assert _reason("SELL", size, None) == reason


@pytest.mark.parametrize(
    ("price", "reason"),
    [
        ("0.01", None),
        ("0", "INVALID_LIMIT_PRICE"),
        ("-5", "INVALID_LIMIT_PRICE"),
        ("100.001", "INVALID_PRICE_PRECISION"),
        ("1E-60", "INVALID_PRICE_PRECISION"),
        ("150000000", None),
        ("150000000.01", "INVALID_PRICE_TOO_LARGE"),
        ("NaN", "INVALID_REQUEST"),
    ],
)
def test_prices(price: str, reason: str | None) -> None:
    """Above zero, in whole increments, below all measure."""
    assert _reason("SELL", "1", price) == reason


@pytest.mark.parametrize(
    ("funds", "reason"),
    [
        ("1", None),
        ("0.99", "INVALID_QUOTE_SIZE_TOO_SMALL"),
        ("1.001", "INVALID_QUOTE_SIZE_PRECISION"),
        ("150000000", None),
        ("150000000.01", "INVALID_QUOTE_SIZE_TOO_LARGE"),
        ("1E+99", "INVALID_QUOTE_SIZE_TOO_LARGE"),
    ],
)
def test_sizes_in_the_quote_currency(funds: str, reason: str | None) -> None:
    """From the smallest to the largest market order."""
    assert _reason("BUY", None, None, quote_size=D(funds)) == reason


@pytest.mark.parametrize(
    ("wanted", "reason"),
    [
        ({"size": None}, "INVALID_REQUEST"),
        ({"size": "1", "quote_size": D(5)}, "INVALID_REQUEST"),
        ({"size": None, "quote_size": D(5), "side": "SELL"}, "UNSUPPORTED_ORDER_CONFIGURATION"),
        ({"size": None, "limit": "100"}, "UNSUPPORTED_ORDER_CONFIGURATION"),
        ({"size": "1", "limit": "100", "quote_size": D(5)}, "UNSUPPORTED_ORDER_CONFIGURATION"),
        ({"size": "1", "configuration": LIMIT}, "INVALID_LIMIT_PRICE"),
        (
            {"size": "1", "limit": "100", "configuration": KILL, "post_only": True},
            "UNSUPPORTED_ORDER_CONFIGURATION",
        ),
        (
            {"size": None, "quote_size": D(5), "product_id": PERPETUAL.product_id},
            "QUOTE_ORDERS_NOT_ALLOWED_FOR_PRODUCT",
        ),
        ({"size": "1", "reduce_only": True}, "REDUCE_ONLY_NOT_ALLOWED_ON_SPOT_PRODUCTS"),
        ({"size": "1", "leverage": D("0.9")}, "INVALID_LEVERAGE"),
        ({"size": "1", "leverage": D("1.1")}, "INVALID_LEVERAGE"),
        ({"size": "1", "leverage": D(1)}, None),
        ({"size": "1", "leverage": D("10.1"), "product_id": "BTC-PERP-INTX"}, "INVALID_LEVERAGE"),
        ({"size": "1", "leverage": D(10), "product_id": "BTC-PERP-INTX"}, None),
    ],
)
def test_forms(wanted: dict[str, Any], reason: str | None) -> None:
    """What each kind of order must say, and must not."""
    asked: dict[str, Any] = {"side": "BUY", "limit": None} | wanted
    side, size, limit = asked.pop("side"), asked.pop("size"), asked.pop("limit")
    assert _reason(side, size, limit, **asked) == reason


@pytest.mark.parametrize(
    ("end_time", "reason"),
    [
        (NOW + 1, None),
        (NOW, "END_TIME_IS_IN_THE_PAST"),
        (None, "GTD_ORDERS_MUST_HAVE_END_TIME"),
    ],
)
def test_good_till_date_needs_a_date(end_time: int | None, reason: str | None) -> None:
    """One that is still to come."""
    assert _reason("BUY", "1", "100", configuration=GTD, end_time=end_time) == reason


@pytest.mark.parametrize(
    ("side", "limit", "stop", "reason"),
    [
        ("BUY", "105", "105", None),
        ("BUY", "150000000", "150000000", None),
        ("BUY", "104.99", "105", "STOP_PRICE_ABOVE_LIMIT_PRICE"),
        ("SELL", "95", "95", None),
        ("SELL", "95.01", "95", "STOP_PRICE_BELOW_LIMIT_PRICE"),
        ("BUY", "105", None, "INVALID_STOP_PRICE"),
        ("BUY", "105", "0", "INVALID_STOP_PRICE"),
        ("BUY", "105", "1E+30", "INVALID_STOP_PRICE"),
        ("BUY", "105", "104.999", "INVALID_STOP_PRICE_PRECISION"),
    ],
)
def test_stop_prices(side: str, limit: str, stop: str | None, reason: str | None) -> None:
    """A stop-limit order's limit leaves room beyond its stop price."""
    more = {"stop_price": None if stop is None else D(stop), "stop_direction": UP}
    assert _reason(side, "1", limit, configuration=STOP, **more) == reason


def test_a_stop_needs_its_direction() -> None:
    """Nobody guesses from which side the price comes."""
    assert _reason("BUY", "1", "105", configuration=STOP, stop_price=D(104)) == "INVALID_STOP_PRICE"


@pytest.mark.parametrize(
    ("side", "limit", "stop", "reason"),
    [
        ("SELL", "110", "109.99", None),
        ("SELL", "110", "110", "INVALID_BRACKET_PRICES"),
        ("BUY", "90", "90.01", None),
        ("BUY", "90", "90", "INVALID_BRACKET_PRICES"),
    ],
)
def test_a_bracket_has_the_market_inside(
    side: str, limit: str, stop: str, reason: str | None
) -> None:
    """Profit on one side, stop on the other."""
    assert _reason(side, "1", limit, configuration=BRACKET, stop_price=D(stop)) == reason


REFUSED = "NOT_ALLOWED_BY_MARKET_STATE"


@pytest.mark.parametrize(
    ("flags", "limit", "post_only", "market", "kill"),
    [
        (Flags(), None, None, None, None),
        (Flags(view_only=True), *["UNTRADABLE_PRODUCT"] * 4),
        (Flags(is_disabled=True), *["UNTRADABLE_PRODUCT"] * 4),
        (Flags(status="delisted"), *["UNTRADABLE_PRODUCT"] * 4),
        (Flags(trading_disabled=True), *["TRADING_DISABLED"] * 4),
        (Flags(cancel_only=True), *["ORDER_ENTRY_DISABLED"] * 4),
        (Flags(post_only=True), REFUSED, None, REFUSED, REFUSED),
        (Flags(limit_only=True), None, None, REFUSED, None),
        (Flags(auction_mode=True), None, None, REFUSED, REFUSED),
    ],
)
def test_flags(
    flags: Flags, limit: str | None, post_only: str | None, market: str | None, kill: str | None
) -> None:
    """Each state of a product has its own rejection, and lets through what it must."""
    assert _reason("BUY", "1", "90", flags) == limit
    assert _reason("BUY", "1", "90", flags, post_only=True) == post_only
    assert _reason("BUY", "1", None, flags) == market
    assert _reason("BUY", "1", "90", flags, configuration=KILL) == kill


def test_what_halts_a_product() -> None:
    """A limit-only product is matched, an open one too."""
    assert not halted(Flags())
    assert not halted(Flags(limit_only=True))
    assert halted(Flags(cancel_only=True))
    assert halted(Flags(status="offline"))


def test_a_grid() -> None:
    """Trailing zeros are no decimals."""
    assert not off_grid(D("1.500000000"), D("0.1"))
    assert off_grid(D("1.51"), D("0.1"))
    assert off_grid(D("7"), D("5"))
