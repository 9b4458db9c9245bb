"""Signs with a JSON web token, as Advanced Trade wants it (docs: REST authentication, WebSocket authentication).

The token lives 120 s, is made for one request, and names it: method, host and path, without the query. Keys are
either ECDSA on P-256 (``ES256``; a PEM) or Ed25519 (``EdDSA``; a PEM, or base64 of 32 or 64 bytes).
"""

from __future__ import annotations

import base64
import binascii
import json
import secrets
from collections.abc import Mapping
from typing import Any, Final

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from bot_v2.features.brokerages.coinbase.rest.auth import BadKey
from bot_v2.features.brokerages.coinbase.secret import Secret

LIFETIME: Final = 120
"""Seconds (docs: a token expires after two minutes)."""

PrivateKey = ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey


class JwtSigner:
    """A key of Advanced Trade.

    Args:
        name: ``organizations/{uuid}/apiKeys/{uuid}``, or whatever Coinbase calls it.
        secret: the private key.

    Raises:
        BadKey: the secret is no private key that Coinbase takes.
    """

    def __init__(self, name: str, secret: Secret) -> None:
        self._name = name
        self._key = _private_key(secret.reveal())

    def headers(
        self, method: str, host: str, target: str, body: bytes, now: float
    ) -> Mapping[str, str]:
        """Return the headers that sign a request; see `Signer`."""
        path = target.partition("?")[0]
        return {"Authorization": f"Bearer {self.token(now, f'{method} {host}{path}')}"}

    def login(self, now: float) -> Mapping[str, Any]:
        """Return the member that signs a subscription; see `Signer`."""
        return {"jwt": self.token(now)}

    def token(self, now: float, uri: str | None = None) -> str:
        """Return a token.

        Args:
            now: seconds since 1970.
            uri: the request that it is for; None for a subscription.
        """
        edwards = isinstance(self._key, ed25519.Ed25519PrivateKey)
        header = {
            "alg": "EdDSA" if edwards else "ES256",
            "kid": self._name,
            "nonce": secrets.token_hex(),
            "typ": "JWT",
        }
        second = int(now)
        claims = {"sub": self._name, "iss": "cdp", "nbf": second, "exp": second + LIFETIME}
        if uri is not None:
            claims["uri"] = uri
        text = f"{_part(header)}.{_part(claims)}"
        return f"{text}.{_base64url(_signature(self._key, text.encode()))}"


def _signature(key: PrivateKey, text: bytes) -> bytes:
    """Return a signature in the form of RFC 7518, 3.4, or RFC 8037, 3.1."""
    if isinstance(key, ed25519.Ed25519PrivateKey):
        return key.sign(text)
    r, s = decode_dss_signature(key.sign(text, ec.ECDSA(SHA256())))
    return r.to_bytes(32, "big") + s.to_bytes(32, "big")


def _private_key(text: str) -> PrivateKey:
    text = text.strip().replace("\\n", "\n")  # as it stands in files that know no line breaks
    if not text.startswith("-----"):
        return _raw_key(text)
    try:
        key = load_pem_private_key(text.encode(), password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        raise BadKey("the secret is a PEM, but no private key that can be read") from None
    if isinstance(key, ed25519.Ed25519PrivateKey):
        return key
    if isinstance(key, ec.EllipticCurvePrivateKey) and isinstance(key.curve, ec.SECP256R1):
        return key
    raise BadKey("the secret is neither an ECDSA key on P-256 nor an Ed25519 key")


def _raw_key(text: str) -> ed25519.Ed25519PrivateKey:
    try:
        raw = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raw = b""
    if len(raw) not in {32, 64}:  # with or without the public half
        raise BadKey("the secret is neither a PEM nor base64 of an Ed25519 key")
    return ed25519.Ed25519PrivateKey.from_private_bytes(raw[:32])


def _part(members: Mapping[str, Any]) -> str:
    return _base64url(json.dumps(members, separators=(",", ":")).encode())


def _base64url(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
