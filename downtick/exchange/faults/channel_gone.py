"""``channel_gone``: what a client subscribed to for years is not there any more, while everything else works.

Binance's user streams answer 410 since 2026-02-20 (hummingbot 8035).
"""

from __future__ import annotations

from collections.abc import Sequence

from downtick.exchange.call import HttpAnswer
from downtick.exchange.error_bodies import v3_error
from downtick.exchange.faults.base import Fault


class ChannelGone(Fault):
    """A whole door answers every handshake with 410; or subscriptions of the channels named get an error.

    What is open flows on: close it too, and its client finds out.
    """

    name = "channel_gone"

    def upgrade(self, conn: int, path: str, listener: str) -> HttpAnswer | None:
        """Refuse a handshake on the door."""
        if self.attributes["channels"] or listener != self.attributes["listener"]:
            return None
        if not self.selector.take(method="GET", path=path):
            return None
        self.hit(conn=conn)
        return HttpAnswer(v3_error(410))

    def subscribe(self, conn: int, listener: str, channel: str, products: Sequence[str]) -> bool:
        """Refuse a subscription of one of the channels."""
        if channel not in self.attributes["channels"] or listener != self.attributes["listener"]:
            return False
        if not self.selector.take(products=products):
            return False
        self.hit(conn=conn, channel=channel)
        return True
