from __future__ import annotations

import base64
import contextlib

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
)
from hypothesis import given
from hypothesis import strategies as st

from downtick.errors import InputError
from downtick.exchange.auth.keys import make_keys
from downtick.exchange.auth.private_keys import load_private_key, read_jwt_key

KEYS = make_keys()
ED25519 = base64.b64decode(KEYS.ed25519.secret.reveal())


def encoded(raw: bytes) -> str:
    """Return base64 as text."""
    return base64.b64encode(raw).decode()


def pem(key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey, password: bytes | None = None) -> str:
    """Return a key in PKCS #8."""
    locked = BestAvailableEncryption(password) if password else NoEncryption()
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, locked).decode()


@pytest.mark.parametrize(
    "secret",
    [
        KEYS.es256.pem.reveal(),
        KEYS.es256.pem.reveal().strip(),
        KEYS.es256.pem.reveal().replace("\n", "\\n"),
    ],
    ids=["as it is", "stripped", "line ends written out"],
)
def test_an_ecdsa_key_is_read_in_every_form(secret: str) -> None:
    """Also as it stands in an environment file."""
    assert read_jwt_key(KEYS.es256.name, secret) == KEYS.es256


@pytest.mark.parametrize(
    "secret",
    [
        KEYS.ed25519.pem.reveal(),
        KEYS.ed25519.secret.reveal(),
        encoded(ED25519[:32]),
        f" {encoded(ED25519)[:40]}\n{encoded(ED25519)[40:]}\n",
    ],
    ids=["PEM", "64 bytes", "32 bytes", "in two lines"],
)
def test_an_ed25519_key_is_read_in_every_form(secret: str) -> None:
    """PEM, the seed, or the seed and the public key."""
    assert read_jwt_key(KEYS.ed25519.name, secret) == KEYS.ed25519


def test_an_ecdsa_key_in_pkcs8_is_the_same() -> None:
    """Some clients want it in that form."""
    private = load_private_key(KEYS.es256.pem.reveal())
    assert isinstance(private, ec.EllipticCurvePrivateKey)
    assert read_jwt_key(KEYS.es256.name, pem(private)) == KEYS.es256


@pytest.mark.parametrize(
    ("secret", "message"),
    [
        ("not a key!", "neither a PEM nor base64"),
        ("kéy", "neither a PEM nor base64"),
        ("", "not 0"),
        (encoded(bytes(33)), "not 33"),
        (encoded(bytes(64)), "second half"),
        ("-----BEGIN EC PRIVATE KEY-----\nAAAA\n-----END EC PRIVATE KEY-----", "no unencrypted"),
        (KEYS.es256.public.pem, "no unencrypted"),
        (pem(ec.generate_private_key(ec.SECP384R1())), "P-256"),
        (pem(rsa.generate_private_key(65537, 2048)), "P-256"),
        (pem(ec.generate_private_key(ec.SECP256R1()), b"locked"), "no unencrypted"),
    ],
)
def test_what_is_no_key_of_coinbase_is_refused_without_being_shown(
    secret: str, message: str
) -> None:
    """In a sentence that says what is wrong."""
    with pytest.raises(InputError, match=message) as caught:
        read_jwt_key("name", secret)
    assert not secret or secret not in str(caught.value)
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__ or caught.value.__context__ is None


@given(st.one_of(st.text(), st.text().map(lambda text: f"-----BEGIN{text}")))
def test_any_text_is_read_or_refused(text: str) -> None:
    """No other exception."""
    with contextlib.suppress(InputError):
        load_private_key(text)
