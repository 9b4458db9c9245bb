"""``fill_after_cancel``: the cancel is acknowledged, everything says cancelled, and then the order is filled.

The fill that comes after its order's cancel, and is suppressed because the order is over: nautilus_trader pull request 4991.
"""

from __future__ import annotations

from decimal import Decimal

from msgspec.structs import replace

from downtick.exchange.call import Call
from downtick.exchange.faults.counter import Do
from downtick.exchange.faults.queued_cancels import QueuedCancels
from downtick.exchange.faults.views import after, showing
from downtick.exchange.ledger import Ended, Order, Refused
from downtick.exchange.venue import Venue

_REASON = "User requested cancel"
_UNKNOWN = Refused("UNKNOWN_CANCEL_ORDER", "There is no such open order")


class FillAfterCancel(QueuedCancels):
    """Orders are shown as cancelled, and some time later a share of what was left of them is filled at their limit price.

    The true books have them at ``CANCEL_QUEUED`` meanwhile.
    """

    name = "fill_after_cancel"

    def wait(self) -> float:
        """Return what the profile says."""
        return float(self.attributes["after"])

    def cancel(self, call: Call, order_id: str, do: Do) -> Order | Refused:
        """Cancel, it seems; what seems to be cancelled cannot be cancelled again."""
        return _UNKNOWN if order_id in self.queued else super().cancel(call, order_id, do)

    def settle(self, order_id: str, at: int) -> None:
        """Fill the order, and cancel what is left."""
        ledger = self.stage.venue.ledger
        order = ledger.state.orders[order_id]
        increment = ledger.state.products[order.ticket.product_id].base_increment
        size = order.remaining * Decimal(str(self.attributes["part"])) // increment * increment
        ledger.fill(order_id, at, max(size, increment))
        ledger.finish_cancel(order_id, at)

    def view(self, call: Call, venue: Venue) -> Venue | None:
        """Show the orders as cancelled, and their money as free."""
        state = venue.ledger.state
        seeming = [i for i in self.queued if i in state.open_orders]
        if not seeming:
            return None
        changes = [Ended(order_id, "CANCELLED", _REASON) for order_id in seeming]
        return showing(venue, after(state, changes, venue.now()))

    def shows(self, call: Call) -> bool:
        """The hit was the cancel."""
        return True

    def told(self, order: Order) -> Order:
        """Tell of an order as cancelled."""
        if order.order_id not in self.queued or order.over:
            return order
        return replace(order, status="CANCELLED", reason=_REASON, hold=Decimal(0))
