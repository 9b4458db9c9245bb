"""``auth_failure``: a good key is refused. An exchange under load may take everybody for a stranger.

OKX answered its overload of 2021-01-29 with ``Invalid Authority``; Coinbase's users could not log in on 2024-02-28.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from downtick.exchange.call import Call, HttpAnswer
from downtick.exchange.error_bodies import JSON, Answer, json_error, text_error, v3_error
from downtick.exchange.faults.base import Fault

_ADVANCED_TRADE: Final = ["api", "v3", "brokerage"]
_ANSWERS: Final[Mapping[str, Answer]] = {
    "text": text_error(401),
    "json": Answer(401, JSON, b'{"error":"UNAUTHORIZED","code":16,"message":"Unauthorized"}'),
    "scopes": v3_error(403, "Missing required scopes"),
}
"""By the name that a profile gives it. Clients look for the 403's words (coinbase-advanced-py, rest_base.py)."""
_IN_EXCHANGE: Final[Mapping[str, Answer]] = {
    "text": text_error(401),
    "json": json_error("/", 401, "Invalid API Key"),
    "scopes": json_error("/", 403, "Forbidden"),
}
"""Likewise, in the Exchange dialect."""


class AuthFailure(Fault):
    """REST requests are answered as if their key were wrong, and nothing else happens.

    Routes that need no key are left alone unless ``routes`` names them.
    """

    name = "auth_failure"

    def request(self, call: Call) -> HttpAnswer | None:
        """Refuse one request."""
        segments = call.path.strip("/").split("/")
        if segments[:3] == _ADVANCED_TRADE:
            answers, public = _ANSWERS, segments[3:4] in (["time"], ["market"])
        else:
            answers, public = _IN_EXCHANGE, segments[0] in {"time", "products", "currencies"}
        if (public and not self.attributes["routes"]) or not self.takes(call):
            return None
        return HttpAnswer(answers[self.attributes["how"]])
