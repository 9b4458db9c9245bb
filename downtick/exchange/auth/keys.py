"""The keys of the exchange's one user: a client's half, and the half that the exchange knows.

The keys of a process are made once, when they are first asked for: they cost time, and a fresh exchange for
every test must not.
"""

from __future__ import annotations

import base64
import secrets
import string
import uuid
from dataclasses import dataclass
from functools import cache
from typing import Final, Literal

from downtick.exchange.auth.scopes import EVERY_SCOPE, Scope
from downtick.exchange.auth.secret import Secret

Algorithm = Literal["ES256", "EdDSA"]

_PASSPHRASE: Final = string.ascii_lowercase + string.digits


@dataclass(frozen=True)
class PublicKey:
    """What the exchange knows of a key that signs JWTs.

    Attributes:
        name: ``organizations/{uuid}/apiKeys/{uuid}``.
        algorithm: that its tokens must be signed with.
        pem: the public key.
        scopes: what it may do.
    """

    name: str
    algorithm: Algorithm
    pem: str
    scopes: frozenset[Scope] = EVERY_SCOPE


@dataclass(frozen=True)
class JwtKey:
    """What a client holds of a key that signs JWTs.

    Attributes:
        public: the exchange's half.
        pem: the private key: SEC 1 for ES256 and PKCS #8 for EdDSA.
        secret: the private key in the form in which Coinbase hands it out: the PEM for ES256; for EdDSA base64 of
            its 32 bytes and the public key's.
    """

    public: PublicKey
    pem: Secret
    secret: Secret

    @property
    def name(self) -> str:
        """The key's name, a client's ``api_key``."""
        return self.public.name


@dataclass(frozen=True)
class HmacKey:
    """A key of the Exchange dialect. Both sides hold all of it.

    Attributes:
        key: its name, 32 hexadecimal digits.
        secret: base64 of 64 bytes.
        passphrase: chosen by the user when the key was made.
        scopes: what it may do.
    """

    key: str
    secret: Secret
    passphrase: Secret
    scopes: frozenset[Scope] = EVERY_SCOPE

    @property
    def name(self) -> str:
        """The key's name."""
        return self.key


@dataclass(frozen=True)
class KeyRing:
    """The keys that an exchange knows."""

    jwt: tuple[PublicKey, ...] = ()
    hmac: tuple[HmacKey, ...] = ()


@dataclass(frozen=True)
class Keys:
    """The keys that a client may use. Another one takes a place by ``dataclasses.replace``.

    Attributes:
        es256: an ECDSA key of Advanced Trade.
        ed25519: an Ed25519 key of Advanced Trade.
        read_only: an ECDSA key that may view, and nothing else.
        exchange: a key of the Exchange dialect.
    """

    es256: JwtKey
    ed25519: JwtKey
    read_only: JwtKey
    exchange: HmacKey

    @property
    def ring(self) -> KeyRing:
        """What the exchange knows of them."""
        jwt = (self.es256.public, self.ed25519.public, self.read_only.public)
        return KeyRing(jwt, (self.exchange,))


@cache
def process_keys() -> Keys:
    """Return the keys of this process, made at the first call."""
    return make_keys()


def process_ring() -> KeyRing:
    """Return what an exchange knows of this process's keys."""
    return process_keys().ring


def make_keys() -> Keys:
    """Return fresh keys of one organization."""
    from cryptography.hazmat.primitives.asymmetric import (  # noqa: PLC0415 - takes longer than all else here
        ec,
        ed25519,
    )

    from downtick.exchange.auth.private_keys import jwt_key  # noqa: PLC0415

    organization = uuid.uuid4()

    def name() -> str:
        return f"organizations/{organization}/apiKeys/{uuid.uuid4()}"

    return Keys(
        es256=jwt_key(name(), ec.generate_private_key(ec.SECP256R1())),
        ed25519=jwt_key(name(), ed25519.Ed25519PrivateKey.generate()),
        read_only=jwt_key(
            name(), ec.generate_private_key(ec.SECP256R1()), scopes=frozenset({"view"})
        ),
        exchange=HmacKey(
            key=secrets.token_hex(16),
            secret=Secret(base64.b64encode(secrets.token_bytes(64)).decode()),
            passphrase=Secret("".join(secrets.choice(_PASSPHRASE) for _ in range(11))),
        ),
    )
