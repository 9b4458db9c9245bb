from __future__ import annotations

import base64
import json
import time
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from bot_v2.features.brokerages.coinbase.rest.auth import BadKey
from bot_v2.features.brokerages.coinbase.rest.jwt import JwtSigner
from bot_v2.features.brokerages.coinbase.secret import Secret
from downtick.exchange.auth.jwt import JwtVerifier
from downtick.exchange.auth.keys import JwtKey, make_keys
from downtick.exchange.auth.outcome import Granted

KEYS = make_keys()
PATH = "/api/v3/brokerage/orders"


def signer(key: JwtKey, form: str = "secret") -> JwtSigner:
    return JwtSigner(key.name, Secret(getattr(key, form).reveal()))


def parts(token: str) -> tuple[dict[str, Any], dict[str, Any]]:
    header, claims, _ = token.split(".")
    read = [json.loads(base64.urlsafe_b64decode(part + "==")) for part in (header, claims)]
    return read[0], read[1]


@pytest.mark.parametrize("key", [KEYS.es256, KEYS.ed25519], ids=["ES256", "EdDSA"])
@pytest.mark.parametrize("form", ["secret", "pem"])
def test_both_kinds_of_keys_in_both_forms_are_accepted(key: JwtKey, form: str) -> None:
    """By whoever checks signature, times, issuer and uri."""
    verifier = JwtVerifier(KEYS.ring)
    now = time.time()
    headers = signer(key, form).headers("POST", "api.coinbase.com", PATH, b"{}", now)
    assert isinstance(verifier.request("POST", PATH, headers, "trade"), Granted)
    assert verifier.login(signer(key, form).login(now)["jwt"]) is None


def test_a_token_is_for_one_request_and_names_no_query() -> None:
    """Method, host with port, and path; it lives two minutes (docs: REST authentication)."""
    headers = signer(KEYS.es256).headers("GET", "h:1", "/a/b?limit=1&x=2", b"", 1000.9)
    header, claims = parts(headers["Authorization"].removeprefix("Bearer "))
    assert header["kid"] == claims["sub"] == KEYS.es256.name
    assert claims["uri"] == "GET h:1/a/b"
    assert (claims["nbf"], claims["exp"], claims["iss"]) == (1000, 1120, "cdp")


def test_a_login_is_for_no_request() -> None:
    """A token of a subscription has no uri."""
    assert "uri" not in parts(signer(KEYS.ed25519).login(0)["jwt"])[1]


def test_no_two_tokens_are_the_same() -> None:
    """Each has a nonce of its own."""
    one = signer(KEYS.ed25519)
    assert len({one.token(5.0) for _ in range(20)}) == 20


def test_line_breaks_may_be_written_out() -> None:
    """As in files of environment variables."""
    written = KEYS.es256.secret.reveal().replace("\n", "\\n")
    JwtSigner(KEYS.es256.name, Secret(f"  {written}\n"))


def _pem(key: Any) -> str:
    raw: bytes = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return raw.decode()


@pytest.mark.parametrize(
    "secret",
    [
        "",
        "planted",
        base64.b64encode(b"planted" * 5).decode(),
        "-----BEGIN PRIVATE KEY-----\nplanted\n-----END PRIVATE KEY-----",
        _pem(rsa.generate_private_key(65537, 2048)),
        _pem(ec.generate_private_key(ec.SECP384R1())),
    ],
)
def test_what_is_no_key_is_refused_and_not_repeated(secret: str) -> None:
    """The sentence says what is wrong, and holds no part of it."""
    with pytest.raises(BadKey) as refused:
        JwtSigner("name", Secret(secret))
    assert "planted" not in str(refused.value)
    assert refused.value.__cause__ is None
