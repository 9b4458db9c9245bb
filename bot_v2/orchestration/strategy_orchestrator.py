"""Every order's way in: the mode, the policy, the desk; and what the strategies trade by.

::

    strategy_orchestrator.py   StrategyOrchestrator
      supervisor.py              the mode machine: when to trade, to only watch, to make sure of things first
        modes.py                   normal, monitor_only, recovering
        line.py, health.py         every request to the broker, and what they say about it
        watch.py                   orders, fills and positions, against the store
      (features/live_trade/risk) the order policy
        outlook.py                 what an order is judged by
        desk.py                    intents, requests, answers
      trader.py, strategy.py     what is traded
    needs.py                   what is asked of store, recovery and market data
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import uuid
from collections.abc import Mapping
from decimal import Decimal
from typing import Final

from bot_v2.features.brokerages.broker import Broker, BrokerError, OrderRequest, Rejected, Side
from bot_v2.features.live_trade.risk import (
    Holding,
    LiquidityService,
    OrderPolicy,
    OrderResult,
    Refusal,
    RiskGateValidator,
)
from bot_v2.metrics import MetricsCollector
from bot_v2.orchestration.desk import OrderDesk
from bot_v2.orchestration.health import Health
from bot_v2.orchestration.line import Attempts, BrokerLine
from bot_v2.orchestration.modes import Mode, Modes
from bot_v2.orchestration.needs import MarketData, MarketPrice, Recovery, Store, fresh_price
from bot_v2.orchestration.outlook import BotOutlook
from bot_v2.orchestration.settings import OrchestratorSettings
from bot_v2.orchestration.strategy import Strategy
from bot_v2.orchestration.supervisor import Supervisor
from bot_v2.orchestration.trader import Trader
from bot_v2.orchestration.watch import Watch

logger = logging.getLogger(__name__)

NOT_A_GUARDRAIL: Final = frozenset(
    (
        "broker_unavailable",
        "order_entry_disabled",
        "rate_limited",
        "shutting_down",
        "state_unavailable",
    )
)
"""Refusals that say nothing of the order itself."""


class StrategyOrchestrator:
    """Every order goes through here, whether a strategy or a person asks for it.

    Args:
        broker: to trade with.
        store: what must not be forgotten.
        recovery: brings the two to agree.
        gates: the risk gates.
        liquidity: the look at the market.
        metrics: counts everything.
        settings: in nominal seconds.
        market_data: prices; without it, the broker's quotes.
        strategies: by symbol, and every how many nominal seconds they are asked.
        interval: see there.
        attempts: of the broker's client, if it asks again by itself.
    """

    def __init__(
        self,
        *,
        broker: Broker,
        store: Store,
        recovery: Recovery,
        gates: RiskGateValidator,
        liquidity: LiquidityService,
        metrics: MetricsCollector,
        settings: OrchestratorSettings | None = None,
        market_data: MarketData | None = None,
        strategies: Mapping[str, Strategy] | None = None,
        interval: float = 2.0,
        attempts: Attempts | None = None,
    ) -> None:
        settings = settings or OrchestratorSettings()
        real = self._settings = settings.real()
        self.broker = broker
        self.metrics = metrics
        self._store = store
        self._market_data = market_data
        self._modes = Modes(metrics)
        self._line = BrokerLine(real, metrics, attempts)
        self._desk = OrderDesk(broker, self._line, store, real, metrics)
        self._outlook = BotOutlook(broker, self._line, store, market_data, real)
        self.policy = OrderPolicy(self._closed, liquidity, gates, self._outlook, self._desk)
        self._watch = Watch(
            broker, self._line, store, recovery.settle, lambda: self._desk.under_way, real, metrics
        )
        self._trader = Trader(
            self,
            strategies or {},
            interval * settings.time_scale,
            real.entry_pause,
            metrics,
        )
        self._supervisor = Supervisor(
            broker, self._line, self._watch, recovery, self._modes, real, metrics
        )
        self._orders: set[asyncio.Task[OrderResult]] = set()
        self._loops: asyncio.Task[None] | None = None
        self._stopping = False

    @property
    def mode(self) -> Mode:
        """``normal``, ``monitor_only`` or ``recovering``."""
        return self._modes.mode

    @property
    def reason(self) -> str:
        """Why it is in this mode."""
        return self._modes.reason

    def trading(self) -> bool:
        """Return whether orders are taken at all."""
        return self._closed(None) is None

    def price(self, symbol: str) -> MarketPrice | None:
        """Return a price that may be traded on, or None."""
        return fresh_price(self._market_data, symbol) if self._market_data else None

    async def holding(self, symbol: str) -> Holding:
        """Return what is believed to be held of a product, and what is open."""
        return await self._outlook.holding(symbol)

    def hint(self) -> None:
        """Say that there may be something new at the broker: while trading, it is looked at now."""
        self._supervisor.hint()

    async def start(self) -> None:
        """Recover, if that was not done yet. Afterwards orders are taken, or `reason` says why not."""
        await self._supervisor.start()

    async def check_broker_health(self) -> Health:
        """Ask the broker, and judge it by that and by its answers so far; if it is not well, stop trading."""
        return await self._supervisor.check_broker_health()

    async def execute_order(
        self,
        *,
        symbol: str,
        side: Side,
        quantity: Decimal | float | str,
        limit_price: Decimal | float | str | None = None,
    ) -> OrderResult:
        """Ask for an order. Being cancelled does not take it back.

        Args:
            symbol: of the product.
            side: buy or sell.
            quantity: in the base currency, or in contracts.
            limit_price: the worst price; None for a market order.

        Returns:
            What became of it. A refusal is a result, not an exception.

        Raises:
            ValueError: the side is none, or a figure is no number.
        """
        if side not in {"buy", "sell"}:
            raise ValueError(f"side must be 'buy' or 'sell', not {side!r}")
        limit = None if limit_price is None else _figure("limit_price", limit_price)
        request = OrderRequest(
            str(uuid.uuid4()), symbol, side, _figure("quantity", quantity), limit
        )
        task = asyncio.create_task(self._execute(request), name=f"order {request.client_order_id}")
        self._orders.add(task)
        task.add_done_callback(self._orders.discard)
        return await asyncio.shield(task)

    async def run(self) -> None:
        """Watch the broker and let the strategies trade, until `shutdown`."""
        if self._stopping:
            return
        self._loops = asyncio.create_task(self._run(), name="orchestrator")
        try:
            await asyncio.wait({self._loops})
        finally:
            self._loops.cancel()
        if not self._loops.cancelled():
            self._loops.result()

    async def shutdown(self) -> None:
        """Take no more orders, wait a moment for those under way, and cancel what is open.

        What cannot be ended in time is left to the next start; the store knows of it. Takes at most twice
        ``shutdown_sends`` and once ``shutdown_cancels``. Calling it again does no harm.
        """
        if self._stopping:
            return
        self._stopping = True
        if self._loops is not None:
            self._loops.cancel()
            await asyncio.wait({self._loops}, timeout=self._settings.shutdown_sends)
        if self._orders:
            await asyncio.wait(set(self._orders), timeout=self._settings.shutdown_sends)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(self._settings.shutdown_cancels):
                await self._cancel_open()
        left = await self._store.open_intents()
        self.metrics.set_gauge("orders_left_open", len(left))
        logger.info("%d orders are left to the next start", len(left))

    async def _run(self) -> None:
        await self.start()
        async with asyncio.TaskGroup() as group:
            group.create_task(self._trader.run(), name="trader")
            group.create_task(self._supervisor.run(), name="supervisor")

    async def _execute(self, request: OrderRequest) -> OrderResult:
        self.metrics.increment("orders_asked")
        try:
            await self.start()
            if self.mode == "normal":
                await self._supervisor.agree(self._settings.position_max_age)
            result = await self.policy.submit(request)
        except Rejected as error:
            result = Refusal("no_quote", f"the broker tells no price of {request.symbol}: {error}")
        except BrokerError as error:
            result = Refusal("broker_unavailable", str(error))
        if isinstance(result, Refusal):
            return self._refused(request, result)
        if result.status in {"unknown", "rejected"}:
            self.hint()
        return result

    def _refused(self, request: OrderRequest, refusal: Refusal) -> OrderResult:
        guardrail = refusal.reason not in NOT_A_GUARDRAIL
        kind = "guardrails" if guardrail else "unavailable"
        self.metrics.increment(f"orders_rejected_{kind}")
        logger.log(
            logging.ERROR if guardrail else logging.WARNING,
            "order refused: %s",
            refusal,
            extra={"reason": refusal.reason, "symbol": request.symbol},
        )
        return OrderResult.refused(refusal)

    def _closed(self, request: OrderRequest | None) -> Refusal | None:
        """Return why no order is taken at present."""
        if self._stopping:
            return Refusal("shutting_down", "the bot is shutting down")
        if self.mode != "normal":
            return Refusal("broker_unavailable", f"{self.mode}: {self.reason}")
        if self._watch.dispute:
            return Refusal("broker_unavailable", f"in dispute: {self._watch.dispute}")
        if self._line.held:
            return Refusal("rate_limited", f"nothing is asked for {self._line.held:.1f} s")
        return self._desk.closed(request.symbol) if request else None

    async def _cancel_open(self) -> None:
        ids = [each.order_id for each in await self._store.open_intents() if each.order_id]
        cancels = (self._watch.cancel(order_id) for order_id in ids)
        for result in await asyncio.gather(*cancels, return_exceptions=True):
            if isinstance(result, Exception):
                logger.warning("an order may be open: %s", result)


def _figure(name: str, value: Decimal | float | str) -> Decimal:
    try:
        return Decimal(str(value))
    except ArithmeticError:
        raise ValueError(f"{name} must be a number, not {value!r}") from None
