from __future__ import annotations

import base64
import json
import secrets
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from multidict import CIMultiDict

from downtick.exchange.auth import sign
from downtick.exchange.auth.jwt import CLOCK_SKEW, JwtVerifier
from downtick.exchange.auth.keys import JwtKey, KeyRing, make_keys
from downtick.exchange.auth.outcome import Granted, Refusal
from tests.exchange.auth.tokens import joined, raw

KEYS = make_keys()


NOW = 1_800_000_000.0


VERIFIER = JwtVerifier(KEYS.ring, clock=lambda: NOW)


URI = "GET /api/v3/brokerage/accounts"


CLAIMED = "GET api.coinbase.com/api/v3/brokerage/accounts"


BOTH = pytest.mark.parametrize("key", [KEYS.es256, KEYS.ed25519], ids=["ES256", "EdDSA"])


def token(key: JwtKey = KEYS.es256, uri: str | None = CLAIMED, **options: Any) -> str:
    """Return a token that is good now."""
    return sign.token(key, uri, **{"now": NOW, **options})


def verified(text: str | None, uri: str | None = URI, scope: Any = "view") -> Granted | Refusal:
    """Return what comes of a token."""
    return VERIFIER.verify(text, uri=uri, scope=scope)


def refused(text: str | None, uri: str | None = URI, scope: Any = "view") -> str:
    """Return why a token is refused."""
    outcome = verified(text, uri, scope)
    assert isinstance(outcome, Refusal)
    assert not outcome.forbidden
    return outcome.reason


@BOTH
def test_a_good_token_is_let_in(key: JwtKey) -> None:
    """Signed by either kind of key, it opens what its key may do."""
    assert verified(token(key)) == Granted(key.name, key.public.scopes)


@pytest.mark.parametrize(
    "claimed",
    [
        None,
        CLAIMED,
        "GET localhost:42007/api/v3/brokerage/accounts",
        "GET 127.9.8.1:1/api/v3/brokerage/accounts",
    ],
)
def test_any_host_is_accepted_and_so_is_no_uri(claimed: str | None) -> None:
    """Clients put in the host that they were told."""
    assert isinstance(verified(token(uri=claimed)), Granted)


def test_one_of_several_uris_will_do() -> None:
    """Tokens of Coinbase's newer libraries carry an array."""
    several = {"uris": ["GET api.coinbase.com/other", CLAIMED]}
    assert isinstance(verified(token(uri=None, claims=several)), Granted)
    assert "other" in refused(token(uri=None, claims={"uris": several["uris"][:1]}))


@pytest.mark.parametrize(
    ("claimed", "hint"),
    [
        ("POST api.coinbase.com/api/v3/brokerage/accounts", "POST"),
        ("GET api.coinbase.com/api/v3/brokerage/orders", "orders"),
        (f"{CLAIMED}?limit=1", "no query"),
        ("GET https://api.coinbase.com/api/v3/brokerage/accounts", "https"),
        ("", "''"),
        ("x" * 3000, "xxx"),
    ],
)
def test_a_token_for_another_request_is_refused(claimed: str, hint: str) -> None:
    """Method and path are the request's own; scheme and query have no place in a uri."""
    reason = refused(token(uri=claimed))
    assert hint in reason
    assert len(reason) < 400


@pytest.mark.parametrize("claims", [{"uri": "GET api.coinbase.com/users/self"}, {"uris": ["x"]}])
def test_a_websocket_looks_at_no_uri(claims: dict[str, Any]) -> None:
    """Some clients sign one for their subscriptions too."""
    assert VERIFIER.login(token(uri=None, claims=claims)) is None


@pytest.mark.parametrize(
    "claims",
    [
        {"iss": "coinbase-cloud", "aud": ["retail_rest_api_proxy"]},
        {"aud": "public_websocket_api"},
        {"nbf": None},
        {"exp": NOW + 0.5, "nbf": NOW - 0.5},
        {"iat": NOW, "jti": "x", "anything": {"else": [1]}},
    ],
)
def test_claims_of_older_and_newer_clients_are_accepted(claims: dict[str, Any]) -> None:
    """An audience, another issuer, seconds with fractions, members that nobody knows."""
    assert isinstance(verified(token(claims=claims)), Granted)


@pytest.mark.parametrize(
    ("claims", "reason"),
    [
        ({"iss": "somebody"}, "iss"),
        ({"iss": None}, "iss"),
        ({"sub": "somebody"}, "sub"),
        ({"sub": None}, "sub"),
        ({"exp": None}, "claims"),
        ({"exp": "tomorrow"}, "claims"),
        ({"exp": True}, "claims"),
        ({"uri": 5}, "claims"),
        ({"exp": NOW}, "expired 0 s ago"),
        ({"exp": NOW - 30}, "expired 30 s ago"),
        ({"exp": -1e308}, "expired 1e+308 s ago"),
        ({"nbf": NOW + CLOCK_SKEW + 1}, "not valid before 6 s from now"),
    ],
)
def test_claims_that_are_wrong_are_named(claims: dict[str, Any], reason: str) -> None:
    """In plain words, for whoever reads the journal."""
    assert reason in refused(token(claims=claims))


