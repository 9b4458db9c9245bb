"""Whatever the exchange tells and when: nothing is placed twice, nothing is booked twice, nothing is given up wrongly."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot_v2.features.brokerages.broker import (
    BrokerError,
    OrderRequest,
    RateLimited,
    Unavailable,
    Unknown,
)
from bot_v2.state.recovery.absence import fresh
from bot_v2.state.recovery.settings import RecoverySettings
from bot_v2.state.recovery.workflow import RecoveryWorkflow
from bot_v2.state.store import StateStore
from tests.bot_v2.state.orders import T0, D, request
from tests.bot_v2.state.recovery.exchange import Exchange, World

NAMES = "abc"
SETTINGS = RecoverySettings(ask_every=8.0, run_for=17.0)
BOUND = 3000.0
"""Seconds within which everything is settled once the exchange tells the truth."""

names = st.sampled_from(NAMES)
spells = st.sampled_from([1.0, 5.0, 30.0, 100.0])  # shorter than what is believed to be final
events = st.one_of(
    st.tuples(st.just("land"), names),
    st.tuples(st.just("match"), names, st.sampled_from(["0.25", "0.5"])),
    st.tuples(st.just("cancel"), names),
    st.tuples(st.just("hide"), names, spells),
    st.tuples(st.just("freeze"), spells),
    st.tuples(st.just("lie"), st.sampled_from(["0", "5"]), spells),
    st.tuples(st.just("delay"), spells),
    st.tuples(st.just("fail"), st.integers(1, 4)),
    st.tuples(st.just("wait"), spells),
    st.tuples(st.just("settle"), names),
    st.tuples(st.just("run")),
    st.tuples(st.just("restart")),
)


class Story:
    """Three orders whose answers were lost; only some of them have arrived."""

    def __init__(self, sides: list[Any], limits: list[bool]) -> None:
        self.world = World()
        self.exchange = Exchange(self.world, **{"BTC-USD": "2"})
        self.store = StateStore.open(":memory:")
        self.requests: dict[str, OrderRequest] = {
            name: request(name, side, limit_price=D(100) if limit else None)
            for name, side, limit in zip(NAMES, sides, limits, strict=True)
        }
        self.restart()

    async def begin(self) -> None:
        await self.store.set_position("BTC-USD", D(2))
        for name, order in self.requests.items():
            await self.store.write_intent(order, T0)
            await self.store.mark_sent(name)
            await self.store.mark_unknown(name)

    # events

    def land(self, name: str) -> None:
        if self.world.now < 300:  # no request is under way for longer
            self.exchange.place(self.requests[name])

    def match(self, name: str, quantity: str) -> None:
        order = self.exchange.orders.get(name)
        if order is None or order.status not in {"open", "cancelled"}:
            return
        if order.filled + D(quantity) <= order.quantity:
            self.exchange.match(name, quantity)

    def cancel(self, name: str) -> None:
        order = self.exchange.orders.get(name)
        if order is not None and not order.over:
            self.exchange.cancel(name)

    def hide(self, name: str, seconds: float) -> None:
        self.exchange.hidden.add(name)
        self._later(seconds, lambda: self.exchange.hidden.discard(name))

    def freeze(self, seconds: float) -> None:
        self.exchange.freeze()
        self._later(seconds, self.exchange.thaw)

    def lie(self, held: str, seconds: float) -> None:
        self.exchange.lie = {"BTC-USD": D(held)}
        self._later(seconds, lambda: setattr(self.exchange, "lie", None))

    def delay(self, seconds: float) -> None:
        late = set(self.exchange.matches)
        self.exchange.late |= late
        self._later(seconds, lambda: self.exchange.late.difference_update(late))

    def fail(self, times: int) -> None:
        kinds: list[BrokerError] = [Unavailable("503"), Unknown("cut"), RateLimited("429", 1.0)]
        self.exchange.errors = [kinds[n % 3] for n in range(times)]

    def wait(self, seconds: float) -> None:
        self.world.advance(seconds)

    def restart(self) -> None:
        self.recovery = RecoveryWorkflow(
            self.exchange,
            self.store,
            SETTINGS,
            wanted=fresh(SETTINGS),
            clock=self.world.clock,
        )

    async def settle(self, name: str) -> None:
        intent = await self.store.find_intent(name)
        assert intent is not None
        try:
            await self.recovery.settle(intent)
        except BrokerError:
            self.world.advance(1)

    async def run(self) -> bool:
        try:
            return (await self.recovery.run()).may_resume
        except BrokerError:
            self.world.advance(1)
            return False

    # what must hold

    async def check(self) -> None:
        assert set(self.exchange.orders) <= set(NAMES)
        moved = D(0)
        for name in NAMES:
            assert self.exchange.sent.count(name) <= SETTINGS.resend_times
            intent = await self.store.find_intent(name)
            assert intent is not None
            truth = self.exchange.orders.get(name)
            assert intent.filled <= (truth.filled if truth else 0), "booked twice"
            if intent.state == "refused":
                assert truth is None, "given up, and there it is"
            if intent.state == "over":
                assert truth is not None
                assert truth.over, "over, it was thought"
            if intent.limit_price is None:
                assert name not in self.exchange.sent
            moved += intent.filled if intent.side == "buy" else -intent.filled
        belief = (await self.store.position_belief())["BTC-USD"]
        assert belief == D(2) + moved, "the position and its fills move together"

    async def end(self) -> None:
        """Let the exchange tell the truth: then the books become equal to it."""
        self.exchange.errors = []
        self.world.advance(200)
        until = self.world.now + BOUND
        while not await self.run():
            assert self.world.now < until, "it never ends"
            self.world.advance(100)
            await self.check()
        await self.check()
        belief = (await self.store.position_belief())["BTC-USD"]
        truth: Decimal = self.exchange.held["BTC-USD"]
        spare = sum(o.quantity - o.filled for o in self.exchange.orders.values() if not o.over)
        assert abs(belief - truth) <= spare
        if not spare:
            assert belief == truth

    def _later(self, seconds: float, happen: Callable[[], object]) -> None:
        self.world.at(self.world.now + seconds, happen)


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    sides=st.lists(st.sampled_from(["buy", "sell"]), min_size=3, max_size=3),
    limits=st.lists(st.booleans(), min_size=3, max_size=3),
    told=st.lists(events, max_size=14),
)
def test_whatever_is_told(
    sides: list[Any], limits: list[bool], told: list[tuple[Any, ...]]
) -> None:
    """Lost, late, hidden, stale, lying and failing answers, in any order, with restarts in between."""

    async def play() -> None:
        story = Story(sides, limits)
        try:
            await story.begin()
            for name, *values in told:
                result = getattr(story, name)(*values)
                if asyncio.iscoroutine(result):
                    await result
                await story.check()
            await story.end()
        finally:
            await story.store.close()

    asyncio.run(play())
