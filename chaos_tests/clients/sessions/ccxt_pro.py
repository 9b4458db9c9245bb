"""A session of ccxt.pro: REST and feeds on one event loop. The argument names the exchange."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Awaitable, Callable
from typing import Any

import ccxt.pro

from chaos_tests.clients.sessions.ccxt_settings import SYMBOL, fills_of, settings
from chaos_tests.clients.sessions.talk import WITHIN, tell


class Orders:
    """What the user's feed told of each order, while a task listens."""

    def __init__(self, watch: Callable[[str], Awaitable[list[dict[str, Any]]]]) -> None:
        self.statuses: dict[str, list[str]] = {}
        self._watch = watch
        self._told = asyncio.Condition()
        self.listening = asyncio.create_task(self._listen())

    async def until(self, order_id: str, status: str) -> None:
        """Wait until the feed told that an order has this status."""
        async with self._told, asyncio.timeout(WITHIN):
            await self._told.wait_for(lambda: status in self.statuses.get(order_id, ()))

    async def _listen(self) -> None:
        while True:
            orders = await self._watch(SYMBOL)
            async with self._told:
                for order in orders:
                    self.statuses.setdefault(order["id"], []).append(order["status"])
                self._told.notify_all()


async def watch_markets(exchange: ccxt.pro.Exchange) -> None:
    """Watch everything of the market once."""
    ticker = await exchange.watch_ticker(SYMBOL)
    if exchange.has.get("unWatchTicker"):
        await exchange.un_watch_ticker(SYMBOL)  # told to be done when no subscription is left
    tickers = await exchange.watch_tickers([SYMBOL])
    trades = await exchange.watch_trades(SYMBOL)
    if exchange.id == "coinbase":  # of Exchange it hears nothing: ccxt waits under another name
        trades = await exchange.watch_trades_for_symbols([SYMBOL])
    book = await exchange.watch_order_book(SYMBOL)
    first = (book["bids"][0][0], book["asks"][0][0])
    for _ in range(3):
        book = await exchange.watch_order_book_for_symbols([SYMBOL])
    tell(
        "market feed",
        last=ticker["last"],
        tickers=list(tickers),
        trades=len(trades),
        first=first,
        best=[book["bids"][0][0], book["asks"][0][0]],
    )


async def trade(exchange: ccxt.pro.Exchange, orders: Orders) -> None:
    """Place, look up, edit and cancel an order, and fill another one; the feed tells of each."""
    price = (await exchange.fetch_ticker(SYMBOL))["last"]
    placed = (await exchange.create_order(SYMBOL, "limit", "buy", 0.01, round(price / 2, 2)))["id"]
    await orders.until(placed, "open")
    found = await exchange.fetch_order(placed, SYMBOL)
    tell("placed", order_id=placed, client_order_id=found["clientOrderId"], status=found["status"])
    asked = [0.02, round(price / 2 - 1, 2)]
    number = (await exchange.edit_order(placed, SYMBOL, "limit", "buy", *asked))["id"] or placed
    found = await exchange.fetch_order(number, SYMBOL)
    tell("edited", order_id=number, asked=asked, found=[found["amount"], found["price"]])
    open_now = await exchange.fetch_open_orders(SYMBOL)
    tell("open orders", order_ids=[order["id"] for order in open_now])
    await exchange.cancel_order(number, SYMBOL)
    await orders.until(number, "canceled")
    tell("cancelled", order_id=number, status="canceled")

    bought = await exchange.create_order(SYMBOL, "market", "buy", 0.003, price, {"cost": 100})
    filled = bought["id"]
    await orders.until(filled, "closed")
    fills = fills_of(filled, await exchange.fetch_my_trades(SYMBOL))
    tell("filled", order_id=filled, status="closed", fills=fills)


async def main(name: str) -> None:
    """Be a bot from its start to its end."""
    exchange = getattr(ccxt.pro, name)(settings(name))
    try:
        accounts = await exchange.fetch_accounts()
        tell("accounts", currencies=sorted(account["code"] for account in accounts))
        async with asyncio.timeout(2 * WITHIN):
            await watch_markets(exchange)
        orders = Orders(exchange.watch_orders)
        mine = None
        if exchange.has.get("watchMyTrades"):
            mine = asyncio.create_task(exchange.watch_my_trades(SYMBOL))
        await trade(exchange, orders)
        tell("user feed", orders=orders.statuses, trades=mine and [t["id"] for t in await mine])
        orders.listening.cancel()
    finally:
        await exchange.close()
    tell("closed")


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
