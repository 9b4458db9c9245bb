"""``product_vanished``: a product is gone from the list while orders for it are still there (ccxt issue 22550)."""

from __future__ import annotations

from collections.abc import Sequence

from downtick.exchange.call import Call
from downtick.exchange.faults.base import DATA, Fate, Feed
from downtick.exchange.faults.counter import Do
from downtick.exchange.faults.orders import OrderFault
from downtick.exchange.frames import Body
from downtick.exchange.ledger import Order, Refused, Ticket
from downtick.exchange.messages import PRIVATE_CHANNELS
from downtick.exchange.venue import Venue

_REFUSED = Refused("INVALID_PRODUCT_ID", "Invalid product_id")


class ProductVanished(OrderFault):
    """No route knows the product, orders for it are refused, and the market feed falls silent about it.

    Its open orders go on and can be looked up and cancelled. What the selector counts are answers that are different by it.
    """

    name = "product_vanished"

    def begin(self) -> None:
        """Let it vanish."""
        self._gone = frozenset((self.attributes["product_id"],))
        self._silent: set[int] = set()

    def place(self, call: Call, ticket: Ticket, do: Do) -> Order | Refused:
        """Refuse an order for it."""
        if ticket.product_id not in self._gone or not self.takes_order(call, ticket.product_id):
            return do()
        return _REFUSED

    def view(self, call: Call, venue: Venue) -> Venue:
        """Show a market without it."""
        return venue.like(market=venue.market.without(self._gone))

    def subscribe(self, conn: int, listener: str, channel: str, products: Sequence[str]) -> bool:
        """Refuse to tell of it; of its orders, the user is told."""
        if channel in PRIVATE_CHANNELS or self._gone.isdisjoint(products):
            return False
        self.hit(conn=conn, channel=channel)
        return True

    def frame(self, feed: Feed, body: Body, sequence: int) -> Fate:
        """Leave out what is told of it alone; a connection that misses something is a hit, once."""
        if (
            body.channel not in DATA
            or not body.products
            or not self._gone.issuperset(body.products)
        ):
            return Fate.SENT
        if feed.number not in self._silent:
            self._silent.add(feed.number)
            self.hit(conn=feed.number, channel=body.channel)
        return Fate.SILENT

    def left(self, feed: Feed) -> None:
        """Forget a connection."""
        self._silent.discard(feed.number)

    def end(self) -> None:
        """Put the books of those who missed something right."""
        for feed in self.stage.feeds:
            if feed.number in self._silent:
                feed.show("level2")
