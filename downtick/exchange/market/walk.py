"""The random walk of one product.

A fair price that nobody sees rests and jumps at random. Makers quote around it and close in on it; where it has
jumped past the best quote, takers trade against that quote; now and then somebody trades without a reason. Inside, prices are whole ticks and
quantities whole lots, so that nothing is ever rounded.
"""

from __future__ import annotations

from collections.abc import Iterator
from math import sqrt
from random import Random
from typing import Final

from downtick.exchange.market.book import Side
from downtick.exchange.market.events import BookChange, BookSide, Level, MarketEvent, Quote, Trade
from downtick.exchange.market.history import History
from downtick.exchange.market.opening import Opening
from downtick.exchange.market.products import made_product

LEAST_LEVELS: Final = 20
_MOST_LEVELS: Final = 60
_NOISE_TRADES: Final = 0.1  # share of happenings that are trades without a reason
_VOLATILITY: Final = 4e-6  # of the price, per happening in the mean
_NEWS: Final = 0.05  # share of happenings at which the fair price moves
_EAGER: Final = 0.7  # share of quotes that are better than the best one, where there is room
_NOTIONAL: Final = {"BTC": 0.03, "ETH": 0.75}  # what a quote is worth, by quote currency
_ANY_NOTIONAL: Final = 2000.0
_PAST_TRADES: Final = 50
_PACE: Final = (
    100  # of the history: mean quotes traded in a minute, as in the walk at ten happenings a second
)


