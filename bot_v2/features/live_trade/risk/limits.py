"""How much the bot may risk."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal


@dataclass(frozen=True, kw_only=True)
class RiskLimits:
    """How much the bot may risk. A product without a position limit is not traded.

    Attributes:
        max_position: by symbol, the largest position either way, in the base currency or in contracts.
        max_order_size: by symbol, the largest single order; a product that is not named has no such limit.
        max_exposure: the largest value of all positions together, in the quote currency.
        max_daily_loss: in the quote currency, between midnight and midnight UTC.
        max_price_age: of a price that is still traded on, in nominal seconds.
    """

    max_position: Mapping[str, Decimal] = field(default_factory=dict)
    max_order_size: Mapping[str, Decimal] = field(default_factory=dict)
    max_exposure: Decimal
    max_daily_loss: Decimal
    max_price_age: float = 5.0

    def __post_init__(self) -> None:
        """Refuse limits that limit nothing.

        Raises:
            ValueError: a limit is not a number above zero.
        """
        figures: dict[str, Decimal | float] = {
            **{f"max_position {symbol}": value for symbol, value in self.max_position.items()},
            **{f"max_order_size {symbol}": value for symbol, value in self.max_order_size.items()},
            "max_exposure": self.max_exposure,
            "max_daily_loss": self.max_daily_loss,
            "max_price_age": self.max_price_age,
        }
        for name, value in figures.items():
            if not (Decimal(value).is_finite() and value > 0):
                raise ValueError(f"{name} must be a number above 0, not {value}")
