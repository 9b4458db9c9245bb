"""``data_silence``: a feed that looks alive. Pings are answered, heartbeats go on, data does not come."""

from __future__ import annotations

from downtick.exchange.faults.base import DATA, FRAME_NAMES, Fate, Fault, Feed
from downtick.exchange.faults.telling import decode, encode, leave_out
from downtick.exchange.frames import Body


class DataSilence(Fault):
    """Data frames are not made, so their sequence numbers are not used.

    When it ends, a ``level2`` subscription that missed something gets its snapshot anew: that channel
    promises delivery, and without one its client would keep a wrong book that nothing gives away.
    """

    name = "data_silence"

    def begin(self) -> None:
        """Note which channels and which of the open connections are meant."""
        names = self.attributes["channels"]
        self._channels = {FRAME_NAMES.get(name, name) for name in names} or DATA
        self._missed_books: set[int] = set()
        for feed in self.stage.feeds:
            self.share.has(feed.number)

    def frame(self, feed: Feed, body: Body, sequence: int) -> Fate:
        """Leave out a data frame."""
        if self._tells_of_others(body) or not self._meets(feed, body):
            return Fate.SENT
        if body.channel == "l2_data":
            self._missed_books.add(feed.number)
        self.hit(conn=feed.number, channel=body.channel)
        return Fate.SILENT

    def rewrite_frame(self, feed: Feed, body: Body, sequence: int, payload: bytes) -> bytes | None:
        """Leave one product out of a frame that tells of several."""
        if not self._tells_of_others(body) or not self._meets(feed, body):
            return None
        told = decode(payload)
        leave_out(told, self.selector.product or "")
        self.hit(conn=feed.number, channel=body.channel, seq=sequence)
        return encode(told)

    def end(self) -> None:
        """Put the books right."""
        for feed in self.stage.feeds:
            if feed.number in self._missed_books:
                feed.show("level2")

    def _tells_of_others(self, body: Body) -> bool:
        """Whether one product is to fall silent, and this frame tells of others too."""
        return self.selector.product is not None and len(body.products) > 1

    def _meets(self, feed: Feed, body: Body) -> bool:
        if body.channel not in self._channels or not self.share.has(feed.number):
            return False
        return self.selector.take(products=body.products)
