"""Lets a strategy trade: asks it again and again, and leaves it alone for a while when an order came to nothing."""

from __future__ import annotations

import asyncio
import logging
import random
import time
from collections.abc import Mapping
from decimal import Decimal
from typing import Protocol

from bot_v2.features.brokerages.broker import Side
from bot_v2.features.brokerages.coinbase.streaming.backoff import Backoff
from bot_v2.features.live_trade.risk import Holding, OrderResult
from bot_v2.metrics import MetricsCollector
from bot_v2.orchestration.needs import MarketPrice
from bot_v2.orchestration.strategy import Situation, Strategy

logger = logging.getLogger(__name__)


class Floor(Protocol):
    """Where a strategy trades."""

    def trading(self) -> bool:
        """Return whether orders are taken at all."""

    def price(self, symbol: str) -> MarketPrice | None:
        """Return a price that may be traded on, or None."""

    async def holding(self, symbol: str) -> Holding:
        """Return what is held of a product, and what is open."""

    async def execute_order(
        self, *, symbol: str, side: Side, quantity: Decimal, limit_price: Decimal | None = None
    ) -> OrderResult:
        """Ask for an order."""


class Trader:
    """One strategy a product, each on its own.

    Args:
        floor: where they trade.
        strategies: by symbol.
        interval: real seconds between two questions.
        cool_down: the longest real seconds without an order after several that came to nothing.
        metrics: counts ``strategy_errors``.
    """

    def __init__(
        self,
        floor: Floor,
        strategies: Mapping[str, Strategy],
        interval: float,
        cool_down: float,
        metrics: MetricsCollector,
    ) -> None:
        self._floor = floor
        self._strategies = strategies
        self._interval = interval
        self._cool_down = max(interval, cool_down)
        self._metrics = metrics

    async def run(self) -> None:
        """Trade until cancelled."""
        async with asyncio.TaskGroup() as group:
            for symbol, strategy in self._strategies.items():
                group.create_task(self._trade(symbol, strategy), name=f"trade {symbol}")

    async def _trade(self, symbol: str, strategy: Strategy) -> None:
        backoff = Backoff(self._interval, self._cool_down, random.Random())  # noqa: S311
        while True:
            wait = self._interval
            try:
                result = await self._ask(symbol, strategy)
            except Exception:
                self._metrics.increment("strategy_errors")
                logger.exception("the strategy of %s failed", symbol)
                result = None
            if result is not None and result.status in {"rejected", "unknown"}:
                wait += backoff.wait()
            elif result is not None:
                backoff.reset()
            await asyncio.sleep(wait)

    async def _ask(self, symbol: str, strategy: Strategy) -> OrderResult | None:
        price = self._floor.price(symbol)
        if price is None or not self._floor.trading():
            return None
        holding = await self._floor.holding(symbol)
        wish = strategy.decide(Situation(symbol, price.value, time.monotonic(), holding))
        if wish is None:
            return None
        return await self._floor.execute_order(
            symbol=symbol, side=wish.side, quantity=wish.quantity, limit_price=wish.limit_price
        )
