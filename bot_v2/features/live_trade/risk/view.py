"""What an order is judged by: positions, orders that may still be filled, prices, and the day so far."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from bot_v2.features.brokerages.broker import Side
from bot_v2.state.intent import Intent


@dataclass(frozen=True)
class SeenPrice:
    """A price, and how old it is in real seconds."""

    value: Decimal
    age: float


@dataclass(frozen=True)
class Holding:
    """One product: what is held, and what may still be filled of orders open, under way and unknown.

    The worst case is that one side is filled whole and the other not at all.
    """

    position: Decimal = Decimal(0)
    buys: Decimal = Decimal(0)
    sells: Decimal = Decimal(0)

    @classmethod
    def of(cls, symbol: str, position: Decimal, intents: Iterable[Intent]) -> Holding:
        """Return what is held of a product, given the intents of all."""
        sums: dict[Side, Decimal] = {"buy": Decimal(0), "sell": Decimal(0)}
        for intent in intents:
            if intent.symbol == symbol:
                sums[intent.side] += intent.remaining
        return cls(position, sums["buy"], sums["sell"])

    @property
    def most(self) -> Decimal:
        """The position if all that is being bought is filled and nothing that is being sold."""
        return self.position + self.buys

    @property
    def least(self) -> Decimal:
        """The position if all that is being sold is filled and nothing that is being bought."""
        return self.position - self.sells

    @property
    def worst(self) -> Decimal:
        """The largest size that the position can have, either way."""
        return max(abs(self.most), abs(self.least))

    def with_order(self, side: Side, quantity: Decimal) -> Holding:
        """Return the same with one more order."""
        if side == "buy":
            return Holding(self.position, self.buys + quantity, self.sells)
        return Holding(self.position, self.buys, self.sells + quantity)


@dataclass(frozen=True)
class RiskView:
    """Everything by which an order is judged, at one instant.

    Attributes:
        holdings: by symbol, of every product that is held or has orders.
        prices: by symbol; one that is not known, or stale by its own source, is missing.
        daily_pnl: what was won since midnight UTC, below zero if it was lost; in the quote currency.
        unknown: orders of which it is not known whether they stand at the broker.
    """

    holdings: Mapping[str, Holding]
    prices: Mapping[str, SeenPrice]
    daily_pnl: Decimal = Decimal(0)
    unknown: tuple[Intent, ...] = ()

    def holding(self, symbol: str) -> Holding:
        """Return what is held of a product."""
        return self.holdings.get(symbol, Holding())
