"""What a price is: the exchange's figures, when it was so, and by which way it came."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

Source = Literal["stream", "rest"]


class Nonsense(Exception):
    """Figures or times that no market can have, with the reason."""


@dataclass(frozen=True)
class Price:
    """A price as the bot may use it.

    Attributes:
        value: the mark price: see `Figures.mark`.
        age: real seconds since it was so at the exchange, or more; never less.
        source: by which way it came.
        at: when it was so by the exchange's own clock, in seconds since 1970.
    """

    value: Decimal
    age: float
    source: Source
    at: float


@dataclass(frozen=True)
class Figures:
    """The last trade and the best quotes of one instant."""

    last: Decimal
    bid: Decimal | None
    ask: Decimal | None

    def __post_init__(self) -> None:
        """Refuse what no market can have.

        Raises:
            Nonsense: a figure is not above zero, or somebody bids more than somebody asks.
        """
        for name, figure in (("last", self.last), ("bid", self.bid), ("ask", self.ask)):
            if figure is not None and not (figure.is_finite() and figure > 0):
                raise Nonsense(f"{name} is {figure}")
        if self.bid is not None and self.ask is not None and self.bid > self.ask:
            raise Nonsense(f"crossed: bid {self.bid}, ask {self.ask}")

    @property
    def mark(self) -> Decimal:
        """The middle of the quotes, which is the same by either way; the last trade's price where one is missing."""
        if self.bid is None or self.ask is None:
            return self.last
        return (self.bid + self.ask) / 2


@dataclass(frozen=True)
class Tick:
    """One price of one product, as it was told.

    Attributes:
        symbol: of the product.
        source: by which way it came.
        figures: of the market.
        at: when it was so by the exchange's own clock, in seconds since 1970.
        born: the same instant on our clock, or before it; never after.
        received: when it arrived, on our clock.
    """

    symbol: str
    source: Source
    figures: Figures
    at: float
    born: float
    received: float

    @property
    def lag(self) -> float:
        """Seconds between when it was so and its arrival."""
        return self.received - self.born