def test_a_clock_that_is_a_little_ahead_is_forgiven() -> None:
    """Clients stamp a token with their own clock."""
    assert isinstance(verified(token(now=NOW + CLOCK_SKEW)), Granted)
    assert "clock ahead" in refused(token(now=NOW + CLOCK_SKEW + 1))


def test_a_token_lives_two_minutes_of_the_wall_clock() -> None:
    """To the second: an exchange that plays ten times as fast has the same clients."""
    now = NOW
    verifier = JwtVerifier(KEYS.ring, clock=lambda: now)
    text = token()
    for now in (NOW, NOW + 119.9):  # noqa: B007 - the clock reads it
        assert isinstance(verifier.verify(text, uri=URI, scope="view"), Granted)
    now = NOW + 120
    assert isinstance(verifier.verify(text, uri=URI, scope="view"), Refusal)


@pytest.mark.parametrize(
    ("header", "reason"),
    [
        ({"alg": "none"}, "signs with ES256"),
        ({"alg": "HS256"}, "signs with ES256"),
        ({"alg": "EdDSA"}, "signs with ES256"),
        ({"alg": None}, "header"),
        ({"kid": None}, "no key"),
        ({"kid": 7}, "header"),
        ({"crit": ["exp"], "exp": 1}, "crit"),
    ],
)
def test_headers_that_are_wrong_are_named(header: dict[str, Any], reason: str) -> None:
    """No other algorithm than the key's own: not even the one of a key beside it."""
    assert reason in refused(token(header=header))


def test_an_unknown_key_is_named_only_if_it_is_a_name() -> None:
    """Whoever mixes up name and secret does not find the secret in the journal."""
    stranger = make_keys().es256
    assert stranger.name in refused(token(stranger))
    planted = KEYS.es256.secret.reveal()
    assert "PRIVATE" not in refused(token(header={"kid": planted}))
    assert planted[40:60] not in refused(token(header={"kid": planted}))


@BOTH
def test_a_strangers_signature_is_refused(key: JwtKey) -> None:
    """A key's name is no proof."""
    stranger = make_keys()
    other = stranger.es256 if key is KEYS.es256 else stranger.ed25519
    assert "signature" in refused(token(other, header={"kid": key.name}, claims={"sub": key.name}))


@BOTH
def test_a_signature_of_other_claims_is_refused(key: JwtKey) -> None:
    """Neither part of a token can be put beside another's signature."""
    mine, longer = token(key).split("."), token(key, claims={"exp": NOW + 9999}).split(".")
    assert "signature" in refused(".".join((mine[0], longer[1], mine[2])))
    assert "signature" in refused(".".join((longer[0], mine[1], mine[2])))


@pytest.mark.parametrize(
    "text",
    [
        *("", ".", "..", "...", "a.b", "a.b.c", "a.b.c.d", "x" * 10_000, "é.é.é", "\ud800.a.b"),
        *("bnVsbA.e30.AAAA", "e30.e30.AAAA", "W10.e30.AAAA", "e30.e30.", "IA.e30.AAAA"),
    ],
)
def test_what_is_no_token_is_refused(text: str) -> None:
    """And nothing breaks."""
    assert refused(text)


def test_a_signature_without_its_leading_zero_is_refused() -> None:
    """Both its numbers have all their 32 bytes (RFC 7518, 3.4), so that a token has one form."""
    while True:
        head, claims, signature = token(header={"nonce": secrets.token_hex()}).split(".")
        if raw(signature)[32] == 0:
            break
    shorter = raw(signature)[:32] + raw(signature)[33:]
    assert "signature" in refused(f"{head}.{claims}.{joined(shorter)}")


def test_no_token_says_so() -> None:
    """The commonest mistake has a reason of its own."""
    assert refused(None) == "no token"
    assert VERIFIER.login(None) == "no token"


def test_deep_json_is_refused() -> None:
    """A header of a thousand brackets does not reach the stack's end."""
    deep = base64.urlsafe_b64encode(b'{"a":' + b"[" * 3000 + b"]" * 3000 + b"}").decode()
    assert refused(f"{deep.rstrip('=')}.e30.AAAA")


@pytest.mark.parametrize("number", ["1" * 400, "1e999", "-1e999", "NaN", "Infinity"])
def test_numbers_without_measure_never_open_a_door(number: str) -> None:
    """A token that expires at no time is no token."""
    claims = f'{{"iss":"cdp","sub":"{KEYS.es256.name}","exp":{number}}}'
    header = json.dumps({"alg": "ES256", "kid": KEYS.es256.name})
    assert refused(sign.signed(KEYS.es256, header.encode(), claims.encode()))


