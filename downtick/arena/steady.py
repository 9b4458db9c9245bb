"""Steady state: every link that a profile names has delivered data."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable

from downtick.history import Event

_NO_DATA = frozenset({"subscriptions", "heartbeats"})


class SteadyState:
    """Watches the exchange's journal until each of the links has carried data to a bot.

    For a feed that is a frame of a data channel (the user feed's heartbeats count, because that is all it
    carries while nobody trades); for REST an answer.

    Attributes:
        reached: is set when all have.
    """

    def __init__(self, links: Iterable[str]) -> None:
        self._missing = set(links)
        self._listeners: dict[int, str] = {}
        self.reached = asyncio.Event()
        if not self._missing:
            self.reached.set()

    def see(self, events: Iterable[Event]) -> None:
        """Take note of what the journal says."""
        if self.reached.is_set():
            return
        for event in events:
            self._see(event)
        if not self._missing:
            self.reached.set()

    def _see(self, event: Event) -> None:
        if event.kind == "accepted":
            self._listeners[event["conn"]] = event["listener"]
        elif event.kind in {"frame_sent", "answer"}:
            listener = self._listeners.get(event["conn"], "")
            if (
                event.kind == "answer"
                or listener == "user_ws"
                or event.get("channel") not in _NO_DATA
            ):
                self._missing.discard(listener)
