"""``refuse_connections``: nobody new gets in; whoever is in stays in (AWS us-east-1, 2025-10-20)."""

from __future__ import annotations

from typing import Literal

from downtick.exchange.faults.base import Fault


class RefuseConnections(Fault):
    """New connections to one listener are reset, or accepted and never answered.

    A connection that hangs goes on hanging when the fault ends: only the client can give it up.
    """

    name = "refuse_connections"

    def accepted(self, conn: int, listener: str) -> Literal["refuse", "hang"] | None:
        """Turn a new connection away."""
        if listener != self.attributes["listener"] or not self.share.has(conn):
            return None
        if not self.selector.take():
            return None
        self.hit(conn=conn, how=self.attributes["how"])
        return "hang" if self.attributes["how"] == "hang" else "refuse"
