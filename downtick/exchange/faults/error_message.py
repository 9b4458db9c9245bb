"""``error_message``: an error in the middle of the feed. It has no envelope and no sequence number."""

from __future__ import annotations

from downtick.exchange.faults.base import Feed
from downtick.exchange.faults.strike import Strike
from downtick.exchange.messages import error_frame


class ErrorMessage(Strike):
    """Every open feed connection gets one error frame."""

    name = "error_message"

    def strike(self, feed: Feed) -> None:
        """Send it to one connection."""
        feed.say(error_frame(self.attributes["message"]), "error", self.handle)
