"""``staged_reopening``: the way back from a halt, in stages with rejections of their own.

OKX, 2023-03-17: cancels and post-only orders from 09:18:15, everything from 09:28:15 (UTC). Hyperliquid takes post-only
orders for minutes after each upgrade (hummingbot issues 6730 and 6800).
"""

from __future__ import annotations

from collections.abc import Mapping

from downtick.exchange.faults.product_state import ProductState


class StagedReopening(ProductState):
    """Cancel-only, then post-only, then open; it is over by itself when everything is open."""

    name = "staged_reopening"

    def begin(self) -> None:
        """Begin the first stage."""
        self._stage = "cancel_only"
        super().begin()
        self._next = self.stage.later(self.attributes["cancel_only"], self._post_only)

    def wanted(self) -> Mapping[str, bool]:
        """Return the flag of this stage."""
        return {self._stage: True}

    def end(self) -> None:
        """Open, whatever stage it is."""
        self._next()
        super().end()

    def _post_only(self) -> None:
        self._stage = "post_only"
        self.set_flags()
        self._next = self.stage.later(self.attributes["post_only"], self.done)
