"""``buffered_orders``: an outage answers errors, keeps what it was asked, and does it all when it is over.

Orders that were given up as failed execute minutes later, at prices of another time (flox, exchange outage model;
Hyperliquid, 2025-07-29, executed orders during its failure).
"""

from __future__ import annotations

from downtick.exchange.call import Call
from downtick.exchange.faults.counter import Do
from downtick.exchange.faults.kept_orders import KeptOrders
from downtick.exchange.ledger import Order, Refused, Ticket


class BufferedOrders(KeptOrders):
    """New orders are answered by an error and placed when the fault ends, in the order in which they came."""

    name = "buffered_orders"

    def begin(self) -> None:
        """Open the buffer."""
        super().begin()
        self._buffer: list[tuple[Ticket, int]] = []

    def place(self, call: Call, ticket: Ticket, do: Do) -> Order | Refused:
        """Keep a new order."""
        if not self.takes_order(call, ticket.product_id, client_order_id=ticket.client_order_id):
            return do()
        self._buffer.append((ticket, call.number))
        return self.keep(call)

    def end(self) -> None:
        """Place what was kept."""
        for ticket, request in self._buffer:
            self.place_late(ticket, request)
