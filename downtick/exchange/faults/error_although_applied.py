"""``error_although_applied``: an error is answered, and the order was taken and executed all the same.

Hyperliquid, 2025-07-29 14:10 to 14:47 UTC: for 37 minutes requests failed whose orders went through, and users found
positions that they had given up. A broker's API did the same for years (Tinkoff invest-openapi issue 239).
"""

from __future__ import annotations

from downtick.exchange.call import Call, HttpAnswer
from downtick.exchange.faults.applied import Applied
from downtick.exchange.faults.http_error import error_answer


class ErrorAlthoughApplied(Applied):
    """New orders are placed, and with ``filled`` whatever would rest of them is filled at its limit price."""

    name = "error_although_applied"

    def filled(self) -> bool:
        """Return what the profile says."""
        return bool(self.attributes["filled"])

    def rewrite(self, call: Call, answer: HttpAnswer) -> HttpAnswer | None:
        """Answer an error."""
        if call.number not in self.struck:
            return None
        self.struck.remove(call.number)
        return error_answer(self.attributes, call.path)
