"""``scheduled_restart``: a deploy. Coinbase's are on Mondays, Wednesdays and Thursdays (docs: Exchange systems operations).

Kraken's came back with another certificate on 2022-08-18 (status page).
"""

from __future__ import annotations

from typing import Any, Final

from downtick.errors import InputError
from downtick.exchange.faults.base import Fault, Welcome

_GOING_AWAY: Final = 1001


class ScheduledRestart(Fault):
    """Every WebSocket is closed with 1001, every other connection too, and new ones are refused until the fault ends.

    Orders, fills and the market live on, on the other side of the doors.
    """

    name = "scheduled_restart"

    def __init__(self, *parts: Any) -> None:
        super().__init__(*parts)
        if self.attributes["new_certificate"] and not all(d.renewable for d in self.stage.doors):
            raise InputError(f"{self.name}: new_certificate: this exchange has no other one")

    def begin(self) -> None:
        """Close all doors."""
        open_feeds = self.stage.feeds
        for feed in open_feeds:
            self.hit(conn=feed.number)
            feed.close(_GOING_AWAY, "going away", by="fault", fault=self.handle)
        numbers = [feed.number for feed in open_feeds]
        for door in self.stage.doors:
            for conn in door.hang_up(numbers, self.handle):
                self.hit(conn=conn)

    def accepted(self, conn: int, listener: str) -> Welcome | None:
        """Turn away whoever comes meanwhile."""
        self.hit(conn=conn)
        return "refuse"

    def end(self) -> None:
        """Come back."""
        if self.attributes["new_certificate"]:
            for door in self.stage.doors:
                door.renew()
