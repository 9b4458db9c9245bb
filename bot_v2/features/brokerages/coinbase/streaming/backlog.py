"""What was received and not consumed yet: bounded, with a stated policy when the consumer is too slow.

When it is full, room is made in one sweep:

1. Of the tickers of one product only the newest stays: an older price is worth nothing beside a newer one.
2. If that does not halve it, everything else goes, and one `Gap` with the reason ``overflow`` stands in its
   place; the client then asks for new snapshots. Half an order book is worse than none.
"""

from __future__ import annotations

from collections import deque
from typing import Final

from bot_v2.features.brokerages.coinbase.streaming.messages import Gap, Message
from bot_v2.features.brokerages.coinbase.streaming.stats import Counters

Item = Message | Gap

CONFLATED: Final = frozenset({"ticker", "ticker_batch"})


class Backlog:
    """A queue of at most `limit` items."""

    def __init__(self, limit: int, counters: Counters) -> None:
        self._limit = limit
        self._counters = counters
        self._items: deque[Item] = deque()

    def __len__(self) -> int:
        return len(self._items)

    def put(self, item: Item) -> bool:
        """Append an item; return whether others than superseded tickers had to be dropped for it."""
        overflowed = len(self._items) >= self._limit and self._make_room(item)
        self._items.append(item)
        return overflowed

    def take(self) -> Item:
        """Remove and return the oldest item.

        Raises:
            IndexError: there is none.
        """
        return self._items.popleft()

    def _make_room(self, arriving: Item) -> bool:
        kept = _without_superseded(self._items)
        self._counters.add("conflated", len(self._items) - len(kept))
        self._items = kept
        if len(kept) <= self._limit // 2:
            return False
        newest = [item for item in kept if isinstance(item, Message) and item.channel in CONFLATED]
        del newest[: max(0, len(newest) + 1 - self._limit // 2)]
        dropped = sum(isinstance(item, Message) for item in kept) - len(newest)
        self._counters.add("overflowed", dropped)
        last = kept[-1]
        at = last.at if isinstance(last, Gap) else last.received_at
        self._items = deque([Gap("overflow", arriving.connection, at, dropped), *newest])
        return True


def _without_superseded(items: deque[Item]) -> deque[Item]:
    kept: deque[Item] = deque()
    seen: set[tuple[str, tuple[str, ...]]] = set()
    for item in reversed(items):
        if isinstance(item, Message) and item.channel in CONFLATED:
            key = (item.channel, item.product_ids)
            if key in seen:
                continue
            seen.add(key)
        kept.appendleft(item)
    return kept
