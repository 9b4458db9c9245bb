"""The client's side: what a client sends to be let in, for tests and for requests by hand."""

from __future__ import annotations

import base64
import secrets
import time
from collections.abc import Mapping
from typing import Any, Final

import msgspec
from cryptography.hazmat.primitives.asymmetric import ed25519
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256

from downtick.exchange.auth.hmac import SUBSCRIBE_PATH, signature
from downtick.exchange.auth.keys import HmacKey, JwtKey
from downtick.exchange.auth.private_keys import load_private_key

LIFETIME: Final = 120
"""Seconds that a client's token lives (docs: WebSocket authentication)."""


def token(
    key: JwtKey,
    uri: str | None = None,
    *,
    now: float | None = None,
    header: Mapping[str, Any] | None = None,
    claims: Mapping[str, Any] | None = None,
) -> str:
    """Return a JWT as coinbase-advanced-py makes one.

    Args:
        key: to sign with.
        uri: what it is for, as ``GET api.coinbase.com/api/v3/brokerage/accounts``; None for a WebSocket.
        now: second of the wall clock.
        header: members to put in instead; None for one that shall be missing.
        claims: the same for the claims.
    """
    second = int(time.time() if now is None else now)
    head = {
        "alg": key.public.algorithm,
        "kid": key.name,
        "nonce": secrets.token_hex(),
        "typ": "JWT",
        **(header or {}),
    }
    body = {
        "sub": key.name,
        "iss": "cdp",
        "nbf": second,
        "exp": second + LIFETIME,
        "uri": uri,
        **(claims or {}),
    }
    return signed(key, *(_json(part) for part in (head, body)))


def signed(key: JwtKey, header: bytes, claims: bytes) -> str:
    """Return a JWT of any header and any claims."""
    text = f"{_base64url(header)}.{_base64url(claims)}"
    private = load_private_key(key.pem.reveal())
    if isinstance(private, ed25519.Ed25519PrivateKey):
        raw = private.sign(text.encode())
    else:
        numbers = decode_dss_signature(private.sign(text.encode(), ECDSA(SHA256())))
        raw = b"".join(number.to_bytes(32) for number in numbers)
    return f"{text}.{_base64url(raw)}"


def bearer(key: JwtKey, method: str, path: str, host: str = "api.coinbase.com") -> dict[str, str]:
    """Return the header of a REST request on Advanced Trade."""
    return {"Authorization": f"Bearer {token(key, f'{method} {host}{path}')}"}


def exchange_headers(
    key: HmacKey, method: str, target: str, body: bytes = b"", *, now: float | None = None
) -> dict[str, str]:
    """Return the headers of a REST request on the Exchange dialect; ``target`` is path and query."""
    timestamp = _timestamp(now)
    return {
        "CB-ACCESS-KEY": key.key,
        "CB-ACCESS-SIGN": signature(key, timestamp, method, target, body),
        "CB-ACCESS-TIMESTAMP": timestamp,
        "CB-ACCESS-PASSPHRASE": key.passphrase.reveal(),
    }


def exchange_subscription(key: HmacKey, *, now: float | None = None) -> dict[str, str]:
    """Return the members that sign a subscription on the Exchange dialect."""
    timestamp = _timestamp(now)
    return {
        "key": key.key,
        "passphrase": key.passphrase.reveal(),
        "timestamp": timestamp,
        "signature": signature(key, timestamp, "GET", SUBSCRIBE_PATH, b""),
    }


def _timestamp(now: float | None) -> str:
    return str(time.time() if now is None else now)


def _json(members: Mapping[str, Any]) -> bytes:
    return msgspec.json.encode({k: v for k, v in members.items() if v is not None})


def _base64url(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
