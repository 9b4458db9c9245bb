"""Products are named BASE-QUOTE and have Coinbase's figures."""

from __future__ import annotations

from decimal import Decimal

import pytest

from downtick.errors import InputError
from downtick.exchange.market.products import made_product


def test_known_product_opens_at_its_own_price() -> None:
    """A product that people know opens near where it once stood, on its own grid."""
    product, price = made_product("BTC-USD")
    assert (product.base_currency, product.quote_currency) == ("BTC", "USD")
    assert (product.base_name, product.quote_name) == ("Bitcoin", "US Dollar")
    assert product.display_name == "BTC/USD"
    assert price % product.quote_increment == 0
    assert price > 10_000


def test_any_other_name_opens_at_a_hundred() -> None:
    """A product that nobody knows is traded as well."""
    product, price = made_product("NEW-EUR")
    assert price == Decimal(100)
    assert product.base_name == "NEW"


@pytest.mark.parametrize(
    "name",
    [
        "",
        "BTC",
        "btc-usd",
        "BTC-USD-PERP",
        "BTC/USD",
        "BTC-USD\n",
        "BTC-PERP-CDE",
        "-PERP-INTX",
        "BIT-26DEZ26-CDE",
        "BIT-6DEC26-CDE",
        "BIT-31FEB26-CDE",
    ],
)
def test_other_names_are_refused(name: str) -> None:
    """A name of another form is refused with what is expected."""
    with pytest.raises(InputError, match="expected BASE-QUOTE"):
        made_product(name)


def test_a_perpetual_is_settled_in_usdc() -> None:
    """Its base is a coin, its margin a tenth, and it has no end."""
    product, price = made_product("BTC-PERP-INTX")
    assert (product.base_currency, product.quote_currency) == ("BTC", "USDC")
    assert (product.product_type, product.contract_expiry_type) == ("FUTURE", "PERPETUAL")
    assert (product.contract_size, product.max_leverage) == (Decimal(1), Decimal(10))
    assert product.contract_expiry == ""
    assert price > 10_000
    assert price % product.quote_increment == 0


def test_a_future_is_a_contract_with_an_end() -> None:
    """Its name tells what it is of and when it expires; it is settled in US dollars."""
    product, price = made_product("BIT-26DEC26-CDE")
    assert (product.base_currency, product.quote_currency) == ("BTC", "USD")
    assert (product.product_type, product.contract_expiry_type) == ("FUTURE", "EXPIRING")
    assert (product.contract_expiry, product.contract_size) == ("2026-12-26", Decimal("0.01"))
    assert product.base_increment == 1
    assert price % product.quote_increment == 0


def test_any_other_future_is_traded_as_well() -> None:
    """A code that nobody knows is a coin of its own, a contract one of it."""
    product, _ = made_product("NEW-01JAN30-CDE")
    assert (product.base_currency, product.contract_size) == ("NEW", Decimal(1))
    assert product.contract_expiry == "2030-01-01"


def test_spot_products_know_no_contract() -> None:
    """They are owned, and paid for in full."""
    product, _ = made_product("BTC-USD")
    assert (product.product_type, product.contract_size) == ("SPOT", Decimal(1))
    assert product.contract_expiry_type == "UNKNOWN_CONTRACT_EXPIRY_TYPE"
    assert product.max_leverage == 1


def test_sizes_are_limited() -> None:
    """From one increment to 3400, or to what the largest market order buys of something cheap."""
    bitcoin, _ = made_product("BTC-USD")
    assert (bitcoin.base_min_size, bitcoin.base_max_size) == (Decimal("0.00000001"), Decimal(3400))
    cheap, _ = made_product("DOGE-USD")
    assert cheap.base_max_size == 150_000_000 // Decimal("0.12345")
