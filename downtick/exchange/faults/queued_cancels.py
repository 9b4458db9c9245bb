"""Faults of cancels that are taken and not done: the order may still be matched."""

from __future__ import annotations

from downtick.exchange.call import Call
from downtick.exchange.faults.counter import Do
from downtick.exchange.faults.orders import OrderFault
from downtick.exchange.ledger import Order, Refused


class QueuedCancels(OrderFault):
    """Queues cancels of open orders, and settles each after a while, or when the fault ends."""

    def begin(self) -> None:
        """No cancel is queued yet."""
        self.queued: set[str] = set()

    def wait(self) -> float:
        """Return how long a cancel is queued, in real seconds."""
        raise NotImplementedError

    def settle(self, order_id: str, at: int) -> None:
        """Do what was put off. The order may be over by now."""
        raise NotImplementedError

    def cancel(self, call: Call, order_id: str, do: Do) -> Order | Refused:
        """Queue a cancel."""
        venue = self.stage.venue
        order = venue.ledger.state.open_orders.get(order_id)
        if order is None or order.status == "CANCEL_QUEUED":
            return do()
        if not self.takes_order(call, order.ticket.product_id, order_id=order_id):
            return do()
        self.queued.add(order_id)
        self.stage.later(self.wait(), lambda: self._settle(order_id))
        return venue.ledger.cancel(order_id, venue.now(), queued=True)

    def end(self) -> None:
        """Settle what is queued."""
        for order_id in tuple(self.queued):
            self._settle(order_id)

    @property
    def over(self) -> bool:
        """Whether every cancel that it took is settled."""
        return super().over and not self.queued

    def _settle(self, order_id: str) -> None:
        if order_id not in self.queued:
            return
        self.settle(order_id, self.stage.venue.now())
        self.queued.discard(order_id)
        if self.over:
            self.done()
