"""Faults that meet the next data frames of every connection that is open when they start."""

from __future__ import annotations

from typing import ClassVar

from downtick.exchange.faults.base import DATA, Fate, Fault, Feed
from downtick.exchange.faults.selector import Selector
from downtick.exchange.frames import Body


class NextFrames(Fault):
    """Gives its fate to one data frame a connection, or to ``frames`` of them; counts per connection."""

    fate: ClassVar[Fate]
    _waiting: dict[int, Selector]

    def begin(self) -> None:
        """Take aim at the open connections."""
        frames = self.attributes.get("frames", 1)
        self._waiting = {feed.number: self.selector.again(frames) for feed in self.stage.feeds}

    def left(self, feed: Feed) -> None:
        """Forget a connection."""
        self._waiting.pop(feed.number, None)

    @property
    def over(self) -> bool:
        """Whether every connection has had its share or is gone."""
        return not self._waiting

    def frame(self, feed: Feed, body: Body, sequence: int) -> Fate:
        """Give the fate to a data frame."""
        selector = self._waiting.get(feed.number)
        if selector is None or body.channel not in DATA:
            return Fate.SENT
        if not selector.take(products=body.products):
            return Fate.SENT
        if selector.spent:
            del self._waiting[feed.number]
        self.hit(conn=feed.number, channel=body.channel, seq=sequence)
        return self.fate
