"""Faults that meet orders: which of them a selector takes, and what was done with their answers."""

from __future__ import annotations

from downtick.exchange.call import Call
from downtick.exchange.faults.base import Fault


class OrderFault(Fault):
    """Its selector counts orders: by the product of each, and by the request that is about it."""

    def takes_order(self, call: Call, product_id: str, **what: str) -> bool:
        """Whether an order is drawn and the selector takes it; if so, a hit.

        Args:
            call: the request that is about the order.
            product_id: of the order.
            what: else to journal of it.
        """
        if not self.selects(call, product_id):
            return False
        self.hit(conn=call.conn, request=call.number, product=product_id, **what)
        return True

    def selects(self, call: Call, product_id: str) -> bool:
        """Whether an order is drawn and the selector takes it, without a hit."""
        method, path, products = call.method, call.path, (product_id,)
        if not self.selector.fits(method=method, path=path, products=products):
            return False
        return self.share.drawn() and self.selector.take(
            method=method, path=path, products=products
        )

    @property
    def over(self) -> bool:
        """Whether the selector has taken all that it will."""
        return self.selector.spent
