"""Private keys in the forms in which Coinbase hands them out, read and written.

ES256: an EC key in PEM. EdDSA: PKCS #8 PEM, or base64 of 32 bytes, or of 64 whose second half is the public key
(coinbase-advanced-py, changelog of 1.8.3; advanced-sdk-ts pull request 19).
"""

from __future__ import annotations

import base64
import binascii
from typing import Final

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)

from downtick.errors import InputError
from downtick.exchange.auth.keys import Algorithm, JwtKey, PublicKey
from downtick.exchange.auth.scopes import EVERY_SCOPE, Scope
from downtick.exchange.auth.secret import Secret

_PEM: Final = "-----BEGIN"
_SEED: Final = 32  # bytes of an Ed25519 private key, and of its public key

PrivateKey = ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey


def read_jwt_key(name: str, secret: str, scopes: frozenset[Scope] = EVERY_SCOPE) -> JwtKey:
    r"""Return a key of the user's own, to give to a rig.

    Args:
        name: ``organizations/{uuid}/apiKeys/{uuid}``.
        secret: its private key in any form in which Coinbase hands one out; in PEM, ``\n`` may stand for a
            line end, as it does in environment files.
        scopes: what the key may do.

    Raises:
        InputError: that is no private key of a kind that Coinbase has. The message does not show it.
    """
    return jwt_key(name, load_private_key(secret), scopes)


def load_private_key(secret: str) -> PrivateKey:
    """Return the private key that a text holds.

    Raises:
        InputError: it holds none, or one of another kind. The message does not show it.
    """
    text = secret.replace("\\n", "\n").strip()
    return _of_pem(text) if text.startswith(_PEM) else _of_base64(text)


def jwt_key(name: str, private: PrivateKey, scopes: frozenset[Scope] = EVERY_SCOPE) -> JwtKey:
    """Return a key with both its halves in text."""
    public = private.public_key()
    algorithm: Algorithm = "ES256"
    form = PrivateFormat.TraditionalOpenSSL
    if isinstance(private, ed25519.Ed25519PrivateKey):
        algorithm, form = "EdDSA", PrivateFormat.PKCS8
    pem = Secret(private.private_bytes(Encoding.PEM, form, NoEncryption()).decode())
    secret = pem
    if isinstance(private, ed25519.Ed25519PrivateKey):
        pair = private.private_bytes_raw() + private.public_key().public_bytes_raw()
        secret = Secret(base64.b64encode(pair).decode())
    public_pem = public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
    return JwtKey(PublicKey(name, algorithm, public_pem, scopes), pem, secret)


def _of_pem(text: str) -> PrivateKey:
    try:
        private = load_pem_private_key(text.encode(), password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        raise InputError(
            "the secret begins like a PEM but holds no unencrypted private key"
        ) from None
    if isinstance(private, ed25519.Ed25519PrivateKey):
        return private
    if isinstance(private, ec.EllipticCurvePrivateKey) and private.curve.name == "secp256r1":
        return private
    raise InputError("the secret is neither an ECDSA key on P-256 nor an Ed25519 key")


def _of_base64(text: str) -> PrivateKey:
    try:
        raw = base64.b64decode("".join(text.split()), validate=True)
    except (binascii.Error, ValueError):
        raise InputError("the secret is neither a PEM nor base64") from None
    if len(raw) not in {_SEED, 2 * _SEED}:
        raise InputError(f"an Ed25519 secret in base64 holds 32 or 64 bytes, not {len(raw)}")
    private = ed25519.Ed25519PrivateKey.from_private_bytes(raw[:_SEED])
    if raw[_SEED:] not in {b"", private.public_key().public_bytes_raw()}:
        raise InputError("the second half of the Ed25519 secret is not its own public key")
    return private
