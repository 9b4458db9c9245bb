"""``abort``: the connection is reset, without a close frame."""

from __future__ import annotations

from downtick.exchange.faults.base import Feed
from downtick.exchange.faults.strike import Strike


class Abort(Strike):
    """Every open feed connection ends in an RST, sent by the exchange's own kernel."""

    name = "abort"

    def strike(self, feed: Feed) -> None:
        """Reset one connection."""
        feed.abort(self.handle)
