"""Brings the store and the broker to agree before anybody trades on either.

::

    round ──▶ open orders ──▶ each that is missing, by its names ──▶ fills ──▶ positions ──▶ agreed? ──▶ resume
      ▲                                                                                       │ no
      └───────────── a pause ◀── still not: believe only what was told often and long enough ◀┘
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from decimal import Decimal

from bot_v2.features.brokerages.broker import (
    Broker,
    BrokerError,
    Fill,
    OrderReport,
    RateLimited,
)
from bot_v2.metrics import MetricsCollector
from bot_v2.state.intent import Intent
from bot_v2.state.recovery.absence import Wanted, never
from bot_v2.state.recovery.ask import Asked
from bot_v2.state.recovery.clock import Clock
from bot_v2.state.recovery.orders import Orders
from bot_v2.state.recovery.positions import Dispute, Retold, Span, disputes, explained, spans
from bot_v2.state.recovery.report import Finding, RecoveryReport
from bot_v2.state.recovery.settings import RecoverySettings
from bot_v2.state.recovery.standing import Standing
from bot_v2.state.store import StateStore

logger = logging.getLogger(__name__)


class RecoveryWorkflow:
    """Reconciles orders, fills and positions, and settles what is unknown, by asking.

    One answer proves nothing. That an order does not exist, that a fill was taken back, and what is held before
    anything was believed, each needs the same answer again and again over a time; a position that only the
    broker tells is not believed however often it does. What was concluded wrongly is put right by the next answer that
    shows it. What it has heard it remembers from one run to the next.

    Args:
        broker: to ask.
        store: what is believed.
        settings: in nominal seconds.
        metrics: counts what it does.
        wanted: whether an absent order may be placed again under its name: see `absence.fresh`. Without it, none is.
        clock: to go by.
    """

    def __init__(
        self,
        broker: Broker,
        store: StateStore,
        settings: RecoverySettings | None = None,
        metrics: MetricsCollector | None = None,
        *,
        wanted: Wanted = never,
        clock: Clock | None = None,
    ) -> None:
        self._settings = (settings or RecoverySettings()).real()
        self._store = store
        self._metrics = metrics or MetricsCollector()
        self._clock = clock or Clock()
        self._standing = Standing()
        self._broker = Asked(broker, self._settings.read_timeout)
        self._orders = Orders(
            *(self._broker, store, wanted, self._standing),
            *(self._settings, self._metrics, self._clock),
        )
        self._said: tuple[Dispute, ...] = ()

    async def run(self) -> RecoveryReport:
        """Ask until broker and store agree, or ``run_for`` is over.

        Raises:
            BrokerError: the broker could not be asked, several times in a row or until the end.
        """
        self._metrics.increment("recovery_runs")
        start = self._clock.steady()
        rounds = errors = 0
        while True:
            pause = self._settings.ask_every
            finding = None
            try:
                finding = await self.round()
            except BrokerError as error:
                self._standing.forget()
                errors += 1
                if isinstance(error, RateLimited):
                    pause = max(pause, error.retry_after or 0.0)
                spent = self._clock.steady() + pause - start > self._settings.run_for
                if spent or errors >= self._settings.errors_in_a_row:
                    raise
                logger.warning("recovery: %s; again in %.2f s", error, pause)
            else:
                errors = 0
            rounds += 1
            seconds = self._clock.steady() - start
            if finding and (finding.clear or seconds + pause > self._settings.run_for):
                return await self._ended(finding, rounds, seconds)
            await self._clock.sleep(pause)

    async def settle(self, intent: Intent) -> Intent:
        """Ask once what became of one order, keep it in the store, and return the intent as it is now.

        Raises:
            BrokerError: the broker could not be asked.
        """
        try:
            return await self._orders.look(intent)
        except BrokerError:
            self._standing.forget()
            raise

    async def round(self) -> Finding:
        """Ask for everything once, and return what is left to be settled.

        Raises:
            BrokerError: the broker could not be asked.
        """
        self._metrics.increment("recovery_rounds")
        since = await self._since()
        await self._orders.follow()
        fills = await self._orders.take_fills(since)
        before = await self._spans()
        told = await self._broker.get_positions()
        unseen = await self._first(told)
        after = await self._spans()
        wrong = disputes(told, before, after)
        if [each for each in wrong if each.symbol not in unseen]:
            # something may have been filled since the orders were looked at
            await self._orders.follow()
            fills = await self._orders.take_fills(since)
            after = await self._spans()
            wrong = disputes(told, before, after)
        wrong = tuple(each for each in wrong if each.symbol not in unseen)
        if wrong and await self._unbook(wrong, since, fills):
            wrong = disputes(told, await self._spans())
        self._tell(wrong)
        belief = await self._store.position_belief()
        return Finding(belief, tuple(await self._store.open_intents()), wrong, unseen)

    async def _since(self) -> float:
        """Return from when on fills are asked for: further back while something does not fit."""
        now = self._clock.wall()
        far = now - self._settings.look_back
        agreed = await self._store.agreed_at()
        if agreed is not None:
            far = min(far, agreed) if self._said else max(far, agreed)
        created = [intent.created_at for intent in await self._store.open_intents()]
        return min([far, now, *created]) - self._settings.clock_margin

    async def _first(self, told: Mapping[str, Decimal]) -> tuple[str, ...]:
        """Believe what is told of products of which nothing is believed, if it was told often enough.

        Returns:
            The products of which it was not.
        """
        believed = await self._store.told_positions()
        intents = await self._store.open_intents()
        unseen = []
        for symbol, held in told.items():
            if symbol in believed:
                continue
            booked = frozenset(
                (each.client_order_id, each.filled) for each in intents if each.symbol == symbol
            )
            about = "first", symbol
            stand = self._standing.note(about, (held, booked), self._clock.steady())
            if stand.looks < self._settings.first_looks:
                unseen.append(symbol)
            else:
                logger.info("%s: %s is held, by what was told %d times", symbol, held, stand.looks)
                await self._store.set_position(symbol, held)
        return tuple(unseen)

    async def _unbook(self, wrong: Sequence[Dispute], since: float, fills: Sequence[Fill]) -> bool:
        """Unbook fills that the broker has taken back, if it stands by it; return whether anything was."""
        done = False
        for dispute in wrong:
            retold = await self._orders.retold(dispute.symbol, since, fills)
            about = "void", dispute.symbol
            if not explained(dispute, retold):
                self._standing.drop(about)
                continue
            story = dispute.told, frozenset((e.intent.client_order_id, e.filled) for e in retold)
            stand = self._standing.note(about, story, self._clock.steady())
            if stand.holds(self._settings.void_looks, self._settings.void_for):
                for each in retold:
                    await self._take_back(each)
                done = True
        return done

    async def _take_back(self, retold: Retold) -> None:
        intent = retold.intent
        logger.error(
            "order %s: %s was booked, and the broker has taken back all but %s",
            *(intent.client_order_id, intent.filled, retold.filled),
        )
        self._metrics.increment("fills_unbooked")
        await self._store.restate(_as_told(retold), retold.fills)

    async def _spans(self) -> dict[str, Span]:
        intents = await self._store.open_intents()  # before the belief: see `Store`
        return spans(await self._store.position_belief(), intents)

    def _tell(self, wrong: tuple[Dispute, ...]) -> None:
        """Say in what broker and store disagree, once."""
        if wrong and wrong != self._said:
            self._metrics.increment("recovery_disputes")
            logger.error(
                "not believed, and asked again: %s", "; ".join(str(each) for each in wrong)
            )
        self._said = wrong
        self._orders.disputed = frozenset(each.symbol for each in wrong)

    async def _ended(self, finding: Finding, rounds: int, seconds: float) -> RecoveryReport:
        if finding.clear:
            await self._store.set_agreed(self._clock.wall())
        report = RecoveryReport(finding.clear, str(finding), finding, rounds, seconds)
        logger.log(
            logging.INFO if finding.clear else logging.ERROR,
            "recovery: %s (%d rounds, %.1f s)",
            *(report.reason, rounds, seconds),
            extra={"may_resume": report.may_resume, "rounds": rounds},
        )
        return report


def _as_told(retold: Retold) -> OrderReport:
    """Return the order as the broker tells it now."""
    intent = retold.intent
    assert intent.order_id is not None
    return OrderReport(
        *(intent.order_id, intent.client_order_id, intent.symbol, intent.side, intent.quantity),
        *(retold.filled, intent.average_price, intent.status or "open", intent.limit_price),
    )
