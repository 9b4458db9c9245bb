"""A market data service before a scripted stream and broker, in virtual time."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator

from bot_v2.features.market_data import MarketDataService, MarketDataSettings
from bot_v2.metrics import MetricsCollector
from tests.bot_v2.features.market_data.fakes import FakeBroker, FakeStream
from tests.bot_v2.features.market_data.virtual import clock, pass_time

BTC = "BTC-USD"


ETH = "ETH-USD"


class Desk:
    """A service between a stream and a broker that a test holds in its hands."""

    def __init__(self, *symbols: str, broker: FakeBroker | None = None) -> None:
        self.stream = FakeStream()
        self.broker = broker or FakeBroker()
        self.metrics = MetricsCollector()
        self.symbols = symbols or (BTC,)
        self.service = MarketDataService(
            self.stream,
            self.broker,
            self.symbols,
            MarketDataSettings(),
            self.metrics,
            seed=1,
            clock=clock(),
        )

    async def flow(self, seconds: float, price: str = "100") -> None:
        """Let the stream tell of every product, five times a second."""
        for _ in range(round(seconds * 5)):
            for symbol in self.symbols:
                self.stream.tell(symbol, price)
            await pass_time(0.2)

    def mode(self) -> str:
        return self.service.mode

    def count(self, name: str) -> int:
        return self.metrics.get_counter(f"market_data_{name}")


@contextlib.asynccontextmanager
async def started(*symbols: str, broker: FakeBroker | None = None) -> AsyncIterator[Desk]:
    desk = Desk(*symbols, broker=broker)
    for symbol in desk.symbols:
        desk.stream.tell(symbol, "100")
    await desk.service.start()
    yield desk
    await desk.service.stop()
    assert len(asyncio.all_tasks()) == 1
