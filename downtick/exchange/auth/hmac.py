"""Lets in who signs with key, secret and passphrase, as the Exchange dialect does.

The signature is base64 of HMAC-SHA256, with the decoded secret, over timestamp, method, path with query, and body
(docs: Exchange REST API authentication). A WebSocket subscription signs ``GET /users/self/verify``.
"""

from __future__ import annotations

import base64
import hmac
import re
from collections.abc import Mapping
from typing import Final

from downtick.exchange.auth.keys import HmacKey
from downtick.exchange.auth.outcome import UNCHECKED, Granted, Refusal, missing_scope
from downtick.exchange.auth.scopes import Scope
from downtick.exchange.auth.verifier import Verifier

WINDOW: Final = 30.0
"""Seconds by which a timestamp may differ from the wall clock, whatever the time scale (docs: authentication)."""

SUBSCRIBE_PATH: Final = "/users/self/verify"

_TIMESTAMP: Final = re.compile(r"[0-9]{1,20}(\.[0-9]{1,20})?")
# Where each of the four stands in a request, and in a subscription.
_HEADERS: Final = {
    "key": "CB-ACCESS-KEY",
    "signature": "CB-ACCESS-SIGN",
    "timestamp": "CB-ACCESS-TIMESTAMP",
    "passphrase": "CB-ACCESS-PASSPHRASE",
}


class HmacVerifier(Verifier):
    """Checks signatures."""

    def request(
        self, method: str, target: str, body: bytes, headers: Mapping[str, str], scope: Scope
    ) -> Granted | Refusal:
        """Return whether a REST request may be carried out.

        Args:
            method: such as ``POST``.
            target: path and query exactly as they were sent.
            body: as it was sent.
            headers: of the request, names in any case.
            scope: that its route needs.
        """
        if not self._check:
            return UNCHECKED
        given = {name: headers.get(header) for name, header in _HEADERS.items()}
        if given["key"] is None and headers.get("Authorization"):
            words = f"{_HEADERS['key']} header is required"
            return Refusal(
                "a token as on Advanced Trade: this dialect takes CB-ACCESS headers", words
            )
        return self._verify(given, method, target, body, scope)

    def subscribe(self, message: Mapping[str, object], scope: Scope = "view") -> Granted | Refusal:
        """Return whether a subscription may be carried out.

        Args:
            message: as the client sent it, with ``key``, ``passphrase``, ``timestamp`` and ``signature``.
            scope: that its channels need.
        """
        if not self._check:
            return UNCHECKED
        given = {name: _text(message.get(name)) for name in _HEADERS}
        return self._verify(given, "GET", SUBSCRIBE_PATH, b"", scope)

    def _verify(
        self, given: Mapping[str, str | None], method: str, target: str, body: bytes, scope: Scope
    ) -> Granted | Refusal:
        for name, header in _HEADERS.items():
            if not given[name]:
                return Refusal(f"no {name}", f"{header} header is required")
        timestamp = given["timestamp"] or ""
        if not _TIMESTAMP.fullmatch(timestamp):
            return Refusal("the timestamp is no number of seconds", "invalid timestamp")
        behind = self._clock() - float(timestamp)
        if abs(behind) > WINDOW:
            reason = f"the timestamp is {behind:.6g} s behind the wall clock"
            return Refusal(f"{reason}; allowed are {WINDOW:g} s", "request timestamp expired")
        key = next((key for key in self._ring.hmac if key.key == given["key"]), None)
        if key is None:
            return Refusal("no such key here", "Invalid API Key")
        wanted = signature(key, timestamp, method, target, body)
        if not hmac.compare_digest(wanted.encode(), _bytes(given["signature"])):
            return Refusal(
                f"not what key {key.key} signs for {method} {target}", "invalid signature"
            )
        if not key.passphrase.matches(given["passphrase"] or ""):
            return Refusal(f"not the passphrase of key {key.key}", "Invalid Passphrase")
        if scope not in key.scopes:
            return missing_scope(key.key, key.scopes, scope)
        return Granted(key.key, key.scopes)


def signature(key: HmacKey, timestamp: str, method: str, target: str, body: bytes) -> str:
    """Return the signature of a request."""
    signed = _bytes(f"{timestamp}{method}{target}") + body
    secret = base64.b64decode(key.secret.reveal())
    return base64.b64encode(hmac.digest(secret, signed, "sha256")).decode()


def _text(value: object) -> str | None:
    """Return a member of a message as its text; some clients send the timestamp as a number."""
    if isinstance(value, str):
        return value
    return str(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


def _bytes(text: str | None) -> bytes:
    return (text or "").encode(errors="surrogatepass")
