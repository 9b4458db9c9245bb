"""The state in which a market opens: what a client sees before the first event."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Final

import msgspec

from downtick.exchange.market.events import Quote, Trade
from downtick.exchange.market.history import History
from downtick.exchange.market.products import Product

_DAY: Final = 86400


class Stats(msgspec.Struct, frozen=True, gc=False):
    """The figures of a product's last day, month and year, in its quote currency; volumes in its base currency."""

    open_24h: Decimal
    high_24h: Decimal
    low_24h: Decimal
    volume_24h: Decimal
    high_52w: Decimal
    low_52w: Decimal
    volume_30d: Decimal = Decimal(0)


@dataclass(frozen=True)
class Opening:
    """One product at the market's start.

    Attributes:
        product: what is traded.
        bids: highest price first.
        asks: lowest price first.
        trades: the last trades before the start, oldest first.
        past: what was before those trades: all of it in a made market, the figures alone (those trades included)
            on a tape.
    """

    product: Product
    bids: tuple[Quote, ...]
    asks: tuple[Quote, ...]
    trades: tuple[Trade, ...]
    past: History | Stats

    @property
    def history(self) -> History | None:
        """What was before the trades, if that is known."""
        return self.past if isinstance(self.past, History) else None

    @cached_property
    def stats(self) -> Stats:
        """The figures as they stand at the start; worked out when first asked for, so that a market starts at once."""
        return _stats(self.past, self.trades) if isinstance(self.past, History) else self.past


def _stats(history: History, trades: tuple[Trade, ...]) -> Stats:
    """Return the figures of the history's last day, month and year, and of the trades since."""
    day, month, year = (history.last(days * _DAY) for days in (1, 30, 365))
    prices = [trade.price for trade in trades]
    volume = sum((trade.size for trade in trades), Decimal(0))
    return Stats(
        open_24h=day.open,
        high_24h=max(day.high, *prices),
        low_24h=min(day.low, *prices),
        volume_24h=day.volume + volume,
        high_52w=max(year.high, *prices),
        low_52w=min(year.low, *prices),
        volume_30d=month.volume + volume,
    )
