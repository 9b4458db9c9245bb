"""``heartbeat_silence``: data goes on, heartbeats do not come."""

from __future__ import annotations

from downtick.exchange.faults.base import Fate, Fault, Feed
from downtick.exchange.frames import Body


class HeartbeatSilence(Fault):
    """Heartbeats are not made, so their sequence numbers are not used."""

    name = "heartbeat_silence"

    def begin(self) -> None:
        """Note which of the open connections are meant."""
        for feed in self.stage.feeds:
            self.share.has(feed.number)

    def frame(self, feed: Feed, body: Body, sequence: int) -> Fate:
        """Leave out a heartbeat."""
        if body.channel != "heartbeats" or not self.share.has(feed.number):
            return Fate.SENT
        if not self.selector.take():
            return Fate.SENT
        self.hit(conn=feed.number, channel=body.channel)
        return Fate.SILENT
