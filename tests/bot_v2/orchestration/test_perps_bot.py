"""How a bot begins and ends."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from decimal import Decimal

from bot_v2.features.live_trade.risk import SeenPrice
from bot_v2.orchestration.perps_bot import PerpsBot
from bot_v2.orchestration.perps_bot_builder import PerpsBotBuilder
from bot_v2.state.file import IN_MEMORY
from bot_v2.state.recovery.settings import RecoverySettings
from bot_v2.state.store import StateStore
from tests.bot_v2.orchestration.desk_parts import BTC, quick, until
from tests.bot_v2.orchestration.fake_broker import PRICE, FakeBroker


class Prices:
    """Market data that notes how it is treated."""

    mode = "streaming"

    def __init__(self) -> None:
        self.notes: list[str] = []

    def mode_of(self, symbol: str) -> str:
        del symbol
        return self.mode

    def get_mark_price(self, symbol: str) -> SeenPrice:
        del symbol
        return SeenPrice(PRICE, 0.1)

    async def start(self) -> None:
        self.notes.append("start")

    async def stop(self) -> None:
        self.notes.append("stop")


class Closing(StateStore):
    """A store that notes that it was closed."""

    closed = False

    async def close(self) -> None:
        await super().close()
        self.closed = True


def make(broker: FakeBroker, prices: Prices, store: StateStore, **changes: float) -> PerpsBot:
    """Return a bot of these parts."""
    builder = PerpsBotBuilder().with_profile("test").with_broker(broker)
    builder.with_settings(quick(**changes), RecoverySettings(ask_every=0.001))
    return builder.with_market_data(prices).with_store(store).build()


async def test_a_bot_runs_from_its_start_to_its_end() -> None:
    """Prices first, the store closed last, and everything let go of."""
    broker, prices, store = FakeBroker(), Prices(), Closing.open(IN_MEMORY)
    bot = make(broker, prices, store)
    running = asyncio.create_task(bot.run())
    await until(lambda: bot.orchestrator.mode == "normal")
    assert (await bot.execute_order(symbol=BTC, side="buy", quantity=0.1)).status == "filled"
    await asyncio.gather(bot.shutdown(), bot.shutdown())
    await running
    assert prices.notes == ["start", "stop"]
    assert broker.closed
    assert store.closed


async def test_a_bot_that_was_started_by_hand_runs_too() -> None:
    """Nothing is started twice."""
    prices = Prices()
    bot = make(FakeBroker(), prices, StateStore.open(IN_MEMORY))
    await bot.start()
    running = asyncio.create_task(bot.run())
    await until(lambda: bot.metrics.get_gauge("orders_open") is not None)
    await bot.shutdown()
    await running
    await bot.run()
    assert prices.notes == ["start", "stop"]


async def test_a_bot_can_end_before_it_has_begun() -> None:
    """It waits for prices that do not come."""

    class Waiting(Prices):
        async def start(self) -> None:
            await asyncio.Event().wait()

    bot = make(FakeBroker(), Waiting(), StateStore.open(IN_MEMORY))
    running = asyncio.create_task(bot.run())
    await asyncio.sleep(0)
    await bot.shutdown()
    await running


async def test_what_is_believed_is_shown() -> None:
    """For people and for Prometheus."""
    broker = FakeBroker(BTC="0.25")
    broker.fill_share = Decimal(0)
    bot = make(broker, Prices(), StateStore.open(IN_MEMORY))
    running = asyncio.create_task(bot.run())
    await bot.execute_order(symbol=BTC, side="buy", quantity="0.1")
    await until(lambda: bot.metrics.get_gauge("orders_open") == 1)
    assert bot.metrics.get_gauge("position_btc_usd") == 0.25
    assert bot.metrics.get_gauge("orders_unknown_now") == 0
    await bot.shutdown()
    await running


class News:
    """News of orders, as they are put in; an exception among them is raised."""

    def __init__(self) -> None:
        self.told: asyncio.Queue[object] = asyncio.Queue()
        self.stopped = False

    async def start(self) -> None:
        await asyncio.Event().wait()

    async def stop(self) -> None:
        self.stopped = True

    async def hints(self) -> AsyncIterator[object]:
        while True:
            item = await self.told.get()
            if isinstance(item, Exception):
                raise item
            yield item


async def test_news_of_an_order_makes_the_bot_look() -> None:
    """It need not wait for its turn; and a feed that breaks ends nothing."""
    broker, news = FakeBroker(), News()
    bot = make(broker, Prices(), StateStore.open(IN_MEMORY), watch_interval=3600.0)
    bot._order_news = news
    running = asyncio.create_task(bot.run())
    await until(lambda: broker.asked["open_orders"] and bot.orchestrator.mode == "normal")
    before = broker.asked["open_orders"]
    news.told.put_nowait("something")
    await until(lambda: broker.asked["open_orders"] > before)
    news.told.put_nowait(OSError("broken"))
    await until(lambda: bot.metrics.get_counter("order_news_crashes"))
    assert (await bot.execute_order(symbol=BTC, side="buy", quantity=0.1)).status == "filled"
    await bot.shutdown()
    await running
    assert news.stopped


async def test_a_part_that_does_not_end_keeps_nobody_else() -> None:
    """Nor does one that fails."""

    class Stuck(Prices):
        async def stop(self) -> None:
            await asyncio.Event().wait()

    class Failing(FakeBroker):
        async def close(self) -> None:
            raise OSError("broken")

    store = Closing.open(IN_MEMORY)
    bot = make(Failing(), Stuck(), store)
    bot._patience = 1.0  # real seconds: the store closes in a thread, on a machine that may be busy
    await bot.shutdown()
    assert store.closed


async def test_a_limit_price_is_handed_on() -> None:
    """As it was written."""
    broker = FakeBroker()
    bot = make(broker, Prices(), StateStore.open(IN_MEMORY))
    await bot.execute_order(symbol=BTC, side="buy", quantity="0.1", limit_price="50000.50")
    (order,) = broker.orders.values()
    assert order.limit_price == Decimal("50000.50")
    await bot.shutdown()
