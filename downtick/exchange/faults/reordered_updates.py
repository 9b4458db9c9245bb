"""``reordered_updates``: an update comes after the one that follows it (Coinbase's event backlog of 2026-05-08)."""

from downtick.exchange.faults.user_updates import UserUpdates
from downtick.exchange.ledger import Entry, Order
from downtick.exchange.user_queue import SWAP, Verdict


class ReorderedUpdates(UserUpdates):
    """Updates change places with the next; that one is let out first, and is no opportunity itself.

    Their numbers tell nothing: they are given when a frame leaves.
    """

    name = "reordered_updates"

    def begin(self) -> None:
        """Nothing waits for its next yet."""
        self._waits = False

    def meets(self, entry: Entry, order: Order) -> bool:
        """Whether it is not the one for which another waits."""
        waited, self._waits = self._waits, False
        return not waited

    def verdict(self) -> Verdict:
        """After the next."""
        self._waits = True
        return SWAP

    @property
    def over(self) -> bool:
        """Whether the last that it took has found its next."""
        return super().over and not self._waits

    def end(self) -> None:
        """Let out the one that still waits for its next."""
        if self._waits:
            self.stage.settle()
