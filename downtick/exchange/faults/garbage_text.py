"""``garbage_text``: a text frame that is not JSON."""

from __future__ import annotations

from downtick.exchange.faults.base import Feed
from downtick.exchange.faults.strike import Strike


class GarbageText(Strike):
    """Every open feed connection gets one."""

    name = "garbage_text"

    def strike(self, feed: Feed) -> None:
        """Send it to one connection."""
        feed.say(self.attributes["text"].encode(), "garbage", self.handle)
