"""``order_entry_disabled``: nothing new is taken while products look as always (Coinbase's retail trading, 2022-02-11)."""

from __future__ import annotations

from downtick.exchange.call import Call
from downtick.exchange.faults.counter import Do
from downtick.exchange.faults.orders import OrderFault
from downtick.exchange.ledger import Order, Refused, Ticket

_REFUSED = Refused("ORDER_ENTRY_DISABLED", "Order entry is disabled")


class OrderEntryDisabled(OrderFault):
    """New and edited orders are refused; cancels work, open orders go on, and no flag says anything."""

    name = "order_entry_disabled"

    def place(self, call: Call, ticket: Ticket, do: Do) -> Order | Refused:
        """Refuse a new order."""
        return _REFUSED if self.takes_order(call, ticket.product_id) else do()

    def edit(self, call: Call, order_id: str, do: Do) -> Order | Refused:
        """Refuse an edit."""
        order = self.stage.venue.ledger.state.orders.get(order_id)
        if order is None or not self.takes_order(call, order.ticket.product_id, order_id=order_id):
            return do()
        return _REFUSED
