"""What is traded: products and their increments."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Final, Literal

from downtick.errors import InputError

_SPOT_ID: Final = re.compile(r"([A-Z0-9]{1,12})-([A-Z0-9]{1,12})")
_PERPETUAL_ID: Final = re.compile(r"([A-Z0-9]{1,12})-PERP-INTX")
_FUTURE_ID: Final = re.compile(r"([A-Z0-9]{1,12})-(\d{2})([A-Z]{3})(\d{2})-CDE")

ProductType = Literal["SPOT", "FUTURE"]
ExpiryType = Literal["UNKNOWN_CONTRACT_EXPIRY_TYPE", "EXPIRING", "PERPETUAL"]

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
    "BTC-PERP-INTX": ("63325.00", "0.1", "0.0001"),
    "BIT-26DEC26-CDE": ("64180.00", "5", "1"),
    "DOGE-USD": ("0.12345", "0.00001", "0.1"),
    "ETH-BTC": ("0.04215", "0.00001", "0.00000001"),
    "ETH-PERP-INTX": ("2669.20", "0.01", "0.0001"),
    "ETH-USD": ("2668.35", "0.01", "0.00000001"),
    "LTC-USD": ("84.37", "0.01", "0.00000001"),
    "SOL-USD": ("172.40", "0.01", "0.00000001"),
    "XRP-USD": ("0.5873", "0.0001", "0.000001"),
}
_ANY_OPENING: Final = ("100.00", "0.01", "0.00000001")

# Contracts of Coinbase Derivatives: what they are of, and how much of it one is. Of any other, one is one.
_CONTRACTS: Final = {
    "BIT": ("BTC", "0.01"),
    "BIP": ("BTC", "0.01"),
    "ET": ("ETH", "0.1"),
    "ETP": ("ETH", "0.1"),
}
_MONTHS: Final = [
    "JAN",
    "FEB",
    "MAR",
    "APR",
    "MAY",
    "JUN",
    "JUL",
    "AUG",
    "SEP",
    "OCT",
    "NOV",
    "DEC",
]


@dataclass(frozen=True)
class Product:
    """One product, with the figures that Coinbase gives in its ``status`` channel and ``GET /products``.

    Attributes:
        product_id: ``BASE-QUOTE``, ``BASE-PERP-INTX`` or ``CODE-26DEC26-CDE``.
        base_currency: what is traded.
        quote_currency: what it is paid in; of a future, what it is settled in.
        base_increment: the smallest step of a size.
        quote_increment: the smallest step of a price.
        status: ``online``, ``offline`` or ``delisted``.
        min_market_funds: the smallest market order, in the quote currency.
        max_market_funds: the largest one.
        base_max_size: the largest size.
        product_type: whether it is owned or a position is held in it.
        contract_expiry_type: how a future ends.
        contract_expiry: when an expiring one does, such as ``2026-12-26``; empty for others.
        contract_size: how much of the base currency a size of one is.
        margin_rate: share of a position's value that is needed to open it.
    """

    product_id: str
    base_currency: str
    quote_currency: str
    base_increment: Decimal
    quote_increment: Decimal
    status: str = "online"
    min_market_funds: Decimal = Decimal(1)
    max_market_funds: Decimal = Decimal(150_000_000)
    base_max_size: Decimal = Decimal(3400)
    product_type: ProductType = "SPOT"
    contract_expiry_type: ExpiryType = "UNKNOWN_CONTRACT_EXPIRY_TYPE"
    contract_expiry: str = ""
    contract_size: Decimal = Decimal(1)
    margin_rate: Decimal = Decimal(1)

    @property
    def base_min_size(self) -> Decimal:
        """The smallest size."""
        return self.base_increment

    @property
    def max_leverage(self) -> Decimal:
        """How many times its margin a position may be worth."""
        return 1 / self.margin_rate

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
        InputError: the name is of none of the forms that `Product` tells.
    """
    increments = base_increment, quote_increment
    if found := _PERPETUAL_ID.fullmatch(product_id):
        return Product(
            product_id,
            found[1],
            "USDC",
            *increments,
            product_type="FUTURE",
            contract_expiry_type="PERPETUAL",
            margin_rate=Decimal("0.1"),
        )
    if (found := _FUTURE_ID.fullmatch(product_id)) and (expiry := _date(*found.groups()[1:])):
        base, contract_size = _CONTRACTS.get(found[1], (found[1], "1"))
        return Product(
            product_id,
            base,
            "USD",
            *increments,
            product_type="FUTURE",
            contract_expiry_type="EXPIRING",
            contract_expiry=expiry,
            contract_size=Decimal(contract_size),
            margin_rate=Decimal("0.25"),
        )
    if not (found := _SPOT_ID.fullmatch(product_id)):
        raise InputError(
            f"product {product_id!r}: expected BASE-QUOTE in capitals, such as BTC-USD, "
            "BASE-PERP-INTX or CODE-26DEC26-CDE"
        )
    return Product(product_id, found[1], found[2], *increments)


def _date(day: str, month: str, year: str) -> str | None:
    """Return ``26``, ``DEC``, ``26`` as ``2026-12-26``; None if there is no such day."""
    try:
        return date(2000 + int(year), _MONTHS.index(month) + 1, int(day)).isoformat()
    except ValueError:
        return None


def made_product(product_id: str) -> tuple[Product, Decimal]:
    """Return a product of a made market, and the price at which it opens.

    Raises:
        InputError: the name is of none of the forms that `Product` tells.
    """
    price, quote_increment, base_increment = _OPENINGS.get(product_id, _ANY_OPENING)
    made = product(product_id, Decimal(base_increment), Decimal(quote_increment))
    # What the largest market order could buy at the opening, where that is more than of bitcoin.
    largest = made.max_market_funds // (Decimal(price) * made.contract_size)
    return replace(made, base_max_size=max(made.base_max_size, largest)), Decimal(price)