class Walk:
    """One product's walk; to be run once.

    Attributes:
        opening: the state at second 0.
    """

    def __init__(self, seed: int, product_id: str) -> None:
        self.product, price = made_product(product_id)
        self._random = Random(f"{seed}/{product_id}")  # noqa: S311 - repeatable is what is wanted
        self._open = int(price / self.product.quote_increment)
        self._fair = self._open + 0.5
        self._step = max(0.5, self._open * _VOLATILITY)
        self._reach = max(_MOST_LEVELS / 2, self._step * 50)  # mean distance of a quote, in ticks
        notional = _NOTIONAL.get(self.product.quote_currency, _ANY_NOTIONAL)
        lot = price * self.product.base_increment * self.product.contract_size
        self._lots = max(4, int(notional / float(lot)))
        self._sides: dict[BookSide, Side[int]] = {
            "bid": Side(highest_first=True),
            "offer": Side(highest_first=False),
        }
        for side in self._sides:
            while len(self._sides[side]) < _MOST_LEVELS * 2 // 3:
                self._sides[side].put(self._quote_price(side), self._quantity())
        self._trade_id = self._random.randrange(10**8, 10**9)
        self.opening = self._make_opening(seed)

    def events(self, rate: float) -> Iterator[MarketEvent]:
        """Return the events, with so many happenings a nominal second in the mean. Endless."""
        at = 0.0
        while True:
            at += self._random.expovariate(rate)
            yield from self._happening(at)

    def _happening(self, at: float) -> tuple[MarketEvent, ...]:
        # Between half and double the opening, so that every price stays positive however long this runs.
        if self._random.random() < _NEWS:
            walked = self._fair + self._random.gauss(0.0, self._step / sqrt(_NEWS))
            self._fair = min(max(walked, self._open / 2), self._open * 2.0)
        if self._fair >= self._sides["offer"].best:
            return self._trade(at, "offer", all_of_it=True)
        if self._fair <= self._sides["bid"].best:
            return self._trade(at, "bid", all_of_it=True)
        if self._random.random() < _NOISE_TRADES:
            taken: BookSide = "bid" if self._random.random() < 0.5 else "offer"
            return self._trade(at, taken, all_of_it=False)
        # Most makers come to the side that the fair price has left behind.
        bid, offer = self._sides["bid"].best, self._sides["offer"].best
        left = self._random.random() * (offer - bid) < self._fair - bid
        side: BookSide = "bid" if left else "offer"
        return (self._change(at, side, self._requote(side)),)

    def _trade(self, at: float, side: BookSide, *, all_of_it: bool) -> tuple[Trade, BookChange]:
        """Take the best quote of a side, or a part of it: the trade, then what it left of the book."""
        book = self._sides[side]
        price, there = book.best, book[book.best]
        size = there if all_of_it else self._random.randint(1, there)
        self._trade_id += 1
        trade = Trade(
            at,
            self.product.product_id,
            self._trade_id,
            price * self.product.quote_increment,
            size * self.product.base_increment,
            "BUY" if side == "bid" else "SELL",
        )
        left = [(price, there - size)]
        if size == there and len(book) == LEAST_LEVELS:
            left.append((self._deeper(side), self._quantity()))
        return trade, self._change(at, side, left)

    def _requote(self, side: BookSide) -> list[tuple[int, int]]:
        """Return what a maker does: quote at a new price, change a quote, or take it away."""
        book = self._sides[side]
        price = self._quote_price(side)
        if price in book and len(book) > LEAST_LEVELS and self._random.random() < 0.5:
            return [(price, 0)]
        if price in book or len(book) < _MOST_LEVELS:
            return [(price, self._quantity())]
        return [(book.worst, 0)]

    def _change(self, at: float, side: BookSide, quotes: list[tuple[int, int]]) -> BookChange:
        for price, lots in quotes:
            self._sides[side].put(price, lots)
        tick, lot = self.product.quote_increment, self.product.base_increment
        return BookChange(
            at,
            self.product.product_id,
            tuple([Level(side, price * tick, lots * lot) for price, lots in quotes]),
        )

    def _quote_price(self, side: BookSide) -> int:
        """Draw a price on the maker's side of the fair price; the book cannot be crossed by it."""
        book, others = self._sides[side], self._sides["offer" if side == "bid" else "bid"]
        if side == "bid":
            nearest = min(int(self._fair), others.best - 1) if others else int(self._fair)
        else:
            nearest = max(int(self._fair), others.best) + 1 if others else int(self._fair) + 1
        room = abs(nearest - book.best) if book else 0
        if room and self._random.random() < _EAGER:
            distance = int(room * self._random.random() ** 3)
        else:
            distance = int(min(self._random.expovariate(1 / self._reach), self._reach * 8))
        return max(1, nearest - distance) if side == "bid" else nearest + distance

    def _deeper(self, side: BookSide) -> int:
        """Return a price behind the worst one."""
        gap = 1 + int(self._random.random() * self._reach / LEAST_LEVELS)
        worst = self._sides[side].worst
        return worst + gap if side == "offer" else worst - gap

    def _quantity(self) -> int:
        return max(1, round(self._lots * self._random.lognormvariate(-0.7, 1.2)))

    def _make_opening(self, seed: int) -> Opening:
        tick, lot = self.product.quote_increment, self.product.base_increment
        trades = self._past_trades()
        history = History(self.product, int(trades[0].price / tick), self._lots * _PACE, seed)
        return Opening(
            product=self.product,
            bids=tuple(Quote(price * tick, lots * lot) for price, lots in self._sides["bid"]),
            asks=tuple(Quote(price * tick, lots * lot) for price, lots in self._sides["offer"]),
            trades=trades,
            past=history,
        )

    def _past_trades(self) -> tuple[Trade, ...]:
        """Trades of the last seconds before the start, at the quotes that stand there."""
        tick, lot = self.product.quote_increment, self.product.base_increment
        trades = []
        for number in range(_PAST_TRADES):
            self._trade_id += 1
            side: BookSide = "bid" if self._random.random() < 0.5 else "offer"
            trades.append(
                Trade(
                    -0.5 * (_PAST_TRADES - number),
                    self.product.product_id,
                    self._trade_id,
                    self._sides[side].best * tick,
                    self._random.randint(1, self._lots) * lot,
                    "BUY" if side == "bid" else "SELL",
                )
            )
        return tuple(trades)
