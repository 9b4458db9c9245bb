"""``stale_replica``: what is asked is answered by a replica that is behind.

Alpaca served balances 5 to 60 s old when its caches had not been warmed (status page, 2025-12-15 and 2026-01-20); behind a
load balancer answers of different replicas take turns.
"""

from __future__ import annotations

from downtick.exchange.call import Call
from downtick.exchange.faults.base import Fault
from downtick.exchange.faults.views import opening, showing
from downtick.exchange.ledger import LedgerState, RolledBack, replay
from downtick.exchange.venue import Venue


class StaleReplica(Fault):
    """Reading requests see the books as they were so many seconds ago; every one that got another answer by it is a hit.

    Orders and cancels go to the true books. With ``every: 2`` two replicas take turns, and the second one is behind.
    """

    name = "stale_replica"

    def begin(self) -> None:
        """Start a replica that has seen nothing."""
        self._replica: LedgerState | None = None
        self._turn = 0

    def view(self, call: Call, venue: Venue) -> Venue | None:
        """Show the replica."""
        return showing(venue, self._caught_up(venue))

    def shows(self, call: Call) -> bool:
        """Take turns, and count an answer that was different."""
        self._turn += 1
        return self._turn % self.attributes["every"] == 0 and self.takes(call)

    @property
    def over(self) -> bool:
        """Whether the selector has taken all that it will."""
        return self.selector.spent

    def _caught_up(self, venue: Venue) -> LedgerState:
        """Return the replica with all entries but those of the last seconds; it never saw the books unopened."""
        horizon = venue.now() - int(self.attributes["behind"] * 1e9)
        entries = venue.ledger.entries
        replica = self._replica or venue.ledger.as_of(opening(entries))
        while replica.number < len(entries) and entries[replica.number].at <= horizon:
            entry = entries[replica.number]
            if isinstance(entry.change, RolledBack):
                replica = replay(replica.products, entries[: entry.number])
            else:
                replica.apply(entry)
        self._replica = replica
        return replica
