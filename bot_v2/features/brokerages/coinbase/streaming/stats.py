"""What the client counts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from types import MappingProxyType


@dataclass(frozen=True)
class Stats:
    """A snapshot of the client's counters, since it was made.

    Attributes:
        attempts: connections tried.
        connects: connections opened.
        losses: why connections ended or did not come about: reason to count.
        messages: handed to the consumer's queue.
        heartbeats: received.
        gaps: sequence gaps seen.
        missing: frames missing in them.
        duplicates: frames that came twice, dropped.
        late: frames that came after their successors, dropped.
        duplicate_trades: trades that had been delivered before, taken out of their message.
        malformed: frames that could not be read, dropped.
        unknown: frames of a channel that nobody knows, dropped.
        unwanted: frames of something not subscribed (any more), dropped.
        withheld: level2 updates dropped because their book waits for a new snapshot.
        errors: error messages of the exchange.
        resubscribes: subscriptions made again on a new connection.
        resyncs: subscriptions made again on the same connection, after a gap.
        conflated: queued tickers dropped for a newer one, because the consumer was slow.
        overflowed: other queued messages dropped, because the consumer was slow.
    """

    attempts: int = 0
    connects: int = 0
    losses: Mapping[str, int] = field(default_factory=dict)
    messages: int = 0
    heartbeats: int = 0
    gaps: int = 0
    missing: int = 0
    duplicates: int = 0
    late: int = 0
    duplicate_trades: int = 0
    malformed: int = 0
    unknown: int = 0
    unwanted: int = 0
    withheld: int = 0
    errors: int = 0
    resubscribes: int = 0
    resyncs: int = 0
    conflated: int = 0
    overflowed: int = 0


class Counters:
    """The counters behind `Stats`."""

    def __init__(self) -> None:
        self._counts = {each.name: 0 for each in fields(Stats) if each.name != "losses"}
        self._losses: dict[str, int] = {}

    def add(self, name: str, count: int = 1) -> None:
        """Add to one counter, by its name in `Stats`."""
        self._counts[name] += count

    def lost(self, reason: str) -> None:
        """Count one loss."""
        self._losses[reason] = self._losses.get(reason, 0) + 1

    def snapshot(self) -> Stats:
        """Return all counters as they stand."""
        return Stats(losses=MappingProxyType(dict(self._losses)), **self._counts)
