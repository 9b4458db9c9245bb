"""What happens in a market, in exact decimals and nominal seconds since the market's start."""

from __future__ import annotations

from decimal import Decimal
from typing import Literal, NamedTuple

import msgspec

BookSide = Literal["bid", "offer"]
"""A side of the book, in the words of Coinbase's ``level2`` channel."""

MakerSide = Literal["BUY", "SELL"]
"""The side of the order that rested in the book, as ``market_trades`` gives it."""


class Quote(NamedTuple):
    """One price of one side of a book, and the quantity that rests there."""

    price: Decimal
    quantity: Decimal


class Level(NamedTuple):
    """The new state of one price of a book. A quantity of zero removes the price."""

    side: BookSide
    price: Decimal
    new_quantity: Decimal


class Trade(msgspec.Struct, frozen=True, gc=False):
    """One match.

    Attributes:
        at: nominal seconds since the market's start; negative for trades before it.
        product_id: such as ``BTC-USD``.
        trade_id: one more than that of the product's trade before.
        price: of the resting order.
        size: in the base currency.
        side: of the maker.
    """

    at: float
    product_id: str
    trade_id: int
    price: Decimal
    size: Decimal
    side: MakerSide


class BookChange(msgspec.Struct, frozen=True, gc=False):
    """Prices of one book that changed in the same instant.

    Attributes:
        at: nominal seconds since the market's start.
        product_id: such as ``BTC-USD``.
        changes: the new state of each price, never a difference.
    """

    at: float
    product_id: str
    changes: tuple[Level, ...]


MarketEvent = Trade | BookChange
