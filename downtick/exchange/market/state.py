"""The fold of a market: what is true of it after the events so far."""

from __future__ import annotations

import copy
from collections import deque
from collections.abc import Collection, Iterable
from decimal import Decimal
from itertools import islice
from typing import Final

import msgspec

from downtick.exchange.market.book import Book
from downtick.exchange.market.candle import Candle
from downtick.exchange.market.candles import GRANULARITIES, Candles
from downtick.exchange.market.events import MarketEvent, Quote, Trade
from downtick.exchange.market.opening import Opening, Stats
from downtick.exchange.market.products import Product

_KEPT_TRADES: Final = 1000  # per product


class Ticker(msgspec.Struct, frozen=True, gc=False):
    """What the ``ticker`` channel tells of one product.

    Attributes:
        product_id: such as ``BTC-USD``.
        price: of the last trade.
        stats: the day's and the year's figures.
        bid: the best one, or None.
        ask: the best one, or None.
    """

    product_id: str
    price: Decimal
    stats: Stats
    bid: Quote | None
    ask: Quote | None

    @property
    def change_24h(self) -> Decimal:
        """The price's change since the day's open, in per cent."""
        return (self.price - self.stats.open_24h) / self.stats.open_24h * 100


class MarketState:
    """Everything that the channels and routes tell of a market. Unknown products raise KeyError throughout."""

    def __init__(self, openings: Iterable[Opening], origin: float = 0.0) -> None:
        """Start from a market's openings.

        Args:
            openings: of the market whose events will follow.
            origin: nominal Unix seconds at the market's start (`MarketClock.origin`); candles lie on multiples of
                their length in this count.
        """
        self._products = {o.product.product_id: _ProductState(o, origin) for o in openings}

    @property
    def products(self) -> tuple[Product, ...]:
        """What is traded, in the openings' order."""
        return tuple(state.product for state in self._products.values())

    def __contains__(self, product_id: str) -> bool:
        return product_id in self._products

    def without(self, product_ids: Collection[str]) -> MarketState:
        """Return this market as if it had never known these products. What is left is not a copy."""
        other = copy.copy(self)
        other._products = {
            product_id: state
            for product_id, state in self._products.items()
            if product_id not in product_ids
        }
        return other

    def apply(self, event: MarketEvent) -> None:
        """Take in one event."""
        state = self._products[event.product_id]
        if isinstance(event, Trade):
            state.trade(event)
        else:
            state.book.apply(event.changes)

    def product(self, product_id: str) -> Product:
        """Return what is traded under this name."""
        return self._products[product_id].product

    def book(self, product_id: str) -> Book:
        """Return a product's book: not a copy, it goes on changing."""
        return self._products[product_id].book

    def last_trade(self, product_id: str) -> Trade | None:
        """Return the newest trade, or None if there was none yet."""
        return next(iter(self._products[product_id].trades), None)

    def trades(self, product_id: str, limit: int) -> tuple[Trade, ...]:
        """Return the last trades, newest first, at most so many (and at most 1000)."""
        return tuple(islice(self._products[product_id].trades, limit))

    def ticker(self, product_id: str) -> Ticker:
        """Return price, statistics and best quotes as they stand."""
        return self._products[product_id].ticker()

    def candles(
        self, product_id: str, granularity: str, start: float, end: float, limit: int
    ) -> tuple[Candle, ...]:
        """Return the candles whose start lies in [start, end], newest first; stretches without trades have none.

        They reach back before the market's start if the opening came with a history.

        Args:
            product_id: such as ``BTC-USD``.
            granularity: a key of `GRANULARITIES`.
            start: nominal Unix seconds (see `MarketClock.nominal`).
            end: likewise.
            limit: how many at most; the newest.

        Raises:
            KeyError: also for an unknown granularity.
        """
        candles = self._products[product_id].candles
        return candles.between(GRANULARITIES[granularity], start, end, limit)


class _ProductState:
    """One product's share of the state."""

    def __init__(self, opening: Opening, origin: float) -> None:
        self.product = opening.product
        self.book = Book(opening.product.product_id, opening.bids, opening.asks)
        self.trades: deque[Trade] = deque(reversed(opening.trades), _KEPT_TRADES)
        self.candles = Candles(origin, opening.history)
        self._opening = (
            opening  # its trades are in its figures already; these are of the trades since
        )
        self._high = Decimal("-Infinity")
        self._low = Decimal("Infinity")
        self._volume = Decimal(0)
        for trade in opening.trades:
            self.candles.add(trade)

    def trade(self, trade: Trade) -> None:
        self.trades.appendleft(trade)
        self._high = max(self._high, trade.price)
        self._low = min(self._low, trade.price)
        self._volume += trade.size
        self.candles.add(trade)

    def ticker(self) -> Ticker:
        opened = self._opening.stats
        high, low = max(opened.high_24h, self._high), min(opened.low_24h, self._low)
        return Ticker(
            self.product.product_id,
            self.trades[0].price if self.trades else opened.open_24h,
            Stats(
                open_24h=opened.open_24h,
                high_24h=high,
                low_24h=low,
                volume_24h=opened.volume_24h + self._volume,
                high_52w=max(opened.high_52w, high),
                low_52w=min(opened.low_52w, low),
                volume_30d=opened.volume_30d + self._volume,
            ),
            self.book.best_bid,
            self.book.best_ask,
        )
