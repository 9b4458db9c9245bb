"""Fee tiers, and how money is rounded.

An order pays by the tier at which it was placed (Coinbase help, "Coinbase Advanced fees"). The names and the first
rates are those that Get Transaction Summary gives.
"""

from __future__ import annotations

from bisect import bisect_right
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from typing import Final

import msgspec

from downtick.exchange.ledger.model import ZERO
from downtick.exchange.market import Product

_SMALLEST: Final = Decimal("1E-14")  # of money: what any two increments of Coinbase's make, at most


class FeeTier(msgspec.Struct, frozen=True):
    """One line of the price list.

    Attributes:
        name: as Coinbase calls it.
        from_volume: the least traded in 30 days, in US dollars.
        maker: share of the value.
        taker: share of the value.
    """

    name: str
    from_volume: Decimal
    maker: Decimal
    taker: Decimal


def _tier(name: str, from_volume: str, maker: str, taker: str) -> FeeTier:
    return FeeTier(name, Decimal(from_volume), Decimal(maker), Decimal(taker))


FEE_TIERS: Final = (
    _tier("Intro 1", "0", "0.006", "0.012"),
    _tier("Intro 2", "10000", "0.0035", "0.0075"),
    _tier("Advanced 1", "25000", "0.002", "0.004"),
    _tier("Advanced 2", "75000", "0.00125", "0.0025"),
    _tier("Advanced 3", "250000", "0.001", "0.002"),
    _tier("VIP 1", "500000", "0.0008", "0.0016"),
    _tier("VIP 2", "1000000", "0.0006", "0.00125"),
    _tier("VIP 3", "5000000", "0.0004", "0.001"),
    _tier("VIP 4", "20000000", "0.0002", "0.0008"),
    _tier("VIP 5", "100000000", "0", "0.0005"),
)
"""Cheaper from line to line."""

_FROM: Final = [tier.from_volume for tier in FEE_TIERS]
_FUTURES: Final = FEE_TIERS[-1].maker, Decimal("0.0003")  # maker, taker; the same in every tier


def fee_tier(volume_30d: Decimal) -> FeeTier:
    """Return the tier of who traded for so many US dollars."""
    return FEE_TIERS[bisect_right(_FROM, volume_30d) - 1]


def fee_rates(product: Product, tier: FeeTier) -> tuple[Decimal, Decimal]:
    """Return which share of a match's value is its fee: of a maker, of a taker."""
    return (tier.maker, tier.taker) if product.product_type == "SPOT" else _FUTURES


def paid(amount: Decimal) -> Decimal:
    """Round money that changes hands: down."""
    return amount.quantize(_SMALLEST, ROUND_FLOOR)


def needed(amount: Decimal) -> Decimal:
    """Round money that is held: up, so that it always covers what is paid of it."""
    return amount.quantize(_SMALLEST, ROUND_CEILING)


def value_of(product: Product, price: Decimal, size: Decimal) -> Decimal:
    """Return what so much of a product is worth at a price, in its quote currency, rounded as paid."""
    return paid(price * size * product.contract_size)


def commission_on(value: Decimal, rate: Decimal) -> Decimal:
    """Return the fee on a value, rounded as paid."""
    return paid(value * rate) if rate else ZERO
