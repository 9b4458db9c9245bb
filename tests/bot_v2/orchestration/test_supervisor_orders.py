"""Open orders under the supervisor's eyes."""

from __future__ import annotations

import asyncio
from decimal import Decimal

from bot_v2.orchestration.strategy_orchestrator import StrategyOrchestrator
from tests.bot_v2.orchestration.desk_parts import BTC, orchestrator, until
from tests.bot_v2.orchestration.fake_broker import FakeBroker
from tests.bot_v2.orchestration.supervised import DOWN, running


async def test_an_order_that_fills_late_is_followed() -> None:
    """Without a word of the broker: the bot looks."""
    broker = FakeBroker()
    broker.fill_share = Decimal(0)
    bot = orchestrator(broker)
    async with running(bot):
        result = await bot.execute_order(symbol=BTC, side="buy", quantity=0.4)
        assert (await bot.holding(BTC)).buys == Decimal("0.4")
        broker.fill(str(result.order_id), Decimal("0.1"))
        await booked(bot, "0.1", "0.3")
        broker.fill(str(result.order_id), Decimal("0.3"))
        await booked(bot, "0.4", "0")
        assert bot.metrics.get_counter("position_disputes") == 0


async def booked(bot: StrategyOrchestrator, position: str, buys: str) -> None:
    """Wait until this is believed."""
    async with asyncio.timeout(10):
        while True:
            holding = await bot.holding(BTC)
            if (holding.position, holding.buys) == (Decimal(position), Decimal(buys)):
                return
            await asyncio.sleep(0.001)


async def test_open_orders_that_are_not_listed_are_asked_for_by_name() -> None:
    """An empty list is no proof that they are gone."""
    broker = FakeBroker()
    broker.fill_share = Decimal(0)
    bot = orchestrator(broker)
    async with running(bot):
        await bot.execute_order(symbol=BTC, side="buy", quantity=0.4)
        broker.lies["open_orders"] = []
        asked = broker.asked["get_order"]
        await until(lambda: broker.asked["get_order"] > asked + 2)
        assert (await bot.holding(BTC)).buys == Decimal("0.4")


async def test_an_order_that_rests_too_long_is_cancelled() -> None:
    """The market has moved on."""
    broker = FakeBroker()
    broker.fill_share = Decimal(0)
    bot = orchestrator(broker, settings={"order_ttl": 1e-6})
    async with running(bot):
        await bot.execute_order(symbol=BTC, side="buy", quantity=0.4)
        await booked(bot, "0", "0")
    assert [order.status for order in broker.orders.values()] == ["cancelled"]


async def test_an_order_that_is_over_is_not_remembered() -> None:
    """A bot that runs for months meets many that it had to ask for, or to cancel."""
    broker = FakeBroker()
    broker.endings = ["lost"]
    bot = orchestrator(broker, settings={"order_ttl": 1e-6})
    async with running(bot):
        await bot.execute_order(symbol=BTC, side="buy", quantity=0.1)
        await until(lambda: bot.metrics.get_counter("orders_settled"))
        broker.fill_share = Decimal(0)
        await bot.execute_order(symbol=BTC, side="buy", quantity=0.2)
        await until(lambda: "cancelled" in {order.status for order in broker.orders.values()})
        await until(lambda: not bot._watch._next_time)


async def test_an_old_order_is_cancelled_even_while_nothing_is_traded() -> None:
    """A broker that is half out may still take cancels."""
    broker = FakeBroker()
    broker.fill_share = Decimal(0)
    bot = orchestrator(broker, settings={"order_ttl": 1e-6})
    async with running(bot):
        broker.trouble["cancel_order"] = broker.trouble["get_account"] = DOWN
        await bot.execute_order(symbol=BTC, side="buy", quantity=0.4)
        await until(lambda: bot.mode == "monitor_only")
        del broker.trouble["cancel_order"]
        await booked(bot, "0", "0")
        assert bot.mode == "monitor_only"


async def test_a_hint_makes_it_look_at_once() -> None:
    """It need not wait for its turn."""
    broker = FakeBroker()
    bot = orchestrator(broker, settings={"watch_interval": 3600.0})
    async with running(bot):
        await until(lambda: broker.asked["open_orders"])
        before = broker.asked["open_orders"]
        bot.hint()
        await until(lambda: broker.asked["open_orders"] > before)


async def test_an_order_whose_answer_is_awaited_is_not_asked_for() -> None:
    """It is not unknown yet."""
    broker = FakeBroker()
    broker.hanging.add("place_order")
    bot = orchestrator(broker)
    async with running(bot):
        asked = asyncio.create_task(bot.execute_order(symbol=BTC, side="buy", quantity=0.1))
        await until(lambda: broker.asked["place_order"])
        looks = broker.asked["open_orders"]
        await until(lambda: broker.asked["open_orders"] > looks + 2)
        assert broker.asked["find_order"] == 0
        broker.hanging.clear()
        assert (await asked).status == "filled"
