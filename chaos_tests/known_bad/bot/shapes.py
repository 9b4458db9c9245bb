"""Healthy traders of other shapes."""

from __future__ import annotations

import asyncio

from chaos_tests.known_bad.bot.trader import Trader

_LEVELS = 3


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
