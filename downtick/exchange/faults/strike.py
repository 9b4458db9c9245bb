"""Faults that happen once, at their start, to every open feed connection that the selector takes."""

from __future__ import annotations

from downtick.exchange.faults.base import Fault, Feed


class Strike(Fault):
    """Calls `strike` for each connection, in the order of their numbers, and is over."""

    def begin(self) -> None:
        """Strike."""
        for feed in self.stage.feeds:
            products = {product for names in feed.active.values() for product in names}
            if self.share.has(feed.number) and self.selector.take(products=products):
                self.hit(conn=feed.number)
                self.strike(feed)

    @property
    def over(self) -> bool:
        """It is, as soon as it has begun."""
        return True

    def strike(self, feed: Feed) -> None:
        """Do it to one connection."""
        raise NotImplementedError
