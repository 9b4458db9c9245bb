"""Lets in who brings a good JWT, as Advanced Trade does (docs: WebSocket authentication, REST authentication).

::

    token ──▶ three parts ──▶ key known ──▶ signature ──▶ times ──▶ issuer, subject ──▶ uri ──▶ scope ──▶ Granted
                 └───────────────┴─────────────┴────────────┴──────────────┴────────────┴─────────┴──▶ Refusal

Lifetimes are on the wall clock, whatever the time scale: clients compute them from theirs.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any, Final

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_pem_public_key

from downtick.exchange.auth.keys import PublicKey
from downtick.exchange.auth.outcome import UNCHECKED, Granted, Refusal, missing_scope
from downtick.exchange.auth.scopes import Scope
from downtick.exchange.auth.verifier import Verifier

ISSUERS: Final = ("cdp", "coinbase-cloud")
"""Whom a token may name as its issuer; the second stands in clients of 2024 and in Coinbase's own samples."""

CLOCK_SKEW: Final = 5.0
"""Seconds by which a client's clock may be ahead."""

_LONGEST: Final = 8192  # characters; those of known clients have 400 to 600
_KEY_NAME: Final = re.compile(r"organizations/[0-9a-fA-F-]{36}/apiKeys/[0-9a-fA-F-]{36}")
_SHOWN: Final = 120  # characters of a claimed uri that a reason shows


class _Header(msgspec.Struct):
    alg: str
    kid: str | None = None
    crit: Any = None


class _Claims(msgspec.Struct):
    exp: float
    nbf: float | None = None
    iss: str | None = None
    sub: str | None = None
    uri: str | None = None
    uris: list[str] | None = None


_read_header = msgspec.json.Decoder(_Header).decode
_read_claims = msgspec.json.Decoder(_Claims).decode


class _NotAccepted(Exception):
    """A token is refused, for the reason in the message."""


class JwtVerifier(Verifier):
    """Checks tokens."""

    def request(
        self, method: str, path: str, headers: Mapping[str, str], scope: Scope
    ) -> Granted | Refusal:
        """Return whether a REST request may be carried out.

        Args:
            method: such as ``POST``.
            path: as it was sent, without the query.
            headers: of the request, names in any case.
            scope: that its route needs.
        """
        if not self._check:
            return UNCHECKED
        given = headers.get("Authorization")
        if given is None:
            if "CB-ACCESS-KEY" in headers:
                return Refusal("signed as on the Exchange dialect: Advanced Trade takes a JWT")
            return Refusal("no Authorization header")
        kind, _, token = given.partition(" ")
        if kind.lower() != "bearer":
            return Refusal("the Authorization header is not `Bearer` and a token")
        return self.verify(token.strip(), uri=f"{method} {path}", scope=scope)

    def login(self, token: str | None) -> str | None:
        """Return why a subscription that carries this ``jwt`` is refused, or None if it is not.

        A uri in it says nothing here: some clients sign one all the same.
        """
        outcome = self.verify(token, uri=None, scope="view")
        return outcome.reason if isinstance(outcome, Refusal) else None

    def verify(self, token: str | None, *, uri: str | None, scope: Scope) -> Granted | Refusal:
        """Return whether a token lets its bearer do something.

        Args:
            token: a JWT, None if there is none.
            uri: what it must be for, as ``GET /api/v3/brokerage/accounts``; any host is accepted, and a token that
                names no uri at all. None for a token whose uri is not looked at.
            scope: what its bearer wants to do.
        """
        if not self._check:
            return UNCHECKED
        if token is None:
            return Refusal("no token")
        try:
            key, claims = self._authentic(token)
            self._check_times(claims)
            _check_claims(claims, key, uri)
        except _NotAccepted as reason:
            return Refusal(str(reason))
        if scope not in key.scopes:
            return missing_scope(key.name, key.scopes, scope)
        return Granted(key.name, key.scopes)

    def _authentic(self, token: str) -> tuple[PublicKey, _Claims]:
        """Return who signed a token, and what it claims."""
        if len(token) > _LONGEST:
            raise _NotAccepted(f"a token of {len(token)} characters")
        parts = token.split(".")
        if len(parts) != 3:
            raise _NotAccepted("not a JWT: it has not three parts between dots")
        header = _part(parts[0], _read_header, "header")
        key = self._key(header)
        signed = f"{parts[0]}.{parts[1]}".encode()
        if not signature_holds(key, signed, _decoded(parts[2], "signature")):
            raise _NotAccepted(
                f"the signature is not that of key {key.name}: another private key, or a changed token"
            )
        return key, _part(parts[1], _read_claims, "claims")

    def _key(self, header: _Header) -> PublicKey:
        if header.crit is not None:
            raise _NotAccepted(
                "its header makes an extension critical (crit) that is not known here"
            )
        if header.kid is None:
            raise _NotAccepted("its header names no key (kid)")
        key = next((key for key in self._ring.jwt if key.name == header.kid), None)
        if key is None:
            # Whoever mixes up name and secret puts the secret here.
            named = header.kid if _KEY_NAME.fullmatch(header.kid) else "(not shown, no key's name)"
            raise _NotAccepted(f"no key {named} here")
        if header.alg != key.algorithm:
            raise _NotAccepted(
                f"key {key.name} signs with {key.algorithm}, the token's alg is another"
            )
        return key

    def _check_times(self, claims: _Claims) -> None:
        now = self._clock()
        if not now < claims.exp:
            raise _NotAccepted(f"the token expired {now - claims.exp:.6g} s ago")
        if claims.nbf is not None and not claims.nbf <= now + CLOCK_SKEW:
            raise _NotAccepted(
                f"the token is not valid before {claims.nbf - now:.6g} s from now: is the client's clock ahead?"
            )


