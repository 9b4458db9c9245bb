"""The one table that says what an answer, or the want of one, means for a request that changes something.

Three ends: **done**, **not done** (surely; it may be asked again), **unknown** (ask before asking again). In doubt it
is unknown: to look for an order that was never placed costs a request, to place one twice costs money. For a
request that only reads, whatever is not a good answer means that nothing was read.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import Any, Final

from bot_v2.features.brokerages.broker import (
    BrokerError,
    NotDone,
    RateLimited,
    Rejected,
    Unauthorized,
    Unavailable,
    Unknown,
)
from bot_v2.features.brokerages.coinbase.rest.call import Answer, Call


class Fate(Enum):
    """What became of a request."""

    DONE = "done"
    NOT_DONE = "not done"
    UNKNOWN = "unknown"


class Kind(Enum):
    """Which error says so, where it is not done or only read."""

    REJECTED = "rejected"
    RATE_LIMITED = "rate limited"
    UNAUTHORIZED = "unauthorized"
    UNAVAILABLE = "unavailable"


@dataclass(frozen=True)
class Rule:
    """One row. The first one that fits counts.

    Attributes:
        statuses: of HTTP, from and to.
        words: whether the body must be an error in Coinbase's own JSON; for 2xx, any JSON. None: whatever it is.
        fate: of a request that changes something.
        kind: of the error.
        why: the reason.
    """

    statuses: tuple[int, int]
    words: bool | None
    fate: Fate
    kind: Kind
    why: str


_DONE, _NOT, _UNKNOWN = Fate.DONE, Fate.NOT_DONE, Fate.UNKNOWN

RULES: Final = (
    Rule((200, 299), True, _DONE, Kind.UNAVAILABLE, "the API answered; what it says is read next"),
    Rule(
        (200, 299),
        None,
        _UNKNOWN,
        Kind.UNAVAILABLE,
        "a page of somebody in between, or an answer cut off: the API may have done it",
    ),
    Rule(
        (300, 399),
        None,
        _UNKNOWN,
        Kind.UNAVAILABLE,
        "redirects are not followed: a key is not shown to whoever is named, and 303 even means done",
    ),
    Rule(
        (401, 401),
        None,
        _NOT,
        Kind.UNAUTHORIZED,
        "who asks is checked before what is asked; seen as an overload in disguise (OKX, 2021-01-29)",
    ),
    Rule(
        (403, 403),
        True,
        _NOT,
        Kind.UNAUTHORIZED,
        "the API refuses this key this request (missing required scopes)",
    ),
    Rule(
        (403, 403),
        None,
        _NOT,
        Kind.UNAVAILABLE,
        "a wall before the API turned the address away: the request went no further",
    ),
    Rule(
        (408, 409),
        None,
        _UNKNOWN,
        Kind.UNAVAILABLE,
        "408: waited in vain for somebody behind, who may go on (Binance -1007); 409: at odds with what is there, "
        "which may be this very order",
    ),
    Rule(
        (425, 425),
        None,
        _NOT,
        Kind.UNAVAILABLE,
        "too early: wait (Polymarket answers so while its matching engine restarts)",
    ),
    Rule(
        (429, 429),
        None,
        _NOT,
        Kind.RATE_LIMITED,
        "the limiter stands before the API, and answers in JSON or in HTML",
    ),
    Rule((400, 499), True, _NOT, Kind.REJECTED, "the API read the request and refused it, by name"),
    Rule(
        (400, 499),
        None,
        _UNKNOWN,
        Kind.UNAVAILABLE,
        "nobody of whom it is known that it was turned away unread",
    ),
    Rule(
        (500, 599),
        None,
        _UNKNOWN,
        Kind.UNAVAILABLE,
        "venues have applied orders that they answered so (Hyperliquid, 2025-07-29), also with 503",
    ),
    Rule((0, 999), None, _UNKNOWN, Kind.UNAVAILABLE, "no status that has a meaning here"),
)

NOT_SENT: Final = (
    Fate.NOT_DONE,
    "not connected, no TLS, or not sent whole: nobody has the whole request, and half of one is none",
)
SENT: Final = (
    Fate.UNKNOWN,
    "sent whole, and no answer came: it may have been carried out",
)


class Refused(Rejected):
    """The API refused a request, with an HTTP error of its own.

    Attributes:
        status: of HTTP.
    """

    def __init__(self, reason: str, message: str, status: int) -> None:
        super().__init__(reason, message)
        self.status = status


def rule_of(answer: Answer) -> Rule:
    """Return the row that fits an answer."""
    good = 200 <= answer.status < 300
    words = answer.data is not None if good else _error_words(answer.data) is not None
    for rule in RULES:
        first, last = rule.statuses
        if first <= answer.status <= last and (rule.words is None or rule.words is words):
            return rule
    raise AssertionError(answer.status)


def error_of(call: Call, answer: Answer) -> BrokerError | None:
    """Return what an answer means, or None if it is good.

    A `Rejected` is a `Refused`, and knows its status.
    """
    rule = rule_of(answer)
    if rule.fate is Fate.DONE:
        return None
    name, message = _error_words(answer.data) or ("", answer.problem)
    told = (
        f"{call}: HTTP {answer.status}{f': {name} {message}'.rstrip() if name or message else ''}"
    )
    if rule.fate is Fate.UNKNOWN and not call.reads:
        return Unknown(told)
    return _ERRORS[rule.kind](answer, told, name, message)


def error_without_answer(call: Call, *, sent: bool, why: str) -> BrokerError:
    """Return what it means that no answer came.

    Args:
        call: the request.
        sent: whether it was sent whole, or may have been.
        why: in words.
    """
    fate, _ = SENT if sent else NOT_SENT
    if fate is Fate.UNKNOWN and not call.reads:
        return Unknown(f"{call}: sent, and no answer came: {why}")
    return Unavailable(f"{call}: {why}" if sent else f"{call}: not sent: {why}")


def retry_after(answer: Answer) -> float | None:
    """Return the seconds of a Retry-After, never scaled; its other form, a date, is passed over."""
    written = answer.headers.get("retry-after", "").strip()
    return float(written) if written.isascii() and written.isdigit() and len(written) < 9 else None


_ERRORS: Final[dict[Kind, Callable[[Answer, str, str, str], NotDone]]] = {
    Kind.REJECTED: lambda answer, _, name, message: Refused(name, message, answer.status),
    Kind.RATE_LIMITED: lambda answer, told, *_: RateLimited(told, retry_after(answer)),
    Kind.UNAUTHORIZED: lambda _, told, *__: Unauthorized(told),
    Kind.UNAVAILABLE: lambda _, told, *__: Unavailable(told),
}


def _error_words(data: Any) -> tuple[str, str] | None:
    """Return name and message of an error in Coinbase's JSON; None if this is none.

    Three forms: API v3 (``error``, ``error_details``), App (``errors``, a list), Exchange (``message`` alone).
    """
    if not isinstance(data, dict):
        return None
    listed = data.get("errors")
    if isinstance(listed, list) and listed and isinstance(listed[0], dict):
        name, message = listed[0].get("id"), listed[0].get("message")
    else:
        name = data.get("error")
        message = data.get("error_details") or data.get("message")
    if isinstance(name, str) and name:
        return name[:200], str(message or "")[:500]
    if isinstance(message, str) and message:
        return message[:200], ""
    return None
