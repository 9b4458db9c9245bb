"""Faults that change one member, wherever it stands in answers and frames, as a new version of a protocol does."""

from __future__ import annotations

from typing import Any

from downtick.exchange.call import Call
from downtick.exchange.faults.base import Feed
from downtick.exchange.faults.retold import Retold
from downtick.exchange.faults.telling import objects
from downtick.exchange.frames import Body


class Drift(Retold):
    """Calls `drift` for each object that has the member called ``field``."""

    def in_answer(self, call: Call, told: Any) -> bool:
        """Change the member in an answer."""
        return self._all(told, call.products[0] if len(call.products) == 1 else None)

    def in_frame(self, feed: Feed, body: Body, told: Any) -> bool:
        """Change it in a frame."""
        return self._all(told, body.products[0] if len(body.products) == 1 else None)

    def drift(self, found: dict[str, Any], field: str) -> bool:
        """Change the member of one object, and return whether that changed anything."""
        raise NotImplementedError

    def _all(self, told: Any, product: str | None) -> bool:
        field: str = self.attributes["field"]
        changed = [
            self.drift(found, field)
            for found, about in objects(told, product)
            if field in found and self.concerns(about)
        ]
        return any(changed)
