"""How strategies are asked."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from decimal import Decimal

from bot_v2.features.brokerages.broker import Side
from bot_v2.features.live_trade.risk import Holding, OrderResult, Refusal, SeenPrice
from bot_v2.metrics import MetricsCollector
from bot_v2.orchestration.strategy import Situation, Wish
from bot_v2.orchestration.trader import Trader
from tests.bot_v2.orchestration.desk_parts import BTC, until


class Floor:
    """Takes every order, and ends it as it is told to."""

    def __init__(self) -> None:
        self.open = True
        self.looks = 0
        self.seen: SeenPrice | None = SeenPrice(Decimal(100), 0.0)
        self.result = OrderResult("filled")
        self.orders: list[tuple[str, Side, Decimal]] = []

    def trading(self) -> bool:
        return self.open

    def price(self, symbol: str) -> SeenPrice | None:
        del symbol
        self.looks += 1
        return self.seen

    async def holding(self, symbol: str) -> Holding:
        del symbol
        return Holding(Decimal(1))

    async def execute_order(
        self, *, symbol: str, side: Side, quantity: Decimal, limit_price: Decimal | None = None
    ) -> OrderResult:
        del limit_price
        self.orders.append((symbol, side, quantity))
        return self.result


class Buyer:
    """Always buys; fails at first, if it is told to."""

    def __init__(self, failures: int = 0) -> None:
        self.failures = failures
        self.seen: list[Situation] = []

    def decide(self, situation: Situation) -> Wish | None:
        self.seen.append(situation)
        if len(self.seen) <= self.failures:
            raise ZeroDivisionError
        return Wish("buy", Decimal(1))


@contextlib.asynccontextmanager
async def trading(
    floor: Floor, strategy: Buyer, cool_down: float = 0.002
) -> AsyncIterator[MetricsCollector]:
    """Let a strategy trade."""
    metrics = MetricsCollector()
    trader = Trader(floor, {BTC: strategy}, 0.001, cool_down, metrics)
    task = asyncio.create_task(trader.run())
    yield metrics
    task.cancel()
    await asyncio.wait({task})


async def test_a_strategy_is_asked_again_and_again_and_its_wishes_carried_out() -> None:
    """With the price and the position as they are."""
    floor, strategy = Floor(), Buyer()
    async with trading(floor, strategy):
        await until(lambda: len(floor.orders) > 3)
    assert floor.orders[0] == (BTC, "buy", Decimal(1))
    assert strategy.seen[0].holding == Holding(Decimal(1))
    assert strategy.seen[0].price == 100


async def test_without_a_price_or_while_nothing_is_traded_it_is_not_asked() -> None:
    """It sees no gap as a price."""
    floor, strategy = Floor(), Buyer()
    floor.open = False
    async with trading(floor, strategy):
        await until(lambda: floor.looks > 3)
        floor.open, floor.seen = True, None
        looks = floor.looks
        await until(lambda: floor.looks > looks + 3)
        assert strategy.seen == []
        floor.seen = SeenPrice(Decimal(100), 0.0)
        await until(lambda: floor.orders)


async def test_an_order_that_came_to_nothing_is_followed_by_a_longer_and_longer_rest() -> None:
    """No retry loop."""
    floor = Floor()
    floor.result = OrderResult.refused(Refusal("position_limit", "too much"))
    async with trading(floor, Buyer(), cool_down=60.0):
        await until(lambda: len(floor.orders) == 4)
        started = asyncio.get_running_loop().time()
        await until(lambda: len(floor.orders) == 6)
        assert asyncio.get_running_loop().time() - started > 0.01


async def test_a_strategy_that_fails_is_asked_again() -> None:
    """Its error is counted."""
    floor, strategy = Floor(), Buyer(failures=2)
    async with trading(floor, strategy) as metrics:
        await until(lambda: floor.orders)
        assert metrics.get_counter("strategy_errors") == 2
