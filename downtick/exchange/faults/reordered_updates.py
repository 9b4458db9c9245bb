"""``reordered_updates``: an update comes after the one that follows it (Coinbase's event backlog of 2026-05-08)."""

from downtick.exchange.faults.user_updates import UserUpdates
from downtick.exchange.user_queue import SWAP, Verdict


class ReorderedUpdates(UserUpdates):
    """Updates come one late. Their numbers tell nothing: they are given when a frame leaves."""

    name = "reordered_updates"

    def verdict(self) -> Verdict:
        """After the next."""
        return SWAP

    def end(self) -> None:
        """Let out the one that still waits for its next."""
        self.stage.settle()
