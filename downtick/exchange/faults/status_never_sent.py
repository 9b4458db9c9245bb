"""``status_never_sent``: an order reaches a state, and the feed never says so.

An order that the client saw open for hours was long over: fills and ends come in updates that some venues lose for good
(nautilus_trader issue 4958 resolves such orders by asking).
"""

from downtick.exchange.faults.user_updates import UserUpdates
from downtick.exchange.ledger import Entry, Order
from downtick.exchange.user_queue import DROP, Verdict


class StatusNeverSent(UserUpdates):
    """Updates that would tell of one state are never sent."""

    name = "status_never_sent"

    def meets(self, entry: Entry, order: Order) -> bool:
        """Whether the order is in that state."""
        return bool(order.status == self.attributes["status"])

    def verdict(self) -> Verdict:
        """Never."""
        return DROP
