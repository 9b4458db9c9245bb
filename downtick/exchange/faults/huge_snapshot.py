"""``huge_snapshot``: a level2 snapshot beyond what clients reserve for one message (ccxt issue 23597)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from downtick.exchange.faults.base import Fault, Feed
from downtick.exchange.frames import Body
from downtick.exchange.padding import PADDINGS


class HugeSnapshot(Fault):
    """Pads snapshots of ``level2``, and has open subscriptions shown one at once."""

    name = "huge_snapshot"
    slow = True

    @staticmethod
    def prepare(attributes: Mapping[str, Any]) -> None:
        """Write the levels."""
        for padding in PADDINGS:
            padding.offers(attributes["bytes"])

    def begin(self) -> None:
        """Show one to whoever is subscribed."""
        for feed in self.stage.feeds:
            feed.show("level2")

    def padding(self, feed: Feed, body: Body) -> int:
        """Pad a snapshot of ``level2``."""
        size: int = self.attributes["bytes"]
        if body.channel != "l2_data" or body.type != "snapshot":
            return 0
        if not self.selector.take(products=body.products):
            return 0
        self.hit(conn=feed.number, channel=body.channel, size=size)
        return size
