"""Sends orders: written down before they leave, and followed until their answer."""

from __future__ import annotations

import logging
import time
from typing import Final

from bot_v2.features.brokerages.broker import (
    Broker,
    NotDone,
    OrderReport,
    OrderRequest,
    RateLimited,
    Rejected,
    Unknown,
)
from bot_v2.features.live_trade.risk import OrderResult, Refusal
from bot_v2.metrics import MetricsCollector
from bot_v2.orchestration.line import BrokerLine
from bot_v2.orchestration.needs import Store
from bot_v2.orchestration.settings import OrchestratorSettings

logger = logging.getLogger(__name__)

NO_ENTRY: Final = (
    "ORDER_ENTRY_DISABLED",
    "TRADING_DISABLED",
    "NOT_ALLOWED_BY_MARKET_STATE",
    "CANCEL_ONLY",
    "POST_ONLY_MODE",
    "MAINTENANCE",
    "NOT_AVAILABLE",
)
"""What is in a refusal that is about the product's state, not about the order: to ask again at once is no use."""


class OrderDesk:
    """Carries out what the policy lets pass.

    Args:
        broker: to send to.
        line: by which it is asked.
        store: keeps the intents.
        settings: in real seconds.
        metrics: counts what becomes of orders.

    Attributes:
        under_way: names of the orders whose answers are being waited for.
    """

    def __init__(
        self,
        broker: Broker,
        line: BrokerLine,
        store: Store,
        settings: OrchestratorSettings,
        metrics: MetricsCollector,
    ) -> None:
        self.under_way: set[str] = set()
        self._broker = broker
        self._line = line
        self._store = store
        self._settings = settings
        self._metrics = metrics
        self._no_entry: dict[str, tuple[float, str]] = {}

    def closed(self, symbol: str) -> Refusal | None:
        """Return why no order for this product is sent at present, or None."""
        until, why = self._no_entry.get(symbol, (0.0, ""))
        left = until - time.monotonic()
        if left <= 0:
            return None
        return Refusal(
            "order_entry_disabled",
            f"the broker takes no order for {symbol} ({why}); it is asked again in {left:.1f} s",
        )

    async def begin(self, request: OrderRequest) -> Refusal | None:
        """Write down that the order is meant; return why that could not be done, or None."""
        self.under_way.add(request.client_order_id)
        try:
            await self._store.write_intent(request, time.time())
        except Exception as error:
            self.under_way.discard(request.client_order_id)
            self._metrics.increment("store_errors")
            logger.exception("order %s could not be written down", request.client_order_id)
            return Refusal("state_unavailable", f"the order cannot be written down: {error!r}")
        return None

    async def send(self, request: OrderRequest) -> OrderResult:
        """Send an order, and keep what became of it."""
        try:
            return await self._send(request)
        except Exception:
            self._metrics.increment("store_errors")
            logger.exception("order %s: what became of it is not kept", request.client_order_id)
            return OrderResult("unknown", request.client_order_id)
        finally:
            self.under_way.discard(request.client_order_id)

    async def _send(self, request: OrderRequest) -> OrderResult:
        await self._store.mark_sent(request.client_order_id)
        try:
            report = await self._line.ask("order", lambda: self._broker.place_order(request))
        except NotDone as error:
            return await self._refused(request, error)
        except Exception as error:
            if not isinstance(error, Unknown):
                logger.exception("order %s: the broker's client failed", request.client_order_id)
            return await self._unknown(request, error)
        return await self._known(request, report)

    async def _known(self, request: OrderRequest, report: OrderReport) -> OrderResult:
        await self._store.mark_known(report)
        self._no_entry.pop(request.symbol, None)
        self._metrics.increment("orders_placed")
        logger.info(
            "order %s: %s %s %s: %s",
            *(request.client_order_id, request.side, request.quantity, request.symbol),
            report.status,
            extra={"order_id": report.order_id, "client_order_id": request.client_order_id},
        )
        return OrderResult.reported(report)

    async def _refused(self, request: OrderRequest, error: NotDone) -> OrderResult:
        await self._store.mark_refused(request.client_order_id, str(error))
        if isinstance(error, Rejected):
            self._metrics.increment("orders_rejected_broker")
            self._shut(request.symbol, error)
            refusal = Refusal("order_rejected", str(error))
        else:
            self._metrics.increment("orders_not_sent")
            limited = isinstance(error, RateLimited)
            refusal = Refusal("rate_limited" if limited else "broker_unavailable", str(error))
        logger.warning("order %s: %s", request.client_order_id, refusal)
        return OrderResult.refused(refusal, request.client_order_id)

    async def _unknown(self, request: OrderRequest, error: Exception) -> OrderResult:
        await self._store.mark_unknown(request.client_order_id)
        self._metrics.increment("orders_unknown")
        logger.error("order %s may stand at the broker: %s", request.client_order_id, error)
        return OrderResult("unknown", request.client_order_id)

    def _shut(self, symbol: str, error: Rejected) -> None:
        said = f"{error.reason} {error.message}".upper().replace(" ", "_")
        if any(word in said for word in NO_ENTRY):
            until = time.monotonic() + self._settings.entry_pause
            self._no_entry[symbol] = until, str(error)
