"""What became of orders: asked for by all the ways there are, and never concluded from one answer."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from decimal import Decimal

from bot_v2.features.brokerages.broker import BrokerError, Fill, OrderReport
from bot_v2.metrics import MetricsCollector
from bot_v2.state.intent import SETTLED, Intent
from bot_v2.state.recovery.absence import Wanted, next_step
from bot_v2.state.recovery.ask import Asked
from bot_v2.state.recovery.clock import Clock
from bot_v2.state.recovery.positions import Retold
from bot_v2.state.recovery.settings import RecoverySettings
from bot_v2.state.recovery.standing import Standing
from bot_v2.state.store import StateStore

logger = logging.getLogger(__name__)


class Orders:
    """Follows orders and fills.

    Args:
        broker: to ask.
        store: what is believed.
        wanted: whether an order may be placed again under its name.
        standing: for how long the broker has stood by what it says.
        settings: in real seconds.
        metrics: counts ``orders_adopted``, ``orders_resent`` and ``orders_lost``.
        clock: to go by.

    Attributes:
        disputed: products on whose positions broker and store do not agree: nothing is placed again for them.
    """

    def __init__(
        self,
        broker: Asked,
        store: StateStore,
        wanted: Wanted,
        standing: Standing,
        settings: RecoverySettings,
        metrics: MetricsCollector,
        clock: Clock,
    ) -> None:
        self._broker = broker
        self._store = store
        self._wanted = wanted
        self._standing = standing
        self._settings = settings
        self._metrics = metrics
        self._clock = clock
        self._resends: dict[str, int] = {}
        self._foreign: set[str] = set()
        self.disputed: frozenset[str] = frozenset()

    async def follow(self) -> None:
        """Take in the list of open orders, and ask for each that should be in it and is not.

        Raises:
            BrokerError: the broker could not be asked.
        """
        listed = await self._broker.open_orders()
        for report in listed:
            if await self._store.find_intent(report.client_order_id) is not None:
                await self._seen(report)
            elif report.order_id not in self._foreign:
                await self._adopt(report)
        names = {report.client_order_id for report in listed}
        for intent in await self._store.open_intents():
            if intent.client_order_id not in names:
                await self.look(intent)

    async def look(self, intent: Intent) -> Intent:
        """Ask once what became of an order, and return the intent as it is now.

        Raises:
            BrokerError: the broker could not be asked.
        """
        name = intent.client_order_id
        current = await self._store.find_intent(name)
        if current is None or current.state in SETTLED or current.state == "written":
            return current or intent
        report = await self._find(current)
        if report is None:
            await self._absent(current)
        else:
            await self._seen(report)
        return await self._store.find_intent(name) or intent

    async def take_fills(self, since: float) -> Sequence[Fill]:
        """Take in the fills since an instant in seconds since 1970, and return them.

        Raises:
            BrokerError: the broker could not be asked.
        """
        fills = await self._broker.get_fills(since)
        await self._store.record_fills(fills)
        nameless = {
            each.symbol for each in await self._store.intents_since(since) if each.order_id is None
        }
        known = await self._store.order_ids() | self._foreign if nameless else frozenset()
        strange = {fill.order_id for fill in fills if fill.symbol in nameless} - known
        for order_id in strange:  # of an order that was never shown under our name for it
            report = await self._broker.get_order(order_id)
            if report is None:
                continue
            if await self._store.find_intent(report.client_order_id) is None:
                self._foreign.add(order_id)
            else:
                await self._seen(report)
        return fills

    async def retold(self, symbol: str, since: float, fills: Sequence[Fill]) -> list[Retold]:
        """Return our orders since an instant of which the broker now tells less than is booked.

        Raises:
            BrokerError: the broker could not be asked.
        """
        found = []
        for intent in await self._store.intents_since(since):
            own = tuple(fill for fill in fills if fill.order_id == intent.order_id)
            left = sum((fill.quantity for fill in own), Decimal(0))
            if intent.symbol != symbol or intent.order_id is None or left >= intent.filled:
                continue
            report = await self._broker.get_order(intent.order_id)
            filled = max(left, report.filled if report else Decimal(0))
            if filled < intent.filled:
                found.append(Retold(intent, filled, own))
        return found

    async def _find(self, intent: Intent) -> OrderReport | None:
        if intent.order_id is not None:
            report = await self._broker.get_order(intent.order_id)
            if report is not None:
                return report
        since = intent.created_at - self._settings.clock_margin
        return await self._broker.find_order(intent.client_order_id, since)

    async def _seen(self, report: OrderReport) -> None:
        self._standing.drop(("absent", report.client_order_id))
        await self._store.update(report)

    async def _absent(self, intent: Intent) -> None:
        name = intent.client_order_id
        stand = self._standing.note(("absent", name), intent.order_id, self._clock.steady())
        wanted = intent.symbol not in self.disputed and self._wanted(
            intent, self._clock.wall() - intent.created_at
        )
        resends = self._resends.get(name, 0)
        step = next_step(intent, stand, resends, wanted, self._settings)
        figures = f"{stand.looks} looks over {stand.seconds:.1f} s"
        news = stand.looks == 1 or step != "ask"
        level = logging.WARNING if news else logging.DEBUG
        logger.log(level, "order %s is not shown: %s; next: %s", name, figures, step)
        if step == "lost":
            self._metrics.increment("orders_lost")
            await self._store.mark_lost(name, f"not shown in {figures}")
        elif step == "place":
            self._resends[name] = resends + 1
            await self._place(intent)

    async def _place(self, intent: Intent) -> None:
        """Place an order again, under its name. A refusal proves nothing: the first one may be the reason for it."""
        self._metrics.increment("orders_resent")
        try:
            report = await self._broker.place_order(intent.request)
        except BrokerError as error:
            logger.warning("order %s was placed again: %s", intent.client_order_id, error)
            self._standing.drop(("absent", intent.client_order_id))
        else:
            await self._seen(report)

    async def _adopt(self, report: OrderReport) -> None:
        """Take an open order for ours that the store does not know: limits count it, and it grows old like any."""
        if not report.client_order_id:
            self._foreign.add(report.order_id)
            logger.warning("order %s is open, and not ours", report.order_id)
            return
        self._metrics.increment("orders_adopted")
        logger.warning("%s is open and was not written down: it counts as ours from now on", report)
        await self._store.adopt(report, self._clock.wall())
