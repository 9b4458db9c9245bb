"""What of an order is filled, by two accounts of it: the broker's reports, and its fills. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from bot_v2.features.brokerages.broker import Fill, OrderReport, Side

_NOTHING = Decimal(0)


@dataclass(frozen=True)
class Booked:
    """How much is filled, in the base currency, and what it cost, in the quote currency."""

    filled: Decimal = _NOTHING
    cost: Decimal = _NOTHING

    @classmethod
    def of_report(cls, report: OrderReport) -> Booked:
        """Return what a report tells; at its limit price, if it does not tell the average."""
        price = report.average_price or report.limit_price or _NOTHING
        return cls(report.filled, report.filled * price)

    @classmethod
    def of_fills(cls, fills: Iterable[Fill]) -> Booked:
        """Return what fills of one order add up to."""
        each = [(fill.quantity, fill.quantity * fill.price) for fill in fills]
        return cls(sum((q for q, _ in each), _NOTHING), sum((c for _, c in each), _NOTHING))

    @property
    def average(self) -> Decimal | None:
        """The average price, or None of nothing."""
        return self.cost / self.filled if self.filled else None

    def grown(self, *others: Booked) -> Booked:
        """Return the account that tells the most.

        Either account may be behind the other, and both are of the same matches: they are never added up.
        """
        return max((self, *others), key=lambda each: each.filled)


@dataclass(frozen=True)
class Move:
    """By what a booking moves the position, and what is spent by it; below zero: what comes in."""

    quantity: Decimal
    spent: Decimal


def move(side: Side, before: Booked, after: Booked) -> Move:
    """Return by what a new account of an order moves the position."""
    sign = 1 if side == "buy" else -1
    return Move(sign * (after.filled - before.filled), sign * (after.cost - before.cost))
