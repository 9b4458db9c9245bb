"""``cancel_queued``: a cancel is taken, and for minutes it is neither done nor refused.

Alpaca, 2026-03-12: orders stood at pending_cancel until they were cleaned up hours later, and could still fill.
"""

from downtick.exchange.faults.queued_cancels import QueuedCancels


class CancelQueued(QueuedCancels):
    """Orders stay ``CANCEL_QUEUED``, which everybody can see, and the market may fill them meanwhile."""

    name = "cancel_queued"

    def wait(self) -> float:
        """Return what the profile says."""
        return float(self.attributes["seconds"])

    def settle(self, order_id: str, at: int) -> None:
        """Cancel the order at last."""
        self.stage.venue.ledger.finish_cancel(order_id, at)
