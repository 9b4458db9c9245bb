"""``order_not_found``: an order was accepted, and for a while nobody who asks can find it.

Binance answered "order does not exist" to look-ups right after the acceptance (freqtrade issue 6392 and pull request 10839),
HitBTC for 0.2 s to minutes (hitbtc-api issue 144).
"""

from __future__ import annotations

from downtick.exchange.call import Call
from downtick.exchange.faults.counter import Do
from downtick.exchange.faults.orders import OrderFault
from downtick.exchange.faults.views import showing, without
from downtick.exchange.ledger import Order, Refused, Ticket
from downtick.exchange.venue import Venue


class OrderNotFound(OrderFault):
    """The selector counts accepted orders; each answer that leaves one out is a hit. Cancels and the feed know the order."""

    name = "order_not_found"

    def begin(self) -> None:
        """Nothing is hidden yet."""
        self._hidden: set[str] = set()

    def place(self, call: Call, ticket: Ticket, do: Do) -> Order | Refused:
        """Hide a new order for a while."""
        known = self.stage.venue.ledger.state.orders.keys()
        before = len(known)
        outcome = do()
        if (
            isinstance(outcome, Order)
            and len(known) > before
            and self.selects(call, ticket.product_id)
        ):
            order_id = outcome.order_id
            self._hidden.add(order_id)
            self.stage.later(self.attributes["seconds"], lambda: self._show(order_id))
        return outcome

    def view(self, call: Call, venue: Venue) -> Venue | None:
        """Show the books without the hidden orders."""
        if not self._hidden:
            return None
        return showing(venue, without(venue.ledger.state, self._hidden))

    def shows(self, call: Call) -> bool:
        """Count an answer that left an order out."""
        where = {"method": call.method, "path": call.path, "hidden": sorted(self._hidden)}
        self.hit(conn=call.conn, request=call.number, **where)
        return True

    @property
    def over(self) -> bool:
        """Whether every order that it took is to be found again."""
        return super().over and not self._hidden

    def _show(self, order_id: str) -> None:
        self._hidden.discard(order_id)
        if self.over:
            self.done()
