"""Parts of an orchestrator, at a pace for tests."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from bot_v2.features.live_trade.risk import LiquidityService, RiskGateValidator, RiskLimits
from bot_v2.metrics import MetricsCollector
from bot_v2.orchestration.needs import Recovery, Store
from bot_v2.orchestration.settings import OrchestratorSettings
from bot_v2.orchestration.strategy_orchestrator import StrategyOrchestrator
from tests.bot_v2.orchestration.fake_broker import FakeBroker
from tests.bot_v2.orchestration.simple_recovery import SimpleRecovery
from tests.bot_v2.state.memory import MemoryStore

BTC = "BTC-USD"

QUICK: Mapping[str, Any] = {
    **dict.fromkeys(("watch_interval", "hint_pause", "probe_first", "probe_cap"), 0.001),
    **dict.fromkeys(("settle_first", "settle_cap", "dispute_pause", "quote_cache"), 0.001),
    **dict.fromkeys(("shutdown_sends", "shutdown_cancels"), 0.05),
}
"""Waits that nobody notices; deadlines are left as they are."""

LIMITS = RiskLimits(
    max_position={BTC: Decimal(1)},
    max_exposure=Decimal(10**6),
    max_daily_loss=Decimal(10**5),
)


def quick(**changes: Any) -> OrchestratorSettings:
    """Return settings for a test."""
    return OrchestratorSettings(**{**QUICK, **changes})


def orchestrator(
    broker: FakeBroker,
    store: Store | None = None,
    recovery: Recovery | None = None,
    limits: RiskLimits = LIMITS,
    settings: Mapping[str, Any] | None = None,
    **parts: Any,
) -> StrategyOrchestrator:
    """Return an orchestrator that trades with this broker."""
    store = store or MemoryStore()
    return StrategyOrchestrator(
        broker=broker,
        store=store,
        recovery=recovery or SimpleRecovery(broker, store),
        gates=RiskGateValidator(limits),
        liquidity=LiquidityService(),
        metrics=MetricsCollector(),
        settings=quick(**(settings or {})),
        **parts,
    )


async def until(holds: Callable[[], object]) -> None:
    """Let everything else go on until something holds."""
    async with asyncio.timeout(10):
        while not holds():  # noqa: ASYNC110 - of plain objects, which tell nobody
            await asyncio.sleep(0.001)
