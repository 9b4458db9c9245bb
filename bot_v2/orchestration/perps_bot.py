"""The bot: everything put together, and how it begins and ends."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable
from decimal import Decimal
from typing import Final

from bot_v2.features.brokerages.broker import Broker, Side
from bot_v2.features.live_trade.risk import OrderResult
from bot_v2.metrics import MetricsCollector
from bot_v2.orchestration.needs import MarketData, OrderNews, Store
from bot_v2.orchestration.strategy_orchestrator import StrategyOrchestrator

logger = logging.getLogger(__name__)

_PATIENCE: Final = 0.5
"""Real seconds that each part has to let go of what it holds."""


class PerpsBot:
    """A bot that is ready to trade. `PerpsBotBuilder` makes it.

    Attributes:
        broker: that it trades with.
        metrics: everything that it counts.
        market_data: its prices; None if the broker's quotes are its prices.
        orchestrator: decides when to trade.
    """

    def __init__(
        self,
        broker: Broker,
        store: Store,
        orchestrator: StrategyOrchestrator,
        market_data: MarketData | None,
        metrics: MetricsCollector,
        order_news: OrderNews | None = None,
    ) -> None:
        self.broker = broker
        self.metrics = metrics
        self.market_data = market_data
        self.orchestrator = orchestrator
        self._store = store
        self._order_news = order_news
        self._patience = _PATIENCE
        self._started = False
        self._life: asyncio.Task[None] | None = None
        self._down: asyncio.Task[None] | None = None

    async def execute_order(
        self,
        *,
        symbol: str,
        side: Side,
        quantity: Decimal | float | str,
        limit_price: Decimal | float | str | None = None,
    ) -> OrderResult:
        """Ask for an order; see `StrategyOrchestrator.execute_order`."""
        return await self.orchestrator.execute_order(
            symbol=symbol, side=side, quantity=quantity, limit_price=limit_price
        )

    async def start(self) -> None:
        """Get prices, and bring store and broker to agree. `run` does that by itself; a second call does nothing."""
        if not self._started:
            self._started = True
            if self.market_data is not None:
                await self.market_data.start()
        await self.orchestrator.start()

    async def run(self) -> None:
        """Trade until `shutdown`.

        Raises:
            Exception: something crashed.
        """
        if self._down is not None:
            return
        self._life = asyncio.create_task(self._live(), name="bot")
        try:
            await asyncio.wait({self._life})
        finally:
            self._life.cancel()
        if not self._life.cancelled():
            self._life.result()

    async def shutdown(self) -> None:
        """End everything, within 5 s real, whatever the broker does. Calling it again waits for the first."""
        if self._down is None:
            self._down = asyncio.create_task(self._shut_down(), name="shutdown")
        await asyncio.shield(self._down)

    async def _live(self) -> None:
        listening = asyncio.create_task(self._listen(), name="order news")
        try:
            await self.start()
            await self.orchestrator.run()
        finally:
            listening.cancel()

    async def _listen(self) -> None:
        """Look whenever there is news of an order. Without news, orders are looked at all the same."""
        if self._order_news is None:
            return
        news = self._order_news
        connecting = asyncio.create_task(news.start(), name="order news: connect")
        try:
            async for _ in news.hints():
                self.metrics.increment("order_hints")
                self.orchestrator.hint()
            await connecting
        except Exception:
            self.metrics.increment("order_news_crashes")
            logger.exception("no more news of orders: they are looked at in turn")
        finally:
            connecting.cancel()

    async def _shut_down(self) -> None:
        if self._life is not None:
            self._life.cancel()
            await asyncio.wait({self._life}, timeout=self._patience)
        await self.orchestrator.shutdown()
        if self._order_news is not None:
            await self._let_go("order news", self._order_news.stop())
        if self.market_data is not None:
            await self._let_go("market data", self.market_data.stop())
        await self._let_go("broker", self.broker.close())
        await self._let_go("store", self._store.close())
        logger.info("the bot has ended")

    async def _let_go(self, name: str, end: Awaitable[None]) -> None:
        try:
            async with asyncio.timeout(self._patience):
                await end
        except Exception:
            logger.exception("%s did not end well", name)
