"""A simple strategy: it buys below the price's own average and sells above it, within a range. No I/O, no clock."""

from __future__ import annotations

import math
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from typing import Protocol

from bot_v2.features.brokerages.broker import Side
from bot_v2.features.live_trade.risk import Holding


@dataclass(frozen=True)
class Situation:
    """What a strategy decides by.

    Attributes:
        symbol: of the product.
        price: its mark price.
        now: seconds on a clock that never goes back.
        holding: what is held, and what is open.
    """

    symbol: str
    price: Decimal
    now: float
    holding: Holding


@dataclass(frozen=True)
class Wish:
    """An order that a strategy would like to have."""

    side: Side
    quantity: Decimal
    limit_price: Decimal | None = None


class Strategy(Protocol):
    """Decides what to trade."""

    def decide(self, situation: Situation) -> Wish | None:
        """Return the order that it would like to have now, or None."""


@dataclass(frozen=True, kw_only=True)
class ReversionSettings:
    """How one product is traded.

    Attributes:
        quantity: of one order, in the base currency.
        lowest: the position below which nothing is sold.
        highest: the position above which nothing is bought.
        half_life: seconds in which a price loses half of its weight in the average.
        band: share of the average by which the price must differ from it.
        slippage: share by which an order's limit is worse than the price.
        price_increment: of a limit.
    """

    quantity: Decimal
    lowest: Decimal
    highest: Decimal
    half_life: float = 20.0
    band: float = 0.0
    slippage: float = 0.005
    price_increment: Decimal = Decimal("0.01")

    def __post_init__(self) -> None:
        """Refuse what cannot work.

        Raises:
            ValueError: a figure is out of range.
        """
        if not (self.quantity > 0 and self.price_increment > 0 and self.half_life > 0):
            raise ValueError("quantity, price_increment and half_life must be above 0")
        if not (self.highest - self.lowest >= self.quantity):
            raise ValueError("highest must be at least one quantity above lowest")
        if not (0 <= self.band < 1 and 0 <= self.slippage < 1):
            raise ValueError("band and slippage are shares from 0 to below 1")


class Reversion:
    """Trades one product towards its own average."""

    def __init__(self, settings: ReversionSettings) -> None:
        self._settings = settings
        self._average: Decimal | None = None
        self._at = 0.0

    def decide(self, situation: Situation) -> Wish | None:
        """Return an order, if the price is off its average and the range has room for it.

        The room is what is left in the worst case: nothing more is asked for while enough is open.
        """
        average = self._learn(situation.price, situation.now)
        settings, holding = self._settings, situation.holding
        band = average * Decimal(str(settings.band))
        if (
            situation.price < average - band
            and holding.most + settings.quantity <= settings.highest
        ):
            return Wish("buy", settings.quantity, self._limit("buy", situation.price))
        if (
            situation.price > average + band
            and holding.least - settings.quantity >= settings.lowest
        ):
            return Wish("sell", settings.quantity, self._limit("sell", situation.price))
        return None

    def _learn(self, price: Decimal, now: float) -> Decimal:
        """Return the average up to this price."""
        if self._average is None:
            self._average = price
        else:
            kept = Decimal(math.exp2((self._at - now) / self._settings.half_life))
            self._average = price + (self._average - price) * kept
        self._at = now
        return self._average

    def _limit(self, side: Side, price: Decimal) -> Decimal:
        slippage, step = Decimal(str(self._settings.slippage)), self._settings.price_increment
        worse, rounding = (
            (price * (1 + slippage), ROUND_FLOOR)
            if side == "buy"
            else (price * (1 - slippage), ROUND_CEILING)
        )
        return (worse / step).to_integral_value(rounding) * step
