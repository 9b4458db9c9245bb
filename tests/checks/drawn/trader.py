"""Orders with prices of their own in a market that moves: some are filled at once, others wait and are cancelled."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterable
from itertools import count

from tests.checks.drawn.life import ABOUT, BOOK, END, Life, Span

_STEP = 0.5
"""Seconds from one move of the market to the next."""
_HALF = 0.0001
"""Of the price: half of what lies between bid and ask."""

Known = Callable[[float], float]
"""Returns what a bot takes for the price at an instant."""


class Market:
    """The true price: a random walk.

    Args:
        life: draws it.
    """

    def __init__(self, life: Life) -> None:
        moves = life.draw.uniform(0.00003, 0.0002)
        self._walk = [math.log(100)]
        for _ in range(int(END / _STEP) + 50):
            self._walk.append(self._walk[-1] + life.draw.gauss(0, moves))

    def price(self, at: float) -> float:
        """Return the price at an instant."""
        return math.exp(self._walk[int(at / _STEP)])

    def book(self, at: float) -> tuple[str, str]:
        """Return best bid and best ask."""
        price = self.price(at)
        return f"{price * (1 - _HALF):.4f}", f"{price * (1 + _HALF):.4f}"


class Trader:
    """Trades one unit at a time, and has one order open at most.

    Args:
        life: whose orders these are.
        market: that they meet.
        most: units that it may come to own, long or short.

    Attributes:
        open: from when to when an order waited, with its name.
    """

    def __init__(self, life: Life, market: Market, most: int = 2) -> None:
        self.open: list[tuple[float, float, str]] = []
        self._life = life
        self._market = market
        self._numbers = count(1)
        self._owns = 0
        self._most = most
        self._rests = life.draw.choice((0.0, 0.3, 0.8))
        self._depth = self._habit()

    def trade(self, spans: Iterable[Span], known: Known) -> None:
        """Trade in these spans, by what it takes for the price."""
        for since, until in spans:
            at = since
            while (at := at + max(self._life.bot.orders(), 0.05)) < until:
                at = self._orders(at, known(at))

    def buys(self, at: float, size: str, price: float) -> None:
        """Buy more than it may own."""
        self._places(at, f"too much {next(self._numbers)}", "BUY", price, size)

    def _orders(self, at: float, known: float) -> float:
        """Send an order; return when it is over."""
        life, t = self._life, self._life.t
        sides = [
            side
            for side, sign in (("BUY", 1), ("SELL", -1))
            if abs(self._owns + sign) <= self._most
        ]
        side = life.draw.choice(sides)
        sign = 1 if side == "BUY" else -1
        name = f"order {next(self._numbers)}"
        if life.draw.random() < life.bot.peeks:
            t.asks(life.rest, at - 0.02, BOOK, query=ABOUT)
        self._places(at, name, side, known * (1 + sign * self._depth()))
        if life.draw.random() >= self._rests:
            t.fills(name, at, side)
            self._owns += sign
            return at
        over = at + life.draw.uniform(1, 15)
        self.open.append((at, over, name))
        if over >= END:
            return over
        if life.draw.random() < 0.5:
            t.fills(name, over, side)
            self._owns += sign
        else:
            body = json.dumps({"order_ids": [t.order_id(name)]})
            t.asks(life.rest, over, "orders/batch_cancel", method="POST", body=body)
            t.ends(name, over, side)
        return over

    def _places(self, at: float, name: str, side: str, price: float, size: str = "1") -> None:
        book = self._market.book(at)
        life = self._life
        life.t.places(life.rest, at, name, side, price=f"{price:.4f}", size=size, book=book)

    def _habit(self) -> Callable[[], float]:
        """Draw how far beyond the price its orders are: they cross it, or wait near it, or on a ladder."""
        draw = self._life.draw
        habit, step = draw.randrange(3), draw.uniform(0.001, 0.004)
        if habit == 0:
            return lambda: draw.uniform(0, step)
        if habit == 1:
            return lambda: -draw.uniform(0, step)
        return lambda: -step * draw.randint(1, 5)
