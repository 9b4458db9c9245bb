"""``rate_limited``: 429 as Coinbase's documentation has it, or as users got it: a page of HTML, without a word in JSON."""

from __future__ import annotations

from typing import Final

from downtick.exchange.call import Call, HttpAnswer
from downtick.exchange.error_bodies import JSON, Answer, html_error, json_error
from downtick.exchange.faults.base import Fault
from downtick.exchange.faults.http_error import retry_after

_JSON: Final = Answer(
    429, JSON, b'{"errors":[{"id":"rate_limit_exceeded","message":"Too many requests"}]}'
)
_HEADERS: Final = {
    "x-ratelimit-limit": "30",
    "x-ratelimit-remaining": "0",
    "x-ratelimit-reset": "1",
}
"""Coinbase's own, by their names in its SDK (coinbase-advanced-py, constants.py); a page of HTML comes without them."""


class RateLimited(Fault):
    """REST requests on the chosen routes are answered as if there had been too many of them."""

    name = "rate_limited"

    def request(self, call: Call) -> HttpAnswer | None:
        """Answer one request."""
        if not self.takes(call):
            return None
        wait = retry_after(self.attributes)
        if self.attributes["body"] == "html":  # made by the edge, which knows no limits of a user
            return HttpAnswer(html_error(429), wait)
        if call.path.startswith("/api/"):
            return HttpAnswer(_JSON, {**_HEADERS, **wait})
        return HttpAnswer(json_error(call.path, 429, "Private rate limit exceeded"), wait)
