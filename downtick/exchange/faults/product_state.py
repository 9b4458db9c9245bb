"""Products in a state in which not everything is allowed; the ledger refuses the rest, with the reason of the state."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from msgspec.structs import replace

from downtick.exchange.call import Call
from downtick.exchange.faults.counter import Do
from downtick.exchange.faults.orders import OrderFault
from downtick.exchange.ledger import Flags, Order, Refused, Ticket


class ProductState(OrderFault):
    """Sets flags of the products, for everybody to see, and puts them back as they were.

    What the selector counts are new and edited orders: the state lasts from the ``nth`` of them on, for ``times`` of them.
    An order that the state refused is a hit.
    """

    flags: ClassVar[Mapping[str, bool]]

    def begin(self) -> None:
        """Set the flags."""
        self._before: dict[str, Flags] = {}
        self._follow()

    def end(self) -> None:
        """Put the flags back."""
        for product_id, before in self._before.items():
            self._set(product_id, before)

    def place(self, call: Call, ticket: Ticket, do: Do) -> Order | Refused:
        """Place an order in this state."""
        return self._met(call, ticket.product_id, do)

    def edit(self, call: Call, order_id: str, do: Do) -> Order | Refused:
        """Edit an order in this state."""
        order = self.stage.venue.ledger.state.orders.get(order_id)
        return do() if order is None else self._met(call, order.ticket.product_id, do)

    def wanted(self) -> Mapping[str, bool]:
        """Return the flags that are to be set now."""
        return self.flags

    def set_flags(self) -> None:
        """Set the flags that are wanted now."""
        for product_id in self.stage.venue.ledger.state.products:
            if self.selector.product in (None, product_id):
                before = self.stage.venue.ledger.state.flags_of(product_id)
                self._before.setdefault(product_id, before)
                self._set(product_id, replace(self._before[product_id], **self.wanted()))

    def _met(self, call: Call, product_id: str, do: Do) -> Order | Refused:
        taken = self.selects(call, product_id)
        outcome = do()
        if taken and isinstance(outcome, Refused):
            self.hit(conn=call.conn, request=call.number, product=product_id, reason=outcome.reason)
        self._follow()
        return outcome

    def _follow(self) -> None:
        """Have the flags set if the selector takes the next order, so that they show what that one will meet."""
        if self.selector.ready and not self._before:
            self.set_flags()

    def _set(self, product_id: str, flags: Flags) -> None:
        venue = self.stage.venue
        if venue.ledger.state.flags_of(product_id) != flags:
            venue.ledger.set_flags(product_id, flags, venue.now())
