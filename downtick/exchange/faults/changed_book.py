"""``changed_book``: the best prices of a book are gone at once. Who is away then must not come back with the old ones.

Clients that merge the new snapshot into what they had keep ghosts (ccxt 29210).
"""

from __future__ import annotations

from decimal import Decimal
from itertools import islice
from typing import Literal

from downtick.exchange.faults.base import Fault
from downtick.exchange.market import BookChange
from downtick.exchange.market.events import Level


class ChangedBook(Fault):
    """The best levels on both sides of each book are taken away. That is true: the market itself changes."""

    name = "changed_book"

    def begin(self) -> None:
        """Change the books."""
        venue = self.stage.venue
        at = venue.clock.nominal(venue.now() / 1e9) - venue.clock.origin
        for product in venue.market.products:
            name = product.product_id
            changes = (*self._gone(name, "bid"), *self._gone(name, "offer"))
            if changes and self.selector.take(products=(name,)):
                self.hit(product=name, levels=len(changes))
                self.stage.happen(BookChange(at, name, changes))

    @property
    def over(self) -> bool:
        """It is, as soon as it has begun."""
        return True

    def _gone(self, product: str, side: Literal["bid", "offer"]) -> tuple[Level, ...]:
        """Return the change that takes the best levels of one side away; one level stays."""
        book = self.stage.venue.book(product)
        levels = book.bids if side == "bid" else book.asks
        count = min(self.attributes["levels"], len(levels) - 1)
        return tuple(Level(side, price, Decimal(0)) for price, _ in islice(levels, max(count, 0)))
