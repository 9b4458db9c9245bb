"""``delayed_fills``: what else happens is told at once, fills are told late (Coinbase, 2026-05-08 07:49 to 18:00 UTC)."""

from __future__ import annotations

from downtick.exchange.faults.user_updates import UserUpdates
from downtick.exchange.ledger import Entry, Matched, Order
from downtick.exchange.user_queue import Verdict, late


class DelayedFills(UserUpdates):
    """Updates of fills come late; other updates overtake them."""

    name = "delayed_fills"

    def meets(self, entry: Entry, order: Order) -> bool:
        """Whether it tells of a fill."""
        return isinstance(entry.change, Matched)

    def verdict(self) -> Verdict:
        """Late."""
        return late(self.attributes["delay"])
