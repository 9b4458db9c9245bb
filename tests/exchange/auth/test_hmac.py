from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from multidict import CIMultiDict

from downtick.exchange.auth import sign
from downtick.exchange.auth.hmac import HmacVerifier, signature
from downtick.exchange.auth.keys import HmacKey, KeyRing, make_keys
from downtick.exchange.auth.outcome import Granted, Refusal
from downtick.exchange.auth.secret import Secret

KEY = make_keys().exchange
NOW = 1_800_000_000.0
VERIFIER = HmacVerifier(KeyRing(hmac=(KEY,)), clock=lambda: NOW)
TARGET = "/orders?product_id=BTC-USD&status=open"
BODY = b'{"size":"0.01"}'


def headers(
    changed: Mapping[str, str | None] | None = None, key: HmacKey = KEY
) -> CIMultiDict[str]:
    """Return the headers of a good request, some of them changed or left out."""
    good = sign.exchange_headers(key, "POST", TARGET, BODY, now=NOW)
    all_of_them = {**good, **(changed or {})}
    return CIMultiDict({name: value for name, value in all_of_them.items() if value is not None})


def requested(given: CIMultiDict[str], **changed: Any) -> Granted | Refusal:
    """Return what comes of a request."""
    call = {"method": "POST", "target": TARGET, "body": BODY, "scope": "trade", **changed}
    return VERIFIER.request(headers=given, **call)


def words(outcome: Granted | Refusal) -> str:
    """Return what a refused client reads."""
    assert isinstance(outcome, Refusal)
    return outcome.words


def test_a_good_request_is_let_in() -> None:
    """Header names in any case of letters."""
    assert requested(headers()) == Granted(KEY.key, KEY.scopes)
    lower = CIMultiDict({name.lower(): value for name, value in headers().items()})
    assert isinstance(requested(lower), Granted)


def test_the_signature_is_the_documented_one() -> None:
    """Computed elsewhere (openssl dgst -hmac) for a known secret."""
    key = HmacKey("key", Secret(base64.b64encode(b"secret").decode()), Secret("passphrase"))
    assert signature(key, "1700000000", "GET", "/accounts", b"") == (
        "p4Xa5K4NJ1AtiEBmUbme6DmXWbRF8pYDmPmpNMdWvvc="
    )


@pytest.mark.parametrize(
    ("changed", "answer"),
    [
        ({"CB-ACCESS-KEY": None}, "CB-ACCESS-KEY header is required"),
        ({"CB-ACCESS-KEY": ""}, "CB-ACCESS-KEY header is required"),
        ({"CB-ACCESS-SIGN": None}, "CB-ACCESS-SIGN header is required"),
        ({"CB-ACCESS-TIMESTAMP": None}, "CB-ACCESS-TIMESTAMP header is required"),
        ({"CB-ACCESS-PASSPHRASE": None}, "CB-ACCESS-PASSPHRASE header is required"),
        ({"CB-ACCESS-TIMESTAMP": "2027-01-15T08:00:00Z"}, "invalid timestamp"),
        ({"CB-ACCESS-TIMESTAMP": "nan"}, "invalid timestamp"),
        ({"CB-ACCESS-TIMESTAMP": "-1"}, "invalid timestamp"),
        ({"CB-ACCESS-TIMESTAMP": "1" * 30}, "invalid timestamp"),
        ({"CB-ACCESS-TIMESTAMP": "١٨٠٠٠٠٠٠٠٠"}, "invalid timestamp"),
        ({"CB-ACCESS-TIMESTAMP": f"{NOW * 1000:.0f}"}, "request timestamp expired"),
        ({"CB-ACCESS-TIMESTAMP": f"{NOW - 31}"}, "request timestamp expired"),
        ({"CB-ACCESS-TIMESTAMP": f"{NOW + 31}"}, "request timestamp expired"),
        ({"CB-ACCESS-TIMESTAMP": f"{NOW - 1}"}, "invalid signature"),
        ({"CB-ACCESS-KEY": "0" * 32}, "Invalid API Key"),
        ({"CB-ACCESS-SIGN": "AAAA"}, "invalid signature"),
        ({"CB-ACCESS-SIGN": "\udcff"}, "invalid signature"),
        ({"CB-ACCESS-PASSPHRASE": "somebody's"}, "Invalid Passphrase"),
    ],
)
def test_each_mistake_has_coinbases_words(changed: dict[str, str | None], answer: str) -> None:
    """A client that reads them is told what Coinbase would tell it."""
    assert words(requested(headers(changed))) == answer


@pytest.mark.parametrize(
    "changed",
    [
        {"method": "GET"},
        {"target": "/orders"},
        {"target": TARGET.replace("=open", "=done")},
        {"body": b""},
        {"body": BODY + b" "},
    ],
)
def test_the_signature_covers_the_whole_request(changed: dict[str, Any]) -> None:
    """Method, path with its query, body."""
    assert words(requested(headers(), **changed)) == "invalid signature"


