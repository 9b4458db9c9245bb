"""``duplicated_updates``: an update is told twice (nautilus_trader, Coinbase adapter: the user channel may replay events)."""

from downtick.exchange.faults.user_updates import UserUpdates
from downtick.exchange.user_queue import TWICE, Verdict


class DuplicatedUpdates(UserUpdates):
    """Updates come twice, each time with a number of its own."""

    name = "duplicated_updates"

    def verdict(self) -> Verdict:
        """Twice."""
        return TWICE
