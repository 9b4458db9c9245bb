"""``auth_failure``: a good key is refused. An exchange under load may take everybody for a stranger.

OKX answered its overload of 2021-01-29 with ``Invalid Authority``; Coinbase's users could not log in on 2024-02-28.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from downtick.exchange.call import Call, HttpAnswer
from downtick.exchange.error_bodies import JSON, Answer, text_error, v3_error
from downtick.exchange.faults.base import Fault

ANSWERS: Final[Mapping[str, Answer]] = {
    "text": text_error(401),
    "json": Answer(401, JSON, b'{"error":"UNAUTHORIZED","code":16,"message":"Unauthorized"}'),
    "scopes": v3_error(403, "Missing required scopes"),
}
"""By the name that a profile gives it. Clients look for the 403's words (coinbase-advanced-py, rest_base.py)."""

_ADVANCED_TRADE: Final = ["api", "v3", "brokerage"]


def needs_key(path: str) -> bool:
    """Return whether a route is one that nobody may ask without a key, in either dialect."""
    segments = path.strip("/").split("/")
    if segments[:3] == _ADVANCED_TRADE:
        return segments[3:4] not in (["time"], ["market"])
    return segments[0] not in {"time", "products", "currencies"}


class AuthFailure(Fault):
    """REST requests are answered as if their key were wrong, and nothing else happens.

    Routes that need no key are left alone unless ``routes`` names them.
    """

    name = "auth_failure"

    def request(self, call: Call) -> HttpAnswer | None:
        """Refuse one request."""
        if not self.attributes["routes"] and not needs_key(call.path):
            return None
        return HttpAnswer(ANSWERS[self.attributes["how"]]) if self.takes(call) else None
