"""``new_event_type``: something in the feed that no client knows yet, beside all that it knows.

Coinbase asks its clients to ignore messages of unknown types (docs: Advanced Trade WebSocket channels).
"""

from __future__ import annotations

from typing import Any

from downtick.exchange.faults.base import DATA, Feed
from downtick.exchange.faults.retold import Retold
from downtick.exchange.faults.telling import decode, encode
from downtick.exchange.frames import Body


class NewEventType(Retold):
    """Frames have one event more, the first one, of a new type; in the Exchange dialect it is a message of its own."""

    name = "new_event_type"

    def in_frame(self, feed: Feed, body: Body, told: Any) -> bool:
        """Add the event to a frame of data."""
        if body.channel not in DATA or not any(self.concerns(name) for name in body.products):
            return False
        if "events" in told:
            told["events"].insert(0, self._event(body))
        return True

    def rewrite_frame(self, feed: Feed, body: Body, sequence: int, payload: bytes) -> bytes | None:
        """Return a frame with the event, or send the event before it."""
        told = super().rewrite_frame(feed, body, sequence, payload)
        if told is not None and "events" not in decode(told):
            feed.say(encode(self._event(body)), self.attributes["type"], self.handle)
        return told

    def _event(self, body: Body) -> dict[str, str]:
        product = next(name for name in body.products if self.concerns(name))
        return {"type": self.attributes["type"], "product_id": product}
