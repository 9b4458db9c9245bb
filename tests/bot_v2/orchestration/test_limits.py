"""Whatever happens to orders, the worst case stays within the limit: of what the broker really has."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from decimal import Decimal
from typing import Any, TypeVar

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from bot_v2.features.brokerages.broker import OrderReport, Side
from bot_v2.orchestration.strategy_orchestrator import StrategyOrchestrator
from tests.bot_v2.orchestration.desk_parts import BTC, orchestrator
from tests.bot_v2.orchestration.fake_broker import FakeBroker
from tests.bot_v2.state.memory import MemoryStore

T = TypeVar("T")

LIMIT = Decimal(1)
sides = st.sampled_from(["buy", "sell"])
quantities = st.decimals("0.01", "0.6", places=2)
numbers = st.integers(0, 99)
shares = st.sampled_from([Decimal(0), Decimal("0.5"), Decimal(1)])


class Trading(RuleBasedStateMachine):
    """A bot, and a broker that fills late, loses answers, tells old things, and forgets to list orders."""

    def __init__(self) -> None:
        super().__init__()
        self.loop = asyncio.new_event_loop()
        self.broker = FakeBroker(BTC="0.3")
        self.store = MemoryStore()
        self.bot = self.make()
        self.reports: list[OrderReport] = []

    def make(self) -> StrategyOrchestrator:
        """Return a bot that goes on with what is in the store."""
        calm = {"position_max_age": 60.0, "settle_first": 1e-9, "settle_cap": 1e-9}
        return orchestrator(self.broker, self.store, settings=calm)

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """Do something to its end."""
        return self.loop.run_until_complete(work)

    def teardown(self) -> None:
        self.broker.hanging.clear()
        self.run(self.bot.shutdown())
        self.loop.close()

    @rule(side=sides, quantity=quantities, share=shares)
    def an_order(self, side: Side, quantity: Decimal, share: Decimal) -> None:
        self.broker.fill_share = share
        self.run(self.bot.execute_order(symbol=BTC, side=side, quantity=quantity))

    @rule(side=sides, quantity=quantities, there=st.booleans(), share=shares)
    def an_order_whose_answer_is_lost(
        self, side: Side, quantity: Decimal, there: bool, share: Decimal
    ) -> None:
        self.broker.fill_share = share
        self.broker.endings = ["lost" if there else "never there"]
        self.run(self.bot.execute_order(symbol=BTC, side=side, quantity=quantity))
        self.broker.endings = []

    @rule(side=sides, quantity=quantities)
    def many_orders_at_once(self, side: Side, quantity: Decimal) -> None:
        async def ask() -> None:
            one = self.bot.execute_order
            await asyncio.gather(*(one(symbol=BTC, side=side, quantity=quantity) for _ in range(6)))

        self.broker.fill_share = Decimal(0)
        self.run(ask())

    @rule(number=numbers, quantity=quantities)
    def a_fill(self, number: int, quantity: Decimal) -> None:
        open_orders = [each for each in self.broker.orders.values() if not each.over]
        if open_orders:
            self.broker.fill(open_orders[number % len(open_orders)].order_id, quantity)

    @rule(number=numbers)
    def a_cancel_of_which_nobody_tells(self, number: int) -> None:
        orders = list(self.broker.orders)
        if orders:
            self.run(self.broker.cancel_order(orders[number % len(orders)]))

    @rule()
    def the_present_is_noted(self) -> None:
        self.reports += self.broker.orders.values()

    @rule(number=numbers)
    def something_old_is_told_again(self, number: int) -> None:
        if self.reports:
            self.run(self.store.update(self.reports[number % len(self.reports)]))

    @rule(lie=st.booleans())
    def a_look(self, lie: bool) -> None:
        if lie:
            self.broker.lies["open_orders"] = []
        self.run(self.bot._watch.look())
        self.broker.lies.clear()

    @rule()
    def unknown_orders_are_asked_for(self) -> None:
        self.run(self.bot._watch.settle_unknown())

    @rule()
    def a_restart(self) -> None:
        self.bot = self.make()

    @invariant()
    def the_worst_case_is_within_the_limit(self) -> None:
        """Of what really stands at the broker."""
        position = self.broker.held[BTC]
        left = {"buy": Decimal(0), "sell": Decimal(0)}
        for order in self.broker.orders.values():
            if not order.over:
                left[order.side] += order.quantity - order.filled
        assert position + left["buy"] <= LIMIT
        assert position - left["sell"] >= -LIMIT

    @invariant()
    def the_bot_knows_of_everything_that_may_be_filled(self) -> None:
        """Its own worst case is never below the true one."""
        holding = self.run(self.bot.holding(BTC))
        if self.bot.mode != "normal":
            return
        buys = sum(
            (
                o.quantity - o.filled
                for o in self.broker.orders.values()
                if not o.over and o.side == "buy"
            ),
            Decimal(0),
        )
        assert holding.most >= self.broker.held[BTC] + buys


TestTrading = Trading.TestCase
TestTrading.settings = settings(max_examples=40, stateful_step_count=30, deadline=None)
