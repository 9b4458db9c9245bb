from __future__ import annotations

import ssl

import pytest
from websockets.datastructures import Headers
from websockets.exceptions import (
    ConnectionClosedError,
    ConnectionClosedOK,
    InvalidMessage,
    InvalidStatus,
)
from websockets.frames import Close
from websockets.http11 import Response

from bot_v2.features.brokerages.coinbase.streaming.losses import Loss, Reason, loss_of


def answer(status: int, **headers: str) -> InvalidStatus:
    fields = Headers({name.replace("_", "-"): value for name, value in headers.items()})
    return InvalidStatus(Response(status, "", fields, b""))


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (ConnectionRefusedError(), Reason.UNREACHABLE),
        (TimeoutError(), Reason.OPEN_TIMEOUT),
        (ssl.SSLCertVerificationError(), Reason.TLS),
        (InvalidMessage("no"), Reason.HANDSHAKE),
        (answer(503), Reason.REJECTED),
        (answer(429), Reason.THROTTLED),
        (ConnectionClosedOK(Close(1000, ""), None), Reason.CLOSED),
        (ConnectionClosedOK(Close(1001, ""), None), Reason.CLOSED),
        (ConnectionClosedError(Close(1012, ""), None), Reason.CLOSED),
        (ConnectionClosedError(None, Close(1009, "too big")), Reason.CLOSED),
        (ConnectionClosedError(None, None), Reason.DROPPED),
    ],
)
def test_every_network_error_has_a_reason(error: Exception, reason: Reason) -> None:
    """A close with 1000 is a loss like any other."""
    assert loss_of(error).reason is reason


def test_retry_after_is_read() -> None:
    """In seconds; what is not a number of seconds is ignored."""
    assert loss_of(answer(429, Retry_After="7")) == Loss(Reason.THROTTLED, "HTTP 429", 7.0)
    assert loss_of(answer(503, Retry_After="Wed, 21 Oct 2026 07:28:00 GMT")).retry_after is None
    assert loss_of(answer(503, Retry_After="²")).retry_after is None
