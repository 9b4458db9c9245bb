"""A supervisor at work, and what its bot answers to an order."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator

from bot_v2.features.brokerages.broker import Unavailable
from bot_v2.orchestration.strategy_orchestrator import StrategyOrchestrator
from tests.bot_v2.orchestration.desk_parts import BTC, until

DOWN = Unavailable("503 Service Unavailable")


@contextlib.asynccontextmanager
async def running(bot: StrategyOrchestrator) -> AsyncIterator[None]:
    """Let it run, trading."""
    task = asyncio.create_task(bot.run())
    try:
        await until(lambda: bot.mode == "normal")
        yield
    finally:
        await bot.shutdown()
        await task


async def rejection(bot: StrategyOrchestrator) -> str:
    """Ask for an order, and return why there is none."""
    result = await bot.execute_order(symbol=BTC, side="buy", quantity=0.1)
    assert result.status == "rejected"
    return str(result.rejection_reason)