@BOTH
@given(data=st.data())
def test_any_tampered_character_is_refused(key: JwtKey, data: st.DataObject) -> None:
    """Also in the bits that base64 ignores."""
    text = GOOD[key.name]
    position = data.draw(st.integers(0, len(text) - 1))
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.=+/ \n\x00é"
    character = data.draw(st.sampled_from(alphabet).filter(lambda c: c != text[position]))
    assert refused(text[:position] + character + text[position + 1 :])


@BOTH
def test_the_last_characters_unused_bits_are_refused(key: JwtKey) -> None:
    """The signature's last character has bits that belong to no byte: each other value is another token."""
    text = GOOD[key.name]
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    for character in alphabet.replace(text[-1], ""):
        assert refused(text[:-1] + character)


@BOTH
@given(data=st.data())
def test_a_cut_or_longer_token_is_refused(key: JwtKey, data: st.DataObject) -> None:
    """No part of a token is a token, and nothing can be added to one."""
    text = GOOD[key.name]
    assert refused(text[: data.draw(st.integers(0, len(text) - 1))])
    assert refused(text + data.draw(st.text(min_size=1, max_size=5)))


@given(
    st.text() | st.tuples(st.binary(), st.binary(), st.binary()).map(lambda parts: joined(*parts))
)
@example("\x00")
def test_any_text_is_refused_without_an_error(text: str) -> None:
    """Whatever comes."""
    assert refused(text)


JSON = st.recursive(
    st.none() | st.booleans() | st.floats(allow_nan=False) | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner),
    max_leaves=5,
)


@given(
    st.dictionaries(st.sampled_from(["exp", "nbf", "iss", "sub", "uri", "uris"]), JSON),
    st.dictionaries(st.sampled_from(["alg", "crit", "typ"]), JSON),
)
def test_any_signed_json_is_let_in_or_refused(
    claims: dict[str, Any], header: dict[str, Any]
) -> None:
    """A holder of a key can sign what he likes: no error comes of it."""
    head = {"alg": "ES256", "kid": KEYS.es256.name, **header}
    text = sign.signed(KEYS.es256, json.dumps(head).encode(), json.dumps(claims).encode())
    outcome = verified(text)
    if isinstance(outcome, Granted):
        assert claims["exp"] > NOW
        assert claims["sub"] == KEYS.es256.name


def test_a_missing_scope_is_forbidden() -> None:
    """A known key that may do less is told so, and the journal names both."""
    outcome = verified(token(KEYS.read_only), scope="trade")
    assert isinstance(outcome, Refusal)
    assert outcome.forbidden
    assert KEYS.read_only.name in outcome.reason
    assert "may view; this needs trade" in outcome.reason
    assert isinstance(verified(token(KEYS.read_only), scope="view"), Granted)
    assert VERIFIER.login(token(KEYS.read_only)) is None


def test_an_unknown_token_is_not_told_of_scopes() -> None:
    """Who cannot prove himself is unauthorized, whatever he asks for."""
    assert refused(token(make_keys().read_only), scope="trade")


@pytest.mark.parametrize("name", ["Authorization", "authorization"])
@pytest.mark.parametrize("kind", ["Bearer", "bearer"])
def test_a_request_brings_its_token_in_a_header(name: str, kind: str) -> None:
    """In any case of letters."""
    headers = CIMultiDict({name: f"{kind} {token()}"})
    path = "/api/v3/brokerage/accounts"
    assert isinstance(VERIFIER.request("GET", path, headers, "view"), Granted)
    assert isinstance(VERIFIER.request("POST", path, headers, "view"), Refusal)


@pytest.mark.parametrize(
    ("headers", "reason"),
    [
        ({}, "no Authorization header"),
        ({"Authorization": "Basic abc"}, "not `Bearer`"),
        ({"Authorization": ""}, "not `Bearer`"),
        ({"Authorization": "Bearer"}, "three parts"),
        ({"CB-ACCESS-KEY": "abc"}, "Exchange dialect"),
    ],
)
def test_a_request_without_a_token_is_refused(headers: dict[str, str], reason: str) -> None:
    """Who speaks the other dialect is told so in the journal."""
    outcome = VERIFIER.request("GET", "/x", CIMultiDict(headers), "view")
    assert isinstance(outcome, Refusal)
    assert reason in outcome.reason


def test_a_verifier_that_does_not_check_lets_everybody_in() -> None:
    """With every permission."""
    verifier = JwtVerifier(KeyRing(), check=False)
    assert isinstance(verifier.verify(None, uri=URI, scope="transfer"), Granted)
    assert isinstance(verifier.request("GET", "/x", CIMultiDict(), "trade"), Granted)
    assert verifier.login("nonsense") is None


@given(st.text(min_size=20, max_size=60, alphabet="abcdefghijklmnopqrstuvwxyz"))
def test_no_reason_repeats_a_token(planted: str) -> None:
    """What a journal keeps would open no door, even within the token's two minutes."""
    for text in (token(header={"nonce": planted}), f"{planted}.{planted}.{planted}", planted):
        for part in (planted, *text.split(".")):
            assert part not in refused(text, "POST /elsewhere")


GOOD = {key.name: token(key) for key in (KEYS.es256, KEYS.ed25519)}