@pytest.mark.parametrize("moment", [NOW - 30, NOW - 29.5, NOW, NOW + 30])
def test_thirty_seconds_either_way_are_allowed(moment: float) -> None:
    """Of the wall clock; decimals are allowed too."""
    given = CIMultiDict(sign.exchange_headers(KEY, "POST", TARGET, BODY, now=moment))
    assert isinstance(requested(given), Granted)


def test_another_secret_signs_otherwise() -> None:
    """The key's name and passphrase are no proof."""
    other = replace(KEY, secret=make_keys().exchange.secret)
    assert words(requested(headers(key=other))) == "invalid signature"


def test_a_missing_scope_is_forbidden() -> None:
    """A known key that may do less."""
    reader = replace(KEY, scopes=frozenset({"view"}))
    verifier = HmacVerifier(KeyRing(hmac=(reader,)), clock=lambda: NOW)
    outcome = verifier.request("POST", TARGET, BODY, headers(key=reader), "trade")
    assert isinstance(outcome, Refusal)
    assert (outcome.forbidden, outcome.words) == (True, "Forbidden")
    assert isinstance(verifier.request("POST", TARGET, BODY, headers(key=reader), "view"), Granted)


def test_a_token_of_advanced_trade_is_told_so() -> None:
    """The client reads what Coinbase says, the journal what is wrong."""
    outcome = requested(CIMultiDict({"Authorization": "Bearer a.b.c"}))
    assert words(outcome) == "CB-ACCESS-KEY header is required"
    assert isinstance(outcome, Refusal)
    assert "Advanced Trade" in outcome.reason


def test_a_good_subscription_is_let_in() -> None:
    """It signs a request of its own."""
    assert isinstance(VERIFIER.subscribe(sign.exchange_subscription(KEY, now=NOW)), Granted)


def test_a_timestamp_may_be_a_number() -> None:
    """Some clients send it so; what they signed is its text."""
    message: dict[str, object] = dict(sign.exchange_subscription(KEY))
    for moment in (int(NOW), NOW + 0.5):
        text = str(moment)
        message |= {
            "timestamp": moment,
            "signature": signature(KEY, text, "GET", "/users/self/verify", b""),
        }
        assert isinstance(VERIFIER.subscribe(message), Granted)


@pytest.mark.parametrize(
    ("changed", "answer"),
    [
        ({"key": "organizations/x/apiKeys/y"}, "Invalid API Key"),
        ({"signature": "AAAA"}, "invalid signature"),
        ({"passphrase": "other"}, "Invalid Passphrase"),
        ({"timestamp": "1"}, "request timestamp expired"),
        ({"timestamp": True}, "CB-ACCESS-TIMESTAMP header is required"),
        ({"key": None}, "CB-ACCESS-KEY header is required"),
        ({"passphrase": ["x"]}, "CB-ACCESS-PASSPHRASE header is required"),
    ],
)
def test_a_bad_subscription_is_refused(changed: dict[str, object], answer: str) -> None:
    """In the words of the REST API."""
    message = {**sign.exchange_subscription(KEY, now=NOW), **changed}
    assert words(VERIFIER.subscribe(message)) == answer


def test_a_verifier_that_does_not_check_lets_everybody_in() -> None:
    """With every permission."""
    verifier = HmacVerifier(KeyRing(), check=False)
    assert isinstance(verifier.request("GET", "/", b"", CIMultiDict(), "transfer"), Granted)
    assert isinstance(verifier.subscribe({}), Granted)


ANYTHING = st.none() | st.text() | st.integers() | st.floats() | st.lists(st.text())


@given(
    st.fixed_dictionaries({}, optional=dict.fromkeys(sign.exchange_subscription(KEY), ANYTHING)),
    st.booleans(),
)
def test_any_subscription_is_let_in_or_refused(
    message: dict[str, object], begins_well: bool
) -> None:
    """No other exception, whatever it holds."""
    start = sign.exchange_subscription(KEY, now=NOW) if begins_well else {}
    changed = {**start, **message}
    outcome = VERIFIER.subscribe(changed)
    assert isinstance(outcome, Granted) == (changed == sign.exchange_subscription(KEY, now=NOW))


@given(data=st.data())
def test_any_tampered_character_is_refused(data: st.DataObject) -> None:
    """In each of the four headers."""
    given = headers()
    name = data.draw(st.sampled_from(sorted(given)))
    text = given[name]
    position = data.draw(st.integers(0, len(text) - 1))
    character = data.draw(st.characters().filter(lambda c: c != text[position]))
    given[name] = text[:position] + character + text[position + 1 :]
    assert isinstance(requested(given), Refusal)


@pytest.mark.parametrize("name", ["CB-ACCESS-KEY", "CB-ACCESS-SIGN", "CB-ACCESS-PASSPHRASE"])
def test_no_reason_shows_what_was_sent(name: str) -> None:
    """Nor what would have been right."""
    planted = "planted-7f3a"
    outcome = requested(headers({name: planted}))
    assert isinstance(outcome, Refusal)
    good = headers()
    for secret in (planted, KEY.secret.reveal(), KEY.passphrase.reveal(), good["CB-ACCESS-SIGN"]):
        assert secret not in f"{outcome!r}"
