"""Looks at the broker: what became of orders, what was filled, what is held; and whether that agrees with the store."""

from __future__ import annotations

import asyncio
import logging
import random
import time
from collections.abc import Awaitable, Callable, Collection, Sequence
from typing import Final

from bot_v2.features.brokerages.broker import Broker, BrokerError, Fill, OrderReport
from bot_v2.features.brokerages.coinbase.streaming.backoff import Backoff
from bot_v2.metrics import MetricsCollector
from bot_v2.orchestration.line import BrokerLine
from bot_v2.orchestration.needs import Store
from bot_v2.orchestration.settings import OrchestratorSettings
from bot_v2.state.intent import Intent
from bot_v2.state.recovery.positions import Span, disputes, spans

logger = logging.getLogger(__name__)

Settle = Callable[[Intent], Awaitable[Intent]]

FILL_MARGIN: Final = 60.0
"""Real seconds by which fills are asked for again: some come late, and clocks differ."""


class Watch:
    """Compares the broker with the store, and tells the store what is new.

    Args:
        broker: to ask.
        line: by which it is asked.
        store: what is believed.
        settle: finds out what became of an unknown order.
        under_way: names of the orders whose answers are being waited for.
        settings: in real seconds.
        metrics: counts ``position_disputes`` and ``orders_settled``, and shows positions and open orders.

    Attributes:
        dispute: in what broker and store disagree, or None. Nobody trades on a position that is in dispute.
    """

    def __init__(
        self,
        broker: Broker,
        line: BrokerLine,
        store: Store,
        settle: Settle,
        under_way: Callable[[], Collection[str]],
        settings: OrchestratorSettings,
        metrics: MetricsCollector,
    ) -> None:
        self.dispute: str | None = None
        self._broker = broker
        self._line = line
        self._store = store
        self._settle = settle
        self._under_way = under_way
        self._settings = settings
        self._metrics = metrics
        self._agreed_at = -float("inf")
        self._fills_since = time.time()
        self._next_time: dict[str, tuple[float, Backoff]] = {}  # of what is asked again, by order

    @property
    def age(self) -> float:
        """Real seconds since broker and store last agreed."""
        return time.monotonic() - self._agreed_at

    async def look(self) -> str | None:
        """Look once, and return in what broker and store disagree, or None.

        Everything is asked for, even if some of it cannot be had.

        Raises:
            BrokerError: something could not be had.
        """
        before, since = await self._spans(), time.time()
        positions, orders, fills = await asyncio.gather(
            self._line.read("positions", self._broker.get_positions),
            self._line.read("open orders", self._broker.open_orders),
            self._line.read("fills", lambda: self._broker.get_fills(self._fills_since)),
            return_exceptions=True,
        )
        if not isinstance(orders, BaseException):
            await self._follow(orders)
        if not isinstance(fills, BaseException):
            await self._book(fills, since)
        for result in (positions, orders, fills):
            if isinstance(result, BaseException):
                raise result
        assert not isinstance(positions, BaseException)
        wrong = disputes(positions, before, await self._spans())
        await self._tell()
        self.dispute = "; ".join(str(each) for each in wrong) or None
        if self.dispute is None:
            self._agreed_at = time.monotonic()
        else:
            self._metrics.increment("position_disputes")
            logger.error("positions in dispute: %s", self.dispute)
        return self.dispute

    def agreed(self) -> None:
        """Take it from somebody else that broker and store agree."""
        self.dispute = None
        self._agreed_at = time.monotonic()

    async def settle_unknown(self) -> None:
        """Ask for every order of which nothing is known, each less and less often.

        Raises:
            BrokerError: the broker could not be asked.
        """
        waiting = self._under_way()
        for intent in await self._store.open_intents():
            if intent.state == "known" or intent.client_order_id in waiting:
                continue
            if self._due(intent.client_order_id):
                settled = await self._settle(intent)
                if settled.state in {"known", "over", "refused"}:
                    self._metrics.increment("orders_settled")
                    logger.info("order %s is %s", intent.client_order_id, settled.state)

    async def cancel_old(self) -> None:
        """Ask for the end of orders that have rested too long.

        Raises:
            BrokerError: the broker could not be asked.
        """
        latest = time.time() - self._settings.order_ttl
        for intent in await self._store.open_intents():
            if intent.order_id is None or intent.created_at > latest:
                continue
            if self._due(intent.order_id):
                logger.info("order %s has rested too long: cancelling", intent.client_order_id)
                await self.cancel(intent.order_id)

    async def cancel(self, order_id: str) -> None:
        """Ask for the end of an order, and look what became of it.

        Raises:
            BrokerError: the broker could not be asked. That the order is over already is no error.
        """
        try:
            await self._line.read("cancel", lambda: self._broker.cancel_order(order_id))
        except BrokerError as error:
            logger.warning("order %s was not cancelled: %s", order_id, error)
        await self._ask_for(order_id)

    async def _follow(self, reports: Sequence[OrderReport]) -> None:
        """Tell the store of open orders, and ask for those that were open and are not listed."""
        listed = {report.order_id for report in reports}
        for report in reports:
            await self._store.update(report)
        for intent in await self._store.open_intents():
            if intent.order_id is not None and intent.order_id not in listed:
                await self._ask_for(intent.order_id)

    async def _ask_for(self, order_id: str) -> None:
        report = await self._line.read("order", lambda: self._broker.get_order(order_id))
        if report is None:  # it was there: that it is not found says nothing about it
            self._metrics.increment("orders_not_found")
            logger.warning("order %s is not found, and counts as open", order_id)
        else:
            await self._store.update(report)

    async def _book(self, fills: Sequence[Fill], since: float) -> None:
        await self._store.record_fills(fills)
        self._fills_since = since - FILL_MARGIN

    async def _tell(self) -> None:
        """Show what is believed."""
        for symbol, held in (await self._store.position_belief()).items():
            self._metrics.set_gauge(f"position_{symbol.lower().replace('-', '_')}", float(held))
        intents = await self._store.open_intents()
        self._metrics.set_gauge("orders_open", len(intents))
        unknown = [each for each in intents if each.state == "unknown"]
        self._metrics.set_gauge("orders_unknown_now", len(unknown))
        # Of what is over nobody asks again: a bot that runs for months must not remember it.
        names = {name for each in intents for name in (each.client_order_id, each.order_id)}
        self._next_time = {name: at for name, at in self._next_time.items() if name in names}

    def _due(self, name: str) -> bool:
        """Tell whether it is time to ask for this again; if so, the next time comes later."""
        now = time.monotonic()
        first, cap = self._settings.settle_first, self._settings.settle_cap
        at, backoff = self._next_time.setdefault(name, (now, Backoff(first, cap, random.Random())))  # noqa: S311
        if now < at:
            return False
        self._next_time[name] = now + backoff.wait(), backoff
        return True

    async def _spans(self) -> dict[str, Span]:
        """Return where each position may lie, whatever was filled meanwhile."""
        intents = await self._store.open_intents()  # before the belief: see `Store`
        return spans(await self._store.position_belief(), intents)
