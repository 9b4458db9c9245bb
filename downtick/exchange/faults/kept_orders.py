"""Faults that answer an error to an order which they keep, to place it later or never."""

from __future__ import annotations

from downtick.exchange.call import Call, HttpAnswer
from downtick.exchange.faults.http_error import error_answer
from downtick.exchange.faults.orders import OrderFault
from downtick.exchange.ledger import Refused, Ticket
from downtick.exchange.venue import doing

_KEPT = Refused("UNKNOWN_FAILURE_REASON", "The order was kept")  # the error is answered instead


class KeptOrders(OrderFault):
    """Keeps orders with the numbers of the requests that brought them."""

    def begin(self) -> None:
        """Nothing is kept yet."""
        self._struck: set[int] = set()

    def keep(self, call: Call) -> Refused:
        """Have a request answered by the error, and return what its route is told."""
        self._struck.add(call.number)
        return _KEPT

    def place_late(self, ticket: Ticket, request: int) -> None:
        """Place an order now, as the doing of the request that brought it."""
        venue = self.stage.venue
        with doing(request):
            venue.ledger.place(ticket, venue.now(), venue.book(ticket.product_id))

    def rewrite(self, call: Call, answer: HttpAnswer) -> HttpAnswer | None:
        """Answer an error."""
        if call.number not in self._struck:
            return None
        self._struck.remove(call.number)
        return error_answer(self.attributes, call.path)

    @property
    def over(self) -> bool:
        """It is not before it is ended: what it keeps would be forgotten."""
        return False
