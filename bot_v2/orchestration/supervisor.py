"""Watches the broker, and decides by it in which mode the bot is.

::

    normal        look at orders, fills and positions; settle, cancel what rests too long
       │  health degraded, or positions in dispute
    monitor_only  probe with growing pauses; look at the same as well as can be
       │  some sound probes in a row
    recovering    the recovery makes store and broker agree, or says why they cannot
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import random
import time

from bot_v2.features.brokerages.broker import Broker, BrokerError
from bot_v2.features.brokerages.coinbase.streaming.backoff import Backoff
from bot_v2.metrics import MetricsCollector
from bot_v2.orchestration.health import HEALTHY, Health
from bot_v2.orchestration.line import BrokerLine
from bot_v2.orchestration.modes import Modes
from bot_v2.orchestration.needs import Recovery
from bot_v2.orchestration.settings import OrchestratorSettings
from bot_v2.orchestration.watch import Watch

logger = logging.getLogger(__name__)


class Supervisor:
    """The mode machine.

    Args:
        broker: that is watched.
        line: by which it is asked.
        watch: looks at it.
        recovery: brings it and the store to agree.
        modes: the present mode.
        settings: in real seconds.
        metrics: counts ``positions_watched`` and ``watch_errors``.
    """

    def __init__(
        self,
        broker: Broker,
        line: BrokerLine,
        watch: Watch,
        recovery: Recovery,
        modes: Modes,
        settings: OrchestratorSettings,
        metrics: MetricsCollector,
    ) -> None:
        self._broker = broker
        self._line = line
        self._watch = watch
        self._recovery = recovery
        self._modes = modes
        self._settings = settings
        self._metrics = metrics
        self._probes = Backoff(settings.probe_first, settings.probe_cap, random.Random())  # noqa: S311
        self._proven = 0  # sound probes in a row
        self._started = False
        self._starting = asyncio.Lock()
        self._looking = asyncio.Lock()
        self._wake = asyncio.Event()

    def hint(self) -> None:
        """Say that there may be something new at the broker: while trading, it is looked at now."""
        self._wake.set()

    async def start(self) -> None:
        """Recover, if nobody has looked at the broker yet."""
        async with self._starting:
            if not self._started:
                self._started = True
                if self._modes.mode == "recovering":
                    await self.recover()

    async def recover(self) -> bool:
        """Bring broker and store to agree, and trade again if they do; return whether they do."""
        self._modes.enter("recovering", self._modes.reason)
        try:
            report = await self._recovery.run()
        except BrokerError as error:
            self._stand_back(f"recovery: {error}")
            return False
        except Exception as error:
            logger.exception("the recovery failed")
            self._stand_back(f"recovery: {error!r}")
            return False
        if not report.may_resume:
            self._stand_back(f"recovery: {report.reason}")
            return False
        self._line.reset()
        self._watch.agreed()
        self._modes.enter("normal", report.reason)
        return True

    async def check_broker_health(self) -> Health:
        """Ask the broker for the account, and judge it by that and by its answers so far.

        A broker that is not well ends the trading.
        """
        start = time.monotonic()
        try:
            await self._line.read("account", self._broker.get_account)
        except BrokerError as error:
            health = Health("degraded", str(error))
        else:
            took = time.monotonic() - start
            # Out of trading, only what comes now counts: the outage itself is in the figures.
            health = HEALTHY if self._modes.mode == "monitor_only" else self._line.health()
            if took > self._settings.slow_after:
                health = Health("degraded", f"the account took {took:.2f} s")
        if not health.sound:
            self._stand_back(health.reason)
        return health

    async def agree(self, max_age: float = 0.0) -> str | None:
        """Look until broker and store agree, or the broker has said the same too often; return the dispute.

        Args:
            max_age: real seconds; an agreement that is younger is enough.

        Raises:
            BrokerError: the broker could not be asked.
        """
        if self._watch.age <= max_age:
            return None
        async with self._looking:
            if self._watch.age <= max_age:
                return None  # somebody else has looked meanwhile
            dispute = await self._watch.look()
            for _ in range(self._settings.dispute_asks - 1):
                if dispute is None:
                    break
                await asyncio.sleep(self._settings.dispute_pause)
                dispute = await self._watch.look()
            return dispute

    async def run(self) -> None:
        """Watch until cancelled."""
        while True:
            self._wake.clear()
            try:
                if self._modes.mode == "normal":
                    await self._trade_on()
                else:
                    await self._probe()
            except Exception:
                self._metrics.increment("watch_errors")
                logger.exception("the watch failed")
            await self._pause()

    async def _trade_on(self) -> None:
        """Look at everything while trading."""
        try:
            dispute = await self.agree()
            await self._watch.settle_unknown()
            await self._watch.cancel_old()
        except BrokerError as error:
            logger.warning("a look failed: %s", error)
            if self._line.held:
                return
            health = self._line.health()
            if health.sound:
                await self.check_broker_health()  # once may be chance, twice is not
            else:
                self._stand_back(health.reason)
        else:
            health = self._line.health()
            if dispute or not health.sound:
                self._stand_back(dispute or health.reason)

    async def _probe(self) -> None:
        """Look whether the broker is back, and at what is held."""
        health, _ = await asyncio.gather(self.check_broker_health(), self._look_anyway())
        if health.sound:
            self._proven += 1
        if self._proven >= self._settings.probes_needed:
            self._proven = 0
            await self.recover()

    async def _look_anyway(self) -> None:
        """Watch what is held as well as can be; old orders are cancelled even now."""
        self._metrics.increment("positions_watched")
        try:
            await self._watch.look()
            await self._watch.cancel_old()
        except BrokerError as error:
            logger.warning("a look failed: %s", error)

    def _stand_back(self, reason: str) -> None:
        """Stop trading."""
        modes = self._modes
        if modes.mode == "normal" and modes.age > self._settings.stable_after:
            self._probes.reset()
        self._proven = 0
        modes.enter("monitor_only", reason)
        self._wake.set()

    async def _pause(self) -> None:
        """Wait; while trading, only until there is something to look at."""
        if self._modes.mode != "normal":
            await asyncio.sleep(max(self._probes.wait(), self._line.held))
            return
        await asyncio.sleep(max(self._settings.hint_pause, self._line.held))
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(self._settings.watch_interval):
                await self._wake.wait()
