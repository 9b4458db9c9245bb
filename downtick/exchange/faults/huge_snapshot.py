"""``huge_snapshot``: a level2 snapshot beyond what clients reserve for one message (ccxt issue 23597)."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Final

import msgspec

from downtick.exchange.faults.base import Fault, Feed
from downtick.exchange.frames import Body

_END: Final = b"]}]"  # of a snapshot: levels, event, events
_FIRST_PRICE: Final = 10_000_000  # above every real offer, so that the offers stay sorted
_LEVEL: Final = '{"side":"offer","event_time":"1970-01-01T00:00:00Z","price_level":"@.%02d","new_quantity":"0.01"}'
_PER_PRICE: Final = ",".join(_LEVEL % cent for cent in range(100)).encode()


@lru_cache(maxsize=4)
def padding(size: int) -> bytes:
    """Return offers, best first, that are at least so many bytes long; each with a comma before it."""
    one = len(_PER_PRICE) + 100 * (len(str(_FIRST_PRICE)) - 1) + 1
    prices = range(_FIRST_PRICE, _FIRST_PRICE + size // one + 1)
    return b"".join([b"," + _PER_PRICE.replace(b"@", b"%d" % price) for price in prices])


class HugeSnapshot(Fault):
    """Pads snapshots of ``level2``, and has open subscriptions shown one at once."""

    name = "huge_snapshot"

    def begin(self, feeds: Sequence[Feed]) -> None:
        """Show one to whoever is subscribed."""
        padding(self.attributes["bytes"])
        for feed in feeds:
            feed.show("level2")

    def snapshot(self, feed: Feed, body: Body) -> Body:
        """Pad a snapshot of ``level2``."""
        if body.channel != "l2_data" or not self.selector.take(products=body.products):
            return body
        levels = body.events.removesuffix(_END)
        more = padding(self.attributes["bytes"])
        events = levels + (more[1:] if levels.endswith(b"[") else more) + _END
        self.hit(conn=feed.number, channel=body.channel, size=len(events))
        return msgspec.structs.replace(body, events=events)
