"""Error answers as bots have met them from Coinbase: JSON of API v3, bare text, and pages of HTML.

Nothing promises JSON: the proxies before the API answer with text and HTML of their own (401 ``Unauthorized``; 429:
advanced-trade-sdk-go issue 18; 502: ccxt issue 19636), and clients that parse every body as JSON break there.
"""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus
from typing import Final

import msgspec

JSON: Final = "application/json; charset=utf-8"

# What makes the real page several KB: styles, in which the one sentence of meaning drowns.
_STYLE: Final = "\n".join(
    f"      .cds-{name}-{step} {{ {name}: {step * 4}px; box-sizing: border-box; }}"
    for name in ("margin", "padding", "gap", "width")
    for step in range(20)
)
_PAGE: Final = """<html>
  <head>
    <title>{title}</title>
    <meta name="robots" content="noindex">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <style>
{style}
    </style>
  </head>
  <body>
    <main>
      <h1>{status} {phrase}</h1>
      <p>{sentence}</p>
    </main>
  </body>
</html>
"""
_SENTENCES: Final[dict[int, str]] = {
    HTTPStatus.TOO_MANY_REQUESTS: "Too many requests. Please wait a moment and try again.",
    HTTPStatus.BAD_GATEWAY: "We are having trouble connecting you. Please try again.",
    HTTPStatus.SERVICE_UNAVAILABLE: "Coinbase is down for maintenance. We will be back soon.",
}
_ADVANCED_TRADE: Final = ("/api/", "/v2/")  # all other paths are of the Exchange dialect
_V3_ERRORS: Final[dict[int, str]] = {
    HTTPStatus.BAD_REQUEST: "INVALID_ARGUMENT",
    HTTPStatus.UNAUTHORIZED: "UNAUTHORIZED",
    HTTPStatus.FORBIDDEN: "PERMISSION_DENIED",
    HTTPStatus.NOT_FOUND: "NOT_FOUND",
    HTTPStatus.TOO_MANY_REQUESTS: "RESOURCE_EXHAUSTED",
    HTTPStatus.INTERNAL_SERVER_ERROR: "INTERNAL",
}


@dataclass(frozen=True)
class Answer:
    """What a REST request is answered with.

    Attributes:
        status: HTTP status.
        content_type: of the body, with its character set.
        body: encoded.
    """

    status: int
    content_type: str
    body: bytes


def phrase(status: int) -> str:
    """Return the words for a status: ``Bad Gateway``; also of one that HTTP does not name."""
    return HTTPStatus(status).phrase if status in set(HTTPStatus) else "Error"


def v3_error(status: int, details: str | None = None, error: str | None = None) -> Answer:
    """Return an error of API v3: ``{"error":"INVALID_ARGUMENT","error_details":...,"message":...}``.

    Args:
        status: HTTP status.
        details: what is wrong; by default the words for the status.
        error: its code; by default the one that goes with the status, or ``unknown``.
    """
    words = phrase(status) if details is None else details
    body = {
        "error": error or _V3_ERRORS.get(status, "unknown"),
        "error_details": words,
        "message": words,
    }
    return Answer(status, JSON, msgspec.json.encode(body))


def json_error(path: str, status: int, words: str | None = None) -> Answer:
    """Return an error in JSON, as the API to which a path belongs writes it.

    Args:
        path: of the request.
        status: HTTP status.
        words: what is wrong; by default the words for the status.
    """
    if path.startswith(_ADVANCED_TRADE):
        return v3_error(status, words)
    return Answer(status, JSON, msgspec.json.encode({"message": words or phrase(status)}))


def text_error(status: int) -> Answer:
    """Return an error of bare text: ``Unauthorized`` and a line end."""
    return Answer(status, "text/plain; charset=utf-8", f"{phrase(status)}\n".encode())


def html_error(status: int) -> Answer:
    """Return an error page of several KB."""
    page = _PAGE.format(
        title="Coinbase" if status == HTTPStatus.TOO_MANY_REQUESTS else "Coinbase Error",
        style=_STYLE,
        status=status,
        phrase=phrase(status),
        sentence=_SENTENCES.get(status, "Something went wrong. Please try again."),
    )
    return Answer(status, "text/html; charset=utf-8", page.encode())
