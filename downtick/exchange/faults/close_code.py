"""``close_code``: the exchange says goodbye, with a code. 1001 comes with every deploy (coinbase-advanced-py issue 63)."""

from __future__ import annotations

from typing import Final

from downtick.exchange.faults.base import Feed
from downtick.exchange.faults.strike import Strike

# RFC 6455, 7.4.1: what a client reports when there was no close frame; neither can stand in one.
WITHOUT_FRAME: Final = (1006, 1015)


class CloseCode(Strike):
    """Every open feed connection gets a close frame; with 1006 or 1015, a reset without one."""

    name = "close_code"

    def strike(self, feed: Feed) -> None:
        """Close one connection."""
        code = self.attributes["code"]
        if code in WITHOUT_FRAME:
            feed.abort(self.handle)
        else:
            feed.close(code, self.attributes["reason"], by="fault", fault=self.handle)
