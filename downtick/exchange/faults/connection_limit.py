"""``connection_limit``: so many connections are open that another one gets 429 (coinbase-pro-node pull request 27)."""

from __future__ import annotations

from downtick.exchange.call import HttpAnswer
from downtick.exchange.faults.base import Fault
from downtick.exchange.faults.http_error import error_answer


class ConnectionLimit(Fault):
    """WebSocket handshakes on one listener are refused while ``most`` connections are open on it."""

    name = "connection_limit"

    def upgrade(self, conn: int, path: str, listener: str) -> HttpAnswer | None:
        """Refuse one handshake too many."""
        if listener != self.attributes["listener"]:
            return None
        opened = sum(feed.listener == listener for feed in self.stage.feeds)
        if opened < self.attributes["most"] or not self.selector.take(method="GET", path=path):
            return None
        self.hit(conn=conn, open=opened)
        return error_answer({**self.attributes, "status": 429}, path)
