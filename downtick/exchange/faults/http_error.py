"""``http_error``: REST requests get an HTTP error, with a body as Coinbase and the proxies before it send them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from downtick.exchange.call import Call, HttpAnswer
from downtick.exchange.error_bodies import html_error, json_error, text_error
from downtick.exchange.faults.base import Fault


def retry_after(attributes: Mapping[str, Any]) -> dict[str, str]:
    """Return the header that says how long to wait, if ``retry_after`` (whole seconds) is given."""
    seconds = attributes["retry_after"]
    return {} if seconds is None else {"Retry-After": str(seconds)}


def error_answer(attributes: Mapping[str, Any], path: str) -> HttpAnswer:
    """Return an HTTP error.

    Args:
        attributes: ``status``, ``body`` (json, text or html) and ``retry_after`` (whole seconds, or None).
        path: of the request.
    """
    status = attributes["status"]
    match attributes["body"]:
        case "json":
            answer = json_error(path, status)
        case "text":
            answer = text_error(status)
        case _:
            answer = html_error(status)
    return HttpAnswer(answer, retry_after(attributes))


class HttpError(Fault):
    """REST requests on the chosen routes, or a share of them, are answered with an error, and nothing else happens."""

    name = "http_error"

    def request(self, call: Call) -> HttpAnswer | None:
        """Answer one request."""
        return error_answer(self.attributes, call.path) if self.takes(call) else None
