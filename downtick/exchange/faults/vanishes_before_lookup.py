"""``vanishes_before_lookup``: the answer is lost, and the order is filled before anybody looks among the open ones.

"Not among the open orders, so it was never placed": the wrong conclusion in ccxt (pull request 1880).
"""

from __future__ import annotations

from downtick.exchange.call import Call, Delivery
from downtick.exchange.faults.applied import Applied


class VanishesBeforeLookup(Applied):
    """New orders are placed and filled at their limit price, and not a byte of their answers is sent."""

    name = "vanishes_before_lookup"

    def delivery(self, call: Call) -> Delivery | None:
        """Lose the answer."""
        if call.number not in self.struck:
            return None
        self.struck.remove(call.number)
        return Delivery(share=0, then=self.attributes["how"])
