"""The state in which a market opens: what a client sees before the first event."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

import msgspec

from downtick.exchange.market.events import Quote, Trade
from downtick.exchange.market.history import History
from downtick.exchange.market.products import Product


class Stats(msgspec.Struct, frozen=True, gc=False):
    """The day's and the year's figures of a product, in its quote currency; the volume in its base currency."""

    open_24h: Decimal
    high_24h: Decimal
    low_24h: Decimal
    volume_24h: Decimal
    high_52w: Decimal
    low_52w: Decimal


@dataclass(frozen=True)
class Opening:
    """One product at the market's start.

    Attributes:
        product: what is traded.
        bids: highest price first.
        asks: lowest price first.
        trades: the last trades before the start, oldest first.
        stats: as they stand at the start, those trades included.
        history: what was before those trades; None if that is not known.
    """

    product: Product
    bids: tuple[Quote, ...]
    asks: tuple[Quote, ...]
    trades: tuple[Trade, ...]
    stats: Stats
    history: History | None = None
