"""Plays the market in real time and beats the feed's clocks. One market for all connections."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from time import monotonic, time_ns
from typing import Final

from downtick.exchange import frames, publisher
from downtick.exchange.frames import Body
from downtick.exchange.hub import Hub
from downtick.exchange.market import MarketEvent
from downtick.exchange.publisher import Publisher

_HEARTBEAT_EVERY: Final = 1.0
_BREATH: Final = 0.002  # seconds of work at most before others get the loop

FIRST_HEARTBEAT: Final = 4217  # production counts from its process's start: never from 0


class Driver:
    """Hands the market's events to the hub at their time, scaled.

    Args:
        events: in order of time, in nominal seconds since the start.
        publisher: makes bodies of them.
        hub: sends them.
    """

    def __init__(self, events: Iterable[MarketEvent], publisher: Publisher, hub: Hub) -> None:
        self._events = events
        self._publisher = publisher
        self._hub = hub
        self._scale = hub.config.time_scale
        self._beats = FIRST_HEARTBEAT

    def start(self) -> None:
        """Start everything; the hub ends it."""
        run, mine = self._hub.run, self._publisher
        run(self._play())
        run(self._every(_HEARTBEAT_EVERY, self._heartbeat))
        run(self._every(publisher.TRADES_EVERY, mine.trades_due))
        run(self._every(publisher.CANDLES_EVERY, mine.candles_due))
        run(self._every(publisher.TICKER_BATCH_EVERY, mine.ticker_batch_due))
        run(self._every(publisher.STATUS_EVERY, mine.status_due))

    async def _play(self) -> None:
        start = breath = monotonic()
        for event in self._events:
            now = monotonic()
            ahead = start + event.at * self._scale - now
            if ahead > 0 or now - breath > _BREATH:
                await asyncio.sleep(max(0.0, ahead))
                breath = monotonic()
            self._hub.publish(self._publisher.happened(event))

    async def _every(self, period: float, due: Callable[[], Iterable[Body]]) -> None:
        """Publish what is due, period for period, without drift."""
        step = period * self._scale
        beat = monotonic()
        while True:
            beat += step
            await asyncio.sleep(max(0.0, beat - monotonic()))
            self._hub.publish(due())

    def _heartbeat(self) -> Iterable[Body]:
        self._beats += 1
        return (frames.heartbeat(self._beats, time_ns()),)
