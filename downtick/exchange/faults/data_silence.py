"""``data_silence``: a feed that looks alive. Pings are answered, heartbeats go on, data does not come."""

from __future__ import annotations

from downtick.exchange.faults.base import DATA, Fate, Fault, Feed
from downtick.exchange.frames import Body

_FRAME_NAMES = {"level2": "l2_data"}


class DataSilence(Fault):
    """Data frames are not made, so their sequence numbers are not used.

    When it ends, a ``level2`` subscription that missed something gets its snapshot anew: that channel
    promises delivery, and without one its client would keep a wrong book that nothing gives away.
    """

    name = "data_silence"

    def begin(self) -> None:
        """Note which channels are meant."""
        names = self.attributes["channels"]
        self._channels = {_FRAME_NAMES.get(name, name) for name in names} or DATA
        self._missed_books: set[int] = set()

    def frame(self, feed: Feed, body: Body, sequence: int) -> Fate:
        """Leave out a data frame."""
        if body.channel not in self._channels or not self.selector.take(products=body.products):
            return Fate.SENT
        if body.channel == "l2_data":
            self._missed_books.add(feed.number)
        self.hit(conn=feed.number, channel=body.channel)
        return Fate.SILENT

    def end(self) -> None:
        """Put the books right."""
        for feed in self.stage.feeds:
            if feed.number in self._missed_books:
                feed.show("level2")
