"""An exchange of one line each way: a stream and a broker that do as a test says, in virtual time."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from bot_v2.features.brokerages.broker import Quote
from bot_v2.features.brokerages.coinbase.streaming import ClientCrashed, Gap, Message
from tests.bot_v2.features.market_data.virtual import WALL, now, pass_time

Item = Message | Gap | Exception | None


class FakeStream:
    """Yields what a test puts in; None ends it, an exception is raised."""

    def __init__(self) -> None:
        self.subscribed: list[str] = []
        self.closed = False
        self._items: asyncio.Queue[Item] = asyncio.Queue()

    async def subscribe(
        self, product_ids: Sequence[str], channels: Sequence[str] = ("ticker",)
    ) -> None:
        self.subscribed = [*product_ids]
        assert [*channels] == ["ticker"]

    async def connect(self) -> None:
        await asyncio.Event().wait()

    async def messages(self) -> AsyncIterator[Message | Gap]:
        while (item := await self._items.get()) is not None:
            if isinstance(item, Exception):
                raise item
            yield item

    async def close(self) -> None:
        self.closed = True
        self._items.put_nowait(None)

    def lose(self) -> None:
        self._items.put_nowait(Gap("lost", 1, now()))

    def crash(self) -> None:
        self._items.put_nowait(ClientCrashed("a mistake"))

    def tell(self, product: str, price: str, *, lag: float = 0.0, **changes: Any) -> None:
        """Send a ticker; `changes` change its fields, and the envelope's ``timestamp``."""
        stamp = datetime.fromtimestamp(WALL + now() - lag, UTC).isoformat()
        stamp = changes.pop("timestamp", stamp)
        ticker = {"product_id": product, "price": price, "best_bid": "", "best_ask": ""}
        event = {"type": "update", "tickers": [ticker | changes]}
        self._items.put_nowait(
            Message("ticker", "update", (product,), 1, now(), 1, stamp, (event,))
        )


class FakeBroker:
    """Answers with a price, or raises what a test says."""

    def __init__(self) -> None:
        self.price = "100"
        self.lag = 0.0
        self.takes = 0.0
        self.error: Exception | None = None
        self.asked: list[tuple[float, str]] = []

    async def get_quote(self, symbol: str) -> Quote:
        self.asked.append((now(), symbol))
        await pass_time(self.takes)
        if self.error is not None:
            raise self.error
        price = Decimal(self.price)
        return Quote(symbol, price, price, price, WALL + now() - self.lag)


class FakeBrokerWithClock(FakeBroker):
    """Tells the time too."""

    ahead = 0.0
    asked_time = 0

    async def get_time(self) -> float:
        self.asked_time += 1
        await pass_time(self.takes)
        if self.error is not None:
            raise self.error
        return WALL + now() + self.ahead
