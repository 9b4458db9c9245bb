"""``refuse_upgrade``: the handshake gets an HTTP error (429: coinbasepro-python issue 201)."""

from __future__ import annotations

from downtick.exchange.call import HttpAnswer
from downtick.exchange.faults.base import Fault
from downtick.exchange.faults.http_error import error_answer


class RefuseUpgrade(Fault):
    """WebSocket handshakes are answered with an HTTP error."""

    name = "refuse_upgrade"

    def upgrade(self, conn: int, path: str, listener: str) -> HttpAnswer | None:
        """Refuse one handshake."""
        if not self.share.has(conn) or not self.selector.take(method="GET", path=path):
            return None
        self.hit(conn=conn)
        return error_answer(self.attributes, path)
