"""A recovery that asks once and believes what it is told first, for tests of what stands on it."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from decimal import Decimal

from bot_v2.features.brokerages.broker import Broker
from bot_v2.orchestration.needs import Store
from bot_v2.state.intent import Intent

_MARGIN = 60.0  # real seconds by which clocks may differ


@dataclass(frozen=True)
class SimpleReport:
    """How it ended."""

    may_resume: bool
    reason: str


class SimpleRecovery:
    """Settles what is unknown, follows what is open, and compares positions.

    A position of which nothing is believed yet is taken as it is told; any other that does not fit stops the bot.
    """

    def __init__(self, broker: Broker, store: Store) -> None:
        self._broker = broker
        self._store = store
        self._began = time.time()

    async def run(self) -> SimpleReport:
        """Reconcile.

        Raises:
            BrokerError: the broker could not be asked.
        """
        for intent in await self._store.open_intents():
            await self.settle(intent)
        await self._store.record_fills(await self._broker.get_fills(self._began - _MARGIN))
        told = await self._broker.get_positions()
        for intent in await self._store.open_intents():
            await self.settle(intent)  # what was filled meanwhile
        belief = await self._store.position_belief()
        for symbol, quantity in told.items():
            if symbol not in belief:
                await self._store.set_position(symbol, quantity)
        open_orders = await self._store.open_intents()
        busy = {intent.symbol for intent in open_orders}
        wrong = [
            f"{symbol} is believed to be {held:f}, the broker tells {told.get(symbol, Decimal(0)):f}"
            for symbol, held in sorted(belief.items())
            if symbol not in busy and told.get(symbol, Decimal(0)) != held
        ]
        if wrong:
            return SimpleReport(False, "; ".join(wrong))
        return SimpleReport(True, f"{len(told)} positions, {len(open_orders)} open orders")

    async def settle(self, intent: Intent) -> Intent:
        """Ask for one order; one that is not found stays unknown.

        Raises:
            BrokerError: the broker could not be asked.
        """
        if intent.order_id is not None:
            report = await self._broker.get_order(intent.order_id)
        else:
            since = intent.created_at - _MARGIN
            report = await self._broker.find_order(intent.client_order_id, since)
        if report is not None:
            await self._store.update(report)
        left = await self._store.open_intents()
        for each in left:
            if each.client_order_id == intent.client_order_id:
                return each
        return replace(intent, state="over")
