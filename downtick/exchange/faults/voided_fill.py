"""``voided_fill``: the exchange takes a fill back, and the notice of it may come before that of the fill.

Fills voided, or voided in part, out of order: nautilus_trader pull request 4491.
"""

from __future__ import annotations

from downtick.exchange.faults.base import Fault
from downtick.exchange.ledger import Entry, Matched, Order
from downtick.exchange.user_queue import Verdict, late

_BEHIND = 0.5  # of the time to the voiding, that the fill's notice comes after it


class VoidedFill(Fault):
    """Fills are taken back some time after they happened, with their money; one that was is a hit.

    One whose money is spent already cannot be. With ``out_of_order`` the feed tells of the fill after it was voided.
    """

    name = "voided_fill"

    def begin(self) -> None:
        """Nothing is to be taken back yet."""
        self._due: set[int] = set()

    def update(self, entry: Entry, order: Order) -> Verdict | None:
        """Note a fill to take back, and tell of it late."""
        change = entry.change
        if not isinstance(change, Matched):
            return None
        fill = change.fill
        if not self.selector.take(products=(fill.product_id,)):
            return None
        after: float = self.attributes["after"]
        self._due.add(fill.number)
        self.stage.later(after, lambda: self._void(fill.number))
        return late(after * (1 + _BEHIND)) if self.attributes["out_of_order"] else None

    def end(self) -> None:
        """Take back what was to be."""
        for number in tuple(self._due):
            self._void(number)

    @property
    def over(self) -> bool:
        """Whether every fill that it took is taken back."""
        return self.selector.spent and not self._due

    def _void(self, number: int) -> None:
        if number not in self._due:
            return
        venue = self.stage.venue
        voided = venue.ledger.void(number, venue.now())
        if isinstance(voided, Order):
            self.hit(order_id=voided.order_id, product=voided.ticket.product_id, fill=number)
        self._due.remove(number)
        if self.over:
            self.done()
