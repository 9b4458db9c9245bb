from __future__ import annotations

import time

import pytest

from bot_v2.features.brokerages.coinbase.rest.auth import BadKey
from bot_v2.features.brokerages.coinbase.rest.hmac import HmacSigner
from bot_v2.features.brokerages.coinbase.secret import Secret
from downtick.exchange.auth.hmac import HmacVerifier
from downtick.exchange.auth.keys import make_keys
from downtick.exchange.auth.outcome import Granted

KEYS = make_keys()
OURS = HmacSigner(
    KEYS.exchange.key,
    Secret(KEYS.exchange.secret.reveal()),
    Secret(KEYS.exchange.passphrase.reveal()),
)


@pytest.mark.parametrize(
    ("method", "target", "body"),
    [("GET", "/orders?status=all&limit=5", b""), ("POST", "/orders", b'{"size":"1"}')],
)
def test_requests_and_subscriptions_are_accepted(method: str, target: str, body: bytes) -> None:
    """By whoever checks key, time, signature and passphrase."""
    verifier = HmacVerifier(KEYS.ring)
    headers = OURS.headers(method, "host", target, body, time.time())
    assert isinstance(verifier.request(method, target, body, headers, "trade"), Granted)
    assert isinstance(verifier.subscribe(OURS.login(time.time())), Granted)


def test_every_part_of_a_request_is_signed() -> None:
    """Another time, method, target or body is another signature."""
    parts = [
        ("GET", "/a", b"", 1.0),
        ("POST", "/a", b"", 1.0),
        ("GET", "/b", b"", 1.0),
        ("GET", "/a?x", b"", 1.0),
        ("GET", "/a", b"x", 1.0),
        ("GET", "/a", b"", 2.0),
    ]
    signed = {OURS.headers(m, "h", t, b, at)["CB-ACCESS-SIGN"] for m, t, b, at in parts}
    assert len(signed) == len(parts)


def test_a_secret_that_is_not_base64_is_refused_and_not_repeated() -> None:
    """Somebody mixed up the variables."""
    with pytest.raises(BadKey) as refused:
        HmacSigner("key", Secret("planted!"), Secret("word"))
    assert "planted" not in str(refused.value)
