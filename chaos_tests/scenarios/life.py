"""A bot with a strategy, of which one life after the other begins where the last one ended."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from decimal import Decimal
from pathlib import Path

from bot_v2.config import BotConfig, Risk, StrategyOf
from bot_v2.orchestration.perps_bot import PerpsBot
from bot_v2.orchestration.perps_bot_builder import PerpsBotBuilder
from chaos_tests.orchestration.bot import BTC, holds, orders_in, told_of
from downtick.rig import Rig

HIGHEST = Decimal("0.05")
"""What the strategy holds at most, in BTC; it sells no more than it has."""

_TRADES = {
    BTC: StrategyOf(quantity=Decimal("0.01"), lowest=Decimal(0), highest=HIGHEST, half_life=5.0)
}


class Life:
    """Begins a bot.

    Args:
        rig: at which it trades.
        file: of its memory.
    """

    def __init__(self, rig: Rig, file: Path) -> None:
        self.rig = rig
        self.file = file

    @contextlib.asynccontextmanager
    async def begun(self, *, trading: bool = True) -> AsyncIterator[PerpsBot]:
        """Let it run, and end it.

        Args:
            trading: whether it trades by itself.
        """
        config = BotConfig(
            time_scale=self.rig.time_scale,
            symbols=(BTC,),
            risk=Risk(
                max_position={BTC: Decimal(1)},
                max_exposure=Decimal(1_000_000),
                max_daily_loss=Decimal(100_000),
            ),
            strategy=_TRADES if trading else {},
            interval=1.0,
            state=self.file,
        )
        with told_of(self.rig):
            bot = PerpsBotBuilder().with_config(config).build()
        running = asyncio.create_task(bot.run())
        try:
            yield bot
        finally:
            await bot.shutdown()
            await running

    async def trades(self, orders: int = 3, *, within: float = 90) -> None:
        """Wait until some orders more are in the ledger, for so many nominal seconds."""
        target = len(orders_in(self.rig)) + orders
        await holds(
            self.rig, lambda: len(orders_in(self.rig)) >= target, within=within, name="it trades"
        )
