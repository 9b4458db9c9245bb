"""A session of cryptofeed: it reads the products, follows trades and the book, and stops."""

from __future__ import annotations

import asyncio
from collections import Counter
from os import environ

from cryptofeed import FeedHandler
from cryptofeed.connection import RestEndpoint, Routes, WebsocketEndpoint
from cryptofeed.defines import L2_BOOK, TRADES
from cryptofeed.exchanges import Coinbase
from cryptofeed.types import OrderBook, Trade

from chaos_tests.clients.sessions.talk import tell

SYMBOL = "BTC-USD"
ENOUGH = 5

Coinbase.websocket_endpoints = [
    WebsocketEndpoint(environ["DOWNTICK_MARKET_WSS_URL"], options={"compression": None})
]
Coinbase.rest_endpoints = [
    RestEndpoint(environ["DOWNTICK_REST_TLS_URL"], routes=Routes("/products"))
]
CONFIG = {
    "log": {"disabled": True},
    # The keys that it signs with are of a kind that Coinbase has given up: the exchange must check none.
    "coinbase": {"key_id": "anything", "key_secret": "anything"},
}


class Watcher:
    """Counts what comes, and stops when there is enough of it."""

    def __init__(self) -> None:
        self.seen: Counter[str] = Counter()
        self.trades: list[str] = []
        self.best: list[str] = []

    async def trade(self, trade: Trade, _received: float) -> None:
        """Take one trade."""
        self.trades.append(trade.id)
        self._count(TRADES)

    async def book(self, book: OrderBook, _received: float) -> None:
        """Take the book after a change. Its asks begin empty: cryptofeed reads no ``offer`` in a snapshot."""
        self.best = [str(book.book.bids.index(0)[0])]
        self._count(L2_BOOK)

    def _count(self, channel: str) -> None:
        self.seen[channel] += 1
        if min(self.seen[TRADES], self.seen[L2_BOOK]) >= ENOUGH:
            asyncio.get_running_loop().stop()


def main() -> None:
    """Be a bot from its start to its end."""
    tell("symbols", names=Coinbase.symbols(CONFIG))
    watcher = Watcher()
    handler = FeedHandler(config=CONFIG)
    callbacks = {TRADES: watcher.trade, L2_BOOK: watcher.book}
    feed = Coinbase(
        symbols=[SYMBOL], channels=[TRADES, L2_BOOK], callbacks=callbacks, config=CONFIG
    )
    handler.add_feed(feed)
    handler.run()
    tell("market feed", seen=watcher.seen, trades=watcher.trades, best=watcher.best)
    tell("closed")


if __name__ == "__main__":
    main()
