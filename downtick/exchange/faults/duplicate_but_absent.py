"""``duplicate_but_absent``: an error first; then the id is a duplicate, and its order is nowhere.

The store of ids was ahead of the store of orders: error 70002, then 30057 "the order is a duplicate, but the order report
was not found"; some of the orders came up much later (Tinkoff investAPI issue 369, RussianInvestments investAPI issue 51).
"""

from __future__ import annotations

from downtick.exchange.call import Call
from downtick.exchange.faults.counter import Do
from downtick.exchange.faults.kept_orders import KeptOrders
from downtick.exchange.ledger import Order, Refused, Ticket

_DUPLICATE = Refused("DUPLICATE_CLIENT_ORDER_ID", "The order is a duplicate")


class DuplicateButAbsent(KeptOrders):
    """New orders are answered by an error and not placed; their ids are refused as duplicates from then on.

    With ``appears`` an order is placed so long after its first request, or when the fault ends if that is earlier; its id
    then names it, as documented. Without, it never is, and its id is free again when the fault ends.
    """

    name = "duplicate_but_absent"

    def begin(self) -> None:
        """No order is absent yet."""
        super().begin()
        self._absent: dict[str, tuple[Ticket, int]] = {}

    def place(self, call: Call, ticket: Ticket, do: Do) -> Order | Refused:
        """Refuse an order whose id is taken, or take its id and nothing more."""
        name = ticket.client_order_id
        if name in self._absent:
            self.hit(
                conn=call.conn, request=call.number, product=ticket.product_id, client_order_id=name
            )
            return _DUPLICATE
        if name in self.stage.venue.ledger.state.by_client_id:
            return do()
        if not self.takes_order(call, ticket.product_id, client_order_id=name):
            return do()
        self._absent[name] = ticket, call.number
        if self.attributes["appears"] is not None:
            self.stage.later(self.attributes["appears"], lambda: self._appear(name))
        return self.keep(call)

    def end(self) -> None:
        """Place what was still to appear."""
        if self.attributes["appears"] is not None:
            for name in tuple(self._absent):
                self._appear(name)

    def _appear(self, name: str) -> None:
        kept = self._absent.pop(name, None)
        if kept is not None:
            self.place_late(*kept)
