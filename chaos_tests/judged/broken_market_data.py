"""Market data services broken in one way each, as those of bots in the wild are. The tests must fail them.

Each is the service under test with one virtue taken away.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any

from bot_v2.features.market_data import MarketDataService, Price
from bot_v2.features.market_data.belief import Belief
from bot_v2.features.market_data.clocks import ExchangeClock
from bot_v2.features.market_data.core import MarketDataCore
from bot_v2.features.market_data.health import StreamHealth, Trouble
from bot_v2.features.market_data.price import Tick
from bot_v2.features.market_data.trust import Change, Trust
from chaos_tests.streaming.desk import Desk, made
from downtick.rig import Rig


def _with(
    *,
    core: type[MarketDataCore] = MarketDataCore,
    trust: type[Trust] = Trust,
    health: type[StreamHealth] = StreamHealth,
    belief: type[Belief] = Belief,
    exchange: type[ExchangeClock] = ExchangeClock,
) -> type[MarketDataService]:
    """Return a service some of whose parts are of a worse kind."""

    class Rebuilt(MarketDataService):
        def __init__(self, *arguments: Any, **keywords: Any) -> None:
            super().__init__(*arguments, **keywords)
            self._exchange.__class__ = exchange
            self._core.__class__ = core
            self._core._trust.__class__ = trust
            self._core._health.__class__ = health
            for each in self._core._beliefs.values():
                each.__class__ = belief

    return Rebuilt


class _Unasking(MarketDataCore):
    def wanted(self, now: float) -> list[str]:
        return []


def never_falls_back(rig: Rig, symbols: Sequence[str]) -> Desk:
    """Make a service that has no other way than the stream."""
    return made(rig, symbols, _with(core=_Unasking))


class _Unforgiving(Trust):
    def _examine(self, step: float, now: float, proven: bool) -> Change | None:
        return None


def never_returns(rig: Rig, symbols: Sequence[str]) -> Desk:
    """Make a service that polls for ever once it has begun to."""
    return made(rig, symbols, _with(trust=_Unforgiving))


class _Nervous(Trust):
    _shocked = False

    def flaw(self, now: float) -> None:
        self._shocked = True

    def look(self, now: float, *, sound: bool, proven: bool) -> Change | None:
        if self.trusted and (self._shocked or not sound):
            self.trusted = self._shocked = False
            return "fallen"
        if not self.trusted and proven:
            self.trusted = True
            return "returned"
        return None


def flaps(rig: Rig, symbols: Sequence[str]) -> Desk:
    """Make a service that changes over with every loss, and with the next price back."""
    return made(rig, symbols, _with(trust=_Nervous))


class _ByArrival(ExchangeClock):
    def born(self, at: float, received: float) -> float:
        return received


def age_by_arrival(rig: Rig, symbols: Sequence[str]) -> Desk:
    """Make a service for which a price is as old as its message is here."""
    return made(rig, symbols, _with(exchange=_ByArrival))


class _AlwaysNow(MarketDataService):
    def get_mark_price(self, symbol: str) -> Price | None:
        price = super().get_mark_price(symbol)
        return None if price is None else Price(price.value, 0.0, price.source, time.time())


def always_now(rig: Rig, symbols: Sequence[str]) -> Desk:
    """Make a service that tells its last price as the present one."""
    return made(rig, symbols, _AlwaysNow)


class _Credulous(Belief):
    def _beyond_bound(self, tick: Tick) -> bool:
        return False


def believes_jumps(rig: Rig, symbols: Sequence[str]) -> Desk:
    """Make a service that believes whatever price it is told."""
    return made(rig, symbols, _with(belief=_Credulous))


class _Eternal(MarketDataCore):
    def _judge(self, symbol: str, belief: Belief, now: float) -> None:
        if belief.believed is not None:
            self._fresh.add(symbol)


def never_stale(rig: Rig, symbols: Sequence[str]) -> Desk:
    """Make a service for which the last price is good until there is another."""
    return made(rig, symbols, _with(core=_Eternal))


class _Blind(StreamHealth):
    def serves(self, symbol: str, now: float) -> Trouble | None:
        return None


class _OneForAll(MarketDataCore):
    def wanted(self, now: float) -> list[str]:
        youngest = min(belief.age(now) for belief in self._beliefs.values())
        return [] if youngest < self._settings.confirm_age else super().wanted(now)


def overlooks_products(rig: Rig, symbols: Sequence[str]) -> Desk:
    """Make a service that is content as long as anything comes."""
    return made(rig, symbols, _with(core=_OneForAll, health=_Blind))


def polls_without_limit(rig: Rig, symbols: Sequence[str]) -> Desk:
    """Make a service that asks as fast as it is answered."""
    pace: dict[str, Any] = dict.fromkeys(("poll_every", "poll_spacing", "retry_cap"), 0.01)
    return made(rig, symbols, pulse=0.05, retry_first=0.01, poll_timeout=0.5, **pace)


class _Silent(MarketDataService):
    def __init__(self, *arguments: Any, **keywords: Any) -> None:
        super().__init__(*arguments, **keywords)
        self._teller.changed = lambda *_: None  # type: ignore[method-assign]


def says_nothing(rig: Rig, symbols: Sequence[str]) -> Desk:
    """Make a service that changes its mode and tells nobody."""
    return made(rig, symbols, _Silent)


class _Timeless(ExchangeClock):
    def born(self, at: float, received: float) -> float:
        return super().born(self.latest(received), received)


def looks_at_no_time(rig: Rig, symbols: Sequence[str]) -> Desk:
    """Make a service that takes every price for one of the moment in which it comes."""
    return made(rig, symbols, _with(exchange=_Timeless))
