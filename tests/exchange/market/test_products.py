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


@pytest.mark.parametrize("name", ["", "BTC", "btc-usd", "BTC-USD-PERP", "BTC/USD", "BTC-USD\n"])
def test_other_names_are_refused(name: str) -> None:
    """A name of another form is refused with what is expected."""
    with pytest.raises(InputError, match="expected BASE-QUOTE"):
        made_product(name)
