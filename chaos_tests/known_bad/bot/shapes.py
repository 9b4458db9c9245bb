"""Healthy traders of other shapes."""

from __future__ import annotations

import asyncio
from decimal import Decimal
from typing import Final

from chaos_tests.known_bad.bot.feed import Frame
from chaos_tests.known_bad.bot.trader import Trader

_LEVELS: Final = 3
_LEAP: Final = Decimal("0.1")


class Grid(Trader):
    """Keeps some orders of one size and price in the book, sent all at once, and sends them anew each time."""

    async def trade(self) -> None:
        """Take the old ones out, and put new ones in."""
        old = [order for order in self.orders.values() if order.order_id]
        if old:
            names = [order.order_id for order in old]
            await self.rest.ask("POST", "/orders/batch_cancel", {"order_ids": names})
            for order in old:
                await self.look_up(order)
        level = {"limit_limit_gtc": {"limit_price": self.low_price()}}
        done = await asyncio.gather(
            *(self.place("BUY", level) for _ in range(_LEVELS)), return_exceptions=True
        )
        for error in done:
            if error is not None:
                raise error


class CarefulGrid(Grid):
    """Takes no price that is far from the one before."""

    def take_price(self, frame: Frame) -> None:
        """Take the price of a ticker, if it can be."""
        price, priced = self.price, self.priced
        super().take_price(frame)
        if price and abs(self.price / price - 1) > _LEAP:
            self.price, self.priced = price, priced
