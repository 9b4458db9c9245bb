"""Why a connection ended, or did not come about."""

from __future__ import annotations

import ssl
from dataclasses import dataclass
from enum import StrEnum

from websockets.exceptions import ConnectionClosed, InvalidStatus, WebSocketException


class Reason(StrEnum):
    """Why, in one word. All of them lead to the next attempt."""

    UNREACHABLE = "unreachable"  # refused, or no route
    OPEN_TIMEOUT = "open_timeout"  # connect, TLS or upgrade took too long
    TLS = "tls"  # certificate or handshake
    REJECTED = "rejected"  # an HTTP answer instead of the upgrade
    THROTTLED = "throttled"  # HTTP 429
    HANDSHAKE = "handshake"  # no valid answer to the upgrade
    CLOSED = "closed"  # a close frame, whatever its code: a feed has no good reason to end
    DROPPED = "dropped"  # no close frame: EOF or reset
    STALLED = "stalled"  # the peer takes nothing that we send
    PING = "ping"
    SILENCE = "silence"
    HEARTBEATS = "heartbeats"
    DATA = "data"
    UNACKNOWLEDGED = "unacknowledged"
    REFUSED = "refused"  # an error message while a subscription was awaited


@dataclass(frozen=True)
class Loss:
    """Why a connection ended, or did not come about.

    Attributes:
        reason: in one word.
        detail: for the reader of a log.
        retry_after: how long the server asked to wait, in seconds, or None.
    """

    reason: Reason
    detail: str = ""
    retry_after: float | None = None


NETWORK_ERRORS = (OSError, WebSocketException, EOFError)
"""What opening or using a connection may raise. Anything else is a mistake of ours."""


def loss_of(error: BaseException) -> Loss:
    """Return the loss that a network error stands for."""
    detail = f"{type(error).__name__}: {error}"
    match error:
        case InvalidStatus():
            return _rejected(error)
        case ConnectionClosed(rcvd=None, sent=None):
            return Loss(Reason.DROPPED, f"no close frame ({error.__cause__ or 'EOF'})")
        case ConnectionClosed():
            return Loss(Reason.CLOSED, str(error))
        case TimeoutError():
            return Loss(Reason.OPEN_TIMEOUT, detail)
        case ssl.SSLError():
            return Loss(Reason.TLS, detail)
        case WebSocketException():
            return Loss(Reason.HANDSHAKE, detail)
        case _:
            return Loss(Reason.UNREACHABLE, detail)


def _rejected(error: InvalidStatus) -> Loss:
    status = error.response.status_code
    reason = Reason.THROTTLED if status == 429 else Reason.REJECTED
    return Loss(reason, f"HTTP {status}", _seconds(error.response.headers.get("Retry-After")))


def _seconds(header: str | None) -> float | None:
    """Read a Retry-After in seconds; its other form, a date, is ignored."""
    return float(header) if header is not None and header.isascii() and header.isdigit() else None
