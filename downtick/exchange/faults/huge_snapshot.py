"""``huge_snapshot``: a level2 snapshot beyond what clients reserve for one message (ccxt issue 23597)."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any, Final

from downtick.exchange.faults.base import Fault, Feed
from downtick.exchange.frames import Body

_END: Final = b"]}]}"  # of a snapshot: levels, event, events, frame
_FIRST_PRICE: Final = 10_000_000  # above every real offer, so that the offers stay sorted
_LEVEL: Final = '{"side":"offer","event_time":"1970-01-01T00:00:00Z","price_level":"@.%02d","new_quantity":"0.01"}'
_PER_PRICE: Final = ",".join(_LEVEL % cent for cent in range(100)).encode()


@lru_cache(maxsize=4)
def offers(size: int) -> bytes:
    """Return offers, best first, that are at least so many bytes long; each with a comma before it."""
    one = len(_PER_PRICE) + 100 * (len(str(_FIRST_PRICE)) - 1) + 1
    prices = range(_FIRST_PRICE, _FIRST_PRICE + size // one + 1)
    return b"".join([b"," + _PER_PRICE.replace(b"@", b"%d" % price) for price in prices])


def padded(frame: bytes, more: bytes) -> tuple[bytes, bytes, bytes]:
    """Return a snapshot's frame with more levels, in pieces, because so much is not copied lightly."""
    levels = frame.removesuffix(_END)
    return levels, more[1:] if levels.endswith(b"[") else more, _END


class HugeSnapshot(Fault):
    """Pads snapshots of ``level2``, and has open subscriptions shown one at once."""

    name = "huge_snapshot"
    slow = True

    @staticmethod
    def prepare(attributes: Mapping[str, Any]) -> None:
        """Write the levels."""
        offers(attributes["bytes"])

    def begin(self) -> None:
        """Show one to whoever is subscribed."""
        for feed in self.stage.feeds:
            feed.show("level2")

    def padding(self, feed: Feed, body: Body) -> bytes:
        """Pad a snapshot of ``level2``."""
        if body.channel != "l2_data" or body.type != "snapshot":
            return b""
        if not self.selector.take(products=body.products):
            return b""
        self.hit(conn=feed.number, channel=body.channel, size=self.attributes["bytes"])
        return offers(self.attributes["bytes"])
