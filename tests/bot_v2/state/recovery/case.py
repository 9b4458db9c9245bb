"""One bot's books before a scripted exchange, and its recovery."""

from __future__ import annotations

from typing import Any

from bot_v2.metrics import MetricsCollector
from bot_v2.state.intent import Intent
from bot_v2.state.recovery.absence import fresh, never
from bot_v2.state.recovery.report import RecoveryReport
from bot_v2.state.recovery.settings import RecoverySettings
from bot_v2.state.recovery.workflow import RecoveryWorkflow
from bot_v2.state.store import StateStore
from tests.bot_v2.state.orders import T0, request
from tests.bot_v2.state.recovery.exchange import Exchange, World

SETTINGS = RecoverySettings()


class Case:
    """A store that believes to hold one bitcoin, and an exchange that has it."""

    def __init__(self) -> None:
        self.world = World()
        self.exchange = Exchange(self.world, **{"BTC-USD": "1"})
        self.store = StateStore.open(":memory:")
        self.metrics = MetricsCollector()
        self.recovery = self.workflow()

    def workflow(self, resend: bool = False, **settings: Any) -> RecoveryWorkflow:
        """Return one, as after a start of the bot."""
        self.recovery = RecoveryWorkflow(
            self.exchange,
            self.store,
            RecoverySettings(**settings),
            self.metrics,
            wanted=fresh(SETTINGS) if resend else never,
            clock=self.world.clock,
        )
        return self.recovery

    async def intend(self, name: str = "a", state: str = "unknown", **changes: Any) -> Intent:
        """Write an order down, and have its answer lost."""
        await self.store.write_intent(request(name, **changes), T0 + self.world.now)
        await self.store.mark_sent(name)
        if state == "unknown":
            await self.store.mark_unknown(name)
        return await self.intent(name)

    async def intent(self, name: str = "a") -> Intent:
        found = await self.store.find_intent(name)
        assert found is not None
        return found

    async def held(self) -> Any:
        return (await self.store.position_belief()).get("BTC-USD")

    async def until_clear(self, within: float, pause: float = 1.0) -> RecoveryReport:
        """Run again and again until it may resume."""
        while True:
            report = await self.recovery.run()
            if report.may_resume:
                return report
            assert self.world.now < within, report.reason
            self.world.advance(pause)
