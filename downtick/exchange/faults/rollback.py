"""``rollback``: the venue goes back in time, and says nothing.

Paradex, 2026-01-19: after a failed maintenance the state was restored to one before it; trades since then had not happened.
"""

from __future__ import annotations

from downtick.exchange.faults.base import Fault
from downtick.exchange.faults.views import opening


class Rollback(Fault):
    """The ledger is put back to what it was, once; every order that is not as it was is a hit. The user's feed is silent."""

    name = "rollback"

    def begin(self) -> None:
        """Go back."""
        venue = self.stage.venue
        ledger, now = venue.ledger, venue.now()
        horizon = now - int(self.attributes["back"] * 1e9)
        kept = max(opening(ledger.entries), sum(e.at <= horizon for e in ledger.entries))
        before = ledger.state.orders
        if kept < len(ledger.entries):
            ledger.roll_back(kept, now)
        after = ledger.state.orders
        for order_id, order in before.items():
            if after.get(order_id) != order:
                was = after[order_id].status if order_id in after else None
                self.hit(order_id=order_id, status=order.status, now=was)

    @property
    def over(self) -> bool:
        """It is, as soon as it has begun."""
        return True
