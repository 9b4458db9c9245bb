"""Faults of orders that are taken and filled, and of which the client does not hear what is true."""

from __future__ import annotations

from downtick.exchange.call import Call
from downtick.exchange.faults.counter import Do
from downtick.exchange.faults.orders import OrderFault
from downtick.exchange.ledger import Order, Refused, Ticket


class Applied(OrderFault):
    """Carries an order out, has it filled if so asked, and notes the request; what is answered is for its children."""

    def begin(self) -> None:
        """Nothing was struck yet."""
        self.struck: set[int] = set()

    def filled(self) -> bool:
        """Return whether what is left of an order is filled at once, at its limit price."""
        return True

    def place(self, call: Call, ticket: Ticket, do: Do) -> Order | Refused:
        """Place an order, and see that it is filled."""
        outcome = do()
        if isinstance(outcome, Refused):
            return outcome
        if self.takes_order(call, ticket.product_id, order_id=outcome.order_id):
            self.struck.add(call.number)
            if self.filled() and not outcome.over:
                venue = self.stage.venue
                venue.ledger.fill(outcome.order_id, venue.now())
        return outcome

    @property
    def over(self) -> bool:
        """Whether every request that it struck was answered."""
        return super().over and not self.struck
