"""What is traded: products and their increments."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from downtick.errors import InputError

_PRODUCT_ID: Final = re.compile(r"[A-Z0-9]{1,12}-[A-Z0-9]{1,12}")

_NAMES: Final = {
    "ADA": "Cardano",
    "BTC": "Bitcoin",
    "DOGE": "Dogecoin",
    "ETH": "Ethereum",
    "EUR": "Euro",
    "GBP": "British Pound",
    "LTC": "Litecoin",
    "SOL": "Solana",
    "USD": "US Dollar",
    "USDC": "USDC",
    "XRP": "XRP",
}

# Where a made market opens: price, quote increment, base increment. Any other product opens at 100.00.
_OPENINGS: Final = {
    "ADA-USD": ("0.4512", "0.0001", "0.00000001"),
    "BTC-EUR": ("58210.40", "0.01", "0.00000001"),
    "BTC-USD": ("63310.25", "0.01", "0.00000001"),
    "DOGE-USD": ("0.12345", "0.00001", "0.1"),
    "ETH-BTC": ("0.04215", "0.00001", "0.00000001"),
    "ETH-USD": ("2668.35", "0.01", "0.00000001"),
    "LTC-USD": ("84.37", "0.01", "0.00000001"),
    "SOL-USD": ("172.40", "0.01", "0.00000001"),
    "XRP-USD": ("0.5873", "0.0001", "0.000001"),
}
_ANY_OPENING: Final = ("100.00", "0.01", "0.00000001")


@dataclass(frozen=True)
class Product:
    """One product, with the figures that Coinbase gives in its ``status`` channel and ``GET /products``.

    Attributes:
        product_id: ``BASE-QUOTE``.
        base_currency: what is traded.
        quote_currency: what it is paid in.
        base_increment: the smallest step of a size.
        quote_increment: the smallest step of a price.
        status: ``online``, ``offline`` or ``delisted``.
        min_market_funds: the smallest market order, in the quote currency.
    """

    product_id: str
    base_currency: str
    quote_currency: str
    base_increment: Decimal
    quote_increment: Decimal
    status: str = "online"
    min_market_funds: Decimal = Decimal(1)

    @property
    def display_name(self) -> str:
        """``BASE/QUOTE``, as the ``status`` channel shows it."""
        return f"{self.base_currency}/{self.quote_currency}"

    @property
    def base_name(self) -> str:
        """The base currency's name for people, or its code."""
        return _NAMES.get(self.base_currency, self.base_currency)

    @property
    def quote_name(self) -> str:
        """The quote currency's name for people, or its code."""
        return _NAMES.get(self.quote_currency, self.quote_currency)


def product(product_id: str, base_increment: Decimal, quote_increment: Decimal) -> Product:
    """Return a product by its name and increments.

    Raises:
        InputError: the name is not of the form ``BASE-QUOTE``.
    """
    if not _PRODUCT_ID.fullmatch(product_id):
        raise InputError(
            f"product {product_id!r}: expected BASE-QUOTE in capitals, such as BTC-USD"
        )
    base, _, quote = product_id.partition("-")
    return Product(product_id, base, quote, base_increment, quote_increment)


def made_product(product_id: str) -> tuple[Product, Decimal]:
    """Return a product of a made market, and the price at which it opens.

    Raises:
        InputError: the name is not of the form ``BASE-QUOTE``.
    """
    price, quote_increment, base_increment = _OPENINGS.get(product_id, _ANY_OPENING)
    return product(product_id, Decimal(base_increment), Decimal(quote_increment)), Decimal(price)
