from __future__ import annotations

import base64
import re
from dataclasses import replace

import pytest

from downtick.exchange.auth.keys import HmacKey, JwtKey, make_keys, process_keys, process_ring
from downtick.exchange.auth.private_keys import load_private_key

KEYS = make_keys()
UUID = r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"


def test_the_keys_of_a_process_are_made_once() -> None:
    """An exchange for every test costs no key."""
    assert process_keys() is process_keys()
    assert process_ring() == process_keys().ring
    assert make_keys() != make_keys()


@pytest.mark.parametrize("key", [KEYS.es256, KEYS.ed25519, KEYS.read_only])
def test_names_have_coinbases_form(key: JwtKey) -> None:
    """Clients tell a key of Advanced Trade from others by its name."""
    assert re.fullmatch(f"organizations/{UUID}/apiKeys/{UUID}", key.name)


def test_secrets_have_the_forms_in_which_coinbase_hands_them_out() -> None:
    """An EC key in PEM; an Ed25519 key as base64 of 64 bytes, and in PKCS #8."""
    assert KEYS.es256.secret.reveal().startswith("-----BEGIN EC PRIVATE KEY-----\n")
    assert KEYS.es256.secret.reveal().endswith("-----END EC PRIVATE KEY-----\n")
    assert len(base64.b64decode(KEYS.ed25519.secret.reveal(), validate=True)) == 64
    assert KEYS.ed25519.pem.reveal().startswith("-----BEGIN PRIVATE KEY-----\n")
    assert KEYS.es256.public.algorithm == KEYS.read_only.public.algorithm == "ES256"
    assert KEYS.ed25519.public.algorithm == "EdDSA"


def test_a_key_of_the_exchange_dialect_has_three_parts() -> None:
    """Key, secret of 64 bytes, passphrase."""
    key = KEYS.exchange
    assert re.fullmatch("[0-9a-f]{32}", key.key)
    assert len(base64.b64decode(key.secret.reveal(), validate=True)) == 64
    assert re.fullmatch("[0-9a-z]{11}", key.passphrase.reveal())


def test_the_exchange_knows_no_private_key() -> None:
    """What travels to it has the public halves; only HMAC needs the secret on both sides."""
    assert [key.name for key in KEYS.ring.jwt] == [
        *(KEYS.es256.name, KEYS.ed25519.name, KEYS.read_only.name)
    ]
    assert all("PRIVATE" not in key.pem for key in KEYS.ring.jwt)
    assert KEYS.ring.hmac == (KEYS.exchange,)


def test_one_key_may_do_less() -> None:
    """So that a test can meet a missing permission."""
    assert KEYS.read_only.public.scopes == {"view"}
    assert KEYS.es256.public.scopes == {"view", "trade", "transfer"}


def test_keys_show_no_secret() -> None:
    """Nor does what the exchange gets of them."""
    shown = f"{KEYS!r} {KEYS} {KEYS.ring!r} {KEYS.es256!r} {KEYS.exchange}"
    for secret in secrets_of(KEYS.es256, KEYS.ed25519, KEYS.read_only, KEYS.exchange):
        assert secret not in shown
        assert repr(secret)[1:-1] not in shown  # a PEM as repr would show it


def test_another_key_takes_a_place() -> None:
    """A user's own key is known to the exchange in place of the one that was made."""
    own = replace(make_keys().es256)
    assert replace(KEYS, es256=own).ring.jwt[0] == own.public


def test_a_read_secret_is_the_same_key() -> None:
    """Each form leads back to its private key."""
    for key in (KEYS.es256, KEYS.ed25519):
        for form in (key.secret, key.pem):
            public = load_private_key(form.reveal()).public_key()
            assert public == load_private_key(key.pem.reveal()).public_key()


def secrets_of(*keys: JwtKey | HmacKey) -> list[str]:
    """Return every secret text of keys."""
    found = []
    for key in keys:
        other = key.pem if isinstance(key, JwtKey) else key.passphrase
        found += [key.secret.reveal(), other.reveal()]
    return found