def signature_holds(key: PublicKey, signed: bytes, signature: bytes) -> bool:
    """Return whether this is the key's signature of these bytes (RFC 7518, 3.4; RFC 8037, 3.1)."""
    public = _load(key.pem)
    try:
        if isinstance(public, ed25519.Ed25519PublicKey):
            public.verify(signature, signed)
            return True
        if len(signature) != 64:
            return False
        r, s = (int.from_bytes(half) for half in (signature[:32], signature[32:]))
        public.verify(encode_dss_signature(r, s), signed, ec.ECDSA(SHA256()))
    except InvalidSignature:
        return False
    return True


@cache
def _load(pem: str) -> ec.EllipticCurvePublicKey | ed25519.Ed25519PublicKey:
    public = load_pem_public_key(pem.encode())
    assert isinstance(public, ec.EllipticCurvePublicKey | ed25519.Ed25519PublicKey)
    return public


def _part(text: str, read: Callable[[bytes], Any], name: str) -> Any:
    try:
        return read(_decoded(text, name))
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        raise _NotAccepted(f"not a JWT: its {name} is not the JSON that it should be") from None


def _decoded(text: str, name: str) -> bytes:
    """Return the bytes behind base64url in its one canonical form, so that no other text is the same token."""
    try:
        raw = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except ValueError:  # binascii.Error is one
        raw = b""
    if not raw or base64.urlsafe_b64encode(raw).rstrip(b"=").decode() != text:
        raise _NotAccepted(f"not a JWT: its {name} is not base64url")
    return raw


def _check_claims(claims: _Claims, key: PublicKey, uri: str | None) -> None:
    if claims.iss not in ISSUERS:
        raise _NotAccepted(f"its issuer (iss) is neither of {', '.join(ISSUERS)}")
    if claims.sub != key.name:
        raise _NotAccepted("its subject (sub) is not the key's name (kid)")
    claimed = [*(claims.uris or ()), *([claims.uri] if claims.uri is not None else ())]
    if uri is None or not claimed or any(_without_host(each) == uri for each in claimed):
        return
    hint = " (a uri has no query)" if any("?" in each for each in claimed) else ""
    raise _NotAccepted(f"the token is for {claimed[0][:_SHOWN]!r}, the request is {uri!r}{hint}")


def _without_host(claimed: str) -> str:
    """Return ``GET /path`` of ``GET host/path``; clients put in the host that they were told."""
    method, _, rest = claimed.partition(" ")
    return f"{method} /{rest.partition('/')[2]}"
