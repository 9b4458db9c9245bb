"""Faults of what the user's feed tells of orders."""

from __future__ import annotations

from downtick.exchange.faults.base import Fault
from downtick.exchange.ledger import Entry, Order
from downtick.exchange.user_queue import Verdict


class UserUpdates(Fault):
    """Gives its verdict to updates; each is a hit. What happened to the orders is not changed."""

    def verdict(self) -> Verdict:
        """Return what becomes of an update."""
        raise NotImplementedError

    def meets(self, entry: Entry, order: Order) -> bool:
        """Whether this update is one that the fault is about."""
        return True

    def update(self, entry: Entry, order: Order) -> Verdict | None:
        """Decide on one update."""
        if not self.meets(entry, order):
            return None
        product_id = order.ticket.product_id
        if not self.selector.take(products=(product_id,)):
            return None
        self.hit(
            order_id=order.order_id, product=product_id, entry=entry.number, status=order.status
        )
        return self.verdict()

    @property
    def over(self) -> bool:
        """Whether the selector has taken all that it will."""
        return self.selector.spent
