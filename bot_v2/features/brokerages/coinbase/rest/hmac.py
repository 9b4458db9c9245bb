"""Signs with key, secret and passphrase, as Coinbase Exchange wants it (docs: Exchange REST authentication).

The signature is base64 of HMAC-SHA256, with the decoded secret, over timestamp, method, path with query, and body.
"""

from __future__ import annotations

import base64
import binascii
import hmac
from collections.abc import Mapping
from typing import Any, Final

from bot_v2.features.brokerages.coinbase.rest.auth import BadKey
from bot_v2.features.brokerages.coinbase.secret import Secret

LOGIN: Final = "/users/self/verify"
"""What a WebSocket subscription signs a GET of (docs: Exchange WebSocket authentication)."""


class HmacSigner:
    """A key of Coinbase Exchange.

    Args:
        key: its name.
        secret: base64.
        passphrase: chosen when the key was made.

    Raises:
        BadKey: the secret is not base64.
    """

    def __init__(self, key: str, secret: Secret, passphrase: Secret) -> None:
        self._key = key
        self._passphrase = passphrase
        try:
            self._secret = base64.b64decode(secret.reveal(), validate=True)
        except (binascii.Error, ValueError):
            raise BadKey("the secret of an Exchange key is base64; this one is not") from None

    def headers(
        self, method: str, host: str, target: str, body: bytes, now: float
    ) -> Mapping[str, str]:
        """Return the headers that sign a request; see `Signer`."""
        timestamp = f"{now:.6f}"
        return {
            "CB-ACCESS-KEY": self._key,
            "CB-ACCESS-SIGN": self._signature(timestamp, method, target, body),
            "CB-ACCESS-TIMESTAMP": timestamp,
            "CB-ACCESS-PASSPHRASE": self._passphrase.reveal(),
        }

    def login(self, now: float) -> Mapping[str, Any]:
        """Return the members that sign a subscription; see `Signer`."""
        timestamp = f"{now:.6f}"
        return {
            "key": self._key,
            "passphrase": self._passphrase.reveal(),
            "timestamp": timestamp,
            "signature": self._signature(timestamp, "GET", LOGIN, b""),
        }

    def _signature(self, timestamp: str, method: str, target: str, body: bytes) -> str:
        signed = f"{timestamp}{method}{target}".encode() + body
        return base64.b64encode(hmac.digest(self._secret, signed, "sha256")).decode()
