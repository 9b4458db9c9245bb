"""``slow_accept``: a full accept queue. The kernel takes the connection, and nobody says anything on it for a while."""

from __future__ import annotations

from downtick.exchange.faults.base import Fault, Welcome


class SlowAccept(Fault):
    """New connections to one listener wait before their TLS or HTTP handshake is answered, and then are as good as any.

    One that waits goes on waiting when the fault ends.
    """

    name = "slow_accept"

    def accepted(self, conn: int, listener: str) -> Welcome | None:
        """Let a new connection wait."""
        if listener != self.attributes["listener"] or not self.share.has(conn):
            return None
        if not self.selector.take():
            return None
        self.hit(conn=conn)
        delay: float = self.attributes["delay"]
        return delay
