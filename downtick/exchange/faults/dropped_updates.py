"""``dropped_updates``: what happened is never told (docs: Advanced Trade WebSocket overview, "dropped messages")."""

from downtick.exchange.faults.user_updates import UserUpdates
from downtick.exchange.user_queue import DROP, Verdict


class DroppedUpdates(UserUpdates):
    """Updates are lost before they get a number, so that no gap gives them away."""

    name = "dropped_updates"

    def verdict(self) -> Verdict:
        """Never."""
        return DROP
