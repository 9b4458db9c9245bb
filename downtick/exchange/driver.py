"""Plays the market in real time and beats the feed's clocks. One market for all connections and both dialects."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Sequence
from time import monotonic, time_ns
from typing import Final

from downtick.exchange.frames import Body
from downtick.exchange.hub import Hub
from downtick.exchange.market import MarketEvent
from downtick.exchange.publisher import Publishes

_HEARTBEAT_EVERY: Final = 1.0
_BREATH: Final = 0.002  # seconds of work at most before others get the loop


class Driver:
    """Applies the market's events at their time, scaled, and hands to the hub what is to be told of them.

    Args:
        events: in order of time, in nominal seconds since the start.
        publishers: make bodies of them, one for each dialect.
        hub: sends them; its venue's market takes the events.
    """

    def __init__(
        self, events: Iterable[MarketEvent], publishers: Sequence[Publishes], hub: Hub
    ) -> None:
        self._events = events
        self._publishers = publishers
        self._hub = hub
        self._scale = hub.config.time_scale

    def start(self) -> None:
        """Start everything; the hub ends it."""
        run = self._hub.run
        self._hub.happen = self._happen
        run(self._play())
        for publisher in self._publishers:
            run(self._every(_HEARTBEAT_EVERY, self._heartbeat(publisher)))
            for period, due in publisher.timetable:
                run(self._every(period, due))

    async def _play(self) -> None:
        start = breath = monotonic()
        for event in self._events:
            now = monotonic()
            ahead = start + event.at * self._scale - now
            if ahead > 0 or now - breath > _BREATH:
                await asyncio.sleep(max(0.0, ahead))
                breath = monotonic()
            self._happen(event)

    def _happen(self, event: MarketEvent) -> None:
        venue = self._hub.venue
        venue.market.apply(event)
        for publisher in self._publishers:
            self._hub.publish(publisher.happened(event))
        venue.happened(event)

    async def _every(self, period: float, due: Callable[[], Iterable[Body]]) -> None:
        """Publish what is due, period for period, without drift."""
        step = period * self._scale
        beat = monotonic()
        while True:
            beat += step
            await asyncio.sleep(max(0.0, beat - monotonic()))
            self._hub.publish(due())

    @staticmethod
    def _heartbeat(publisher: Publishes) -> Callable[[], Iterable[Body]]:
        return lambda: publisher.heartbeat(time_ns())
