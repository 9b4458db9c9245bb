"""``http_error``: REST requests get an HTTP error, with a body as Coinbase and the proxies before it send them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from downtick.exchange.call import Call, HttpAnswer
from downtick.exchange.error_bodies import html_error, text_error, v3_error
from downtick.exchange.faults.base import Fault


def error_answer(attributes: Mapping[str, Any]) -> HttpAnswer:
    """Return an HTTP error.

    Args:
        attributes: ``status``, ``body`` (json, text or html) and ``retry_after`` (whole seconds, or None).
    """
    make = {"json": v3_error, "text": text_error, "html": html_error}[attributes["body"]]
    retry_after = attributes["retry_after"]
    headers = {} if retry_after is None else {"Retry-After": str(retry_after)}
    return HttpAnswer(make(attributes["status"]), headers)


class HttpError(Fault):
    """REST requests on the chosen routes are answered with an error, and nothing else happens."""

    name = "http_error"

    def request(self, call: Call) -> HttpAnswer | None:
        """Answer one request."""
        return error_answer(self.attributes) if self.takes(call) else None
