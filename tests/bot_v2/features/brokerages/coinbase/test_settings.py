from __future__ import annotations

from typing import Any

import pytest

from bot_v2.features.brokerages.coinbase.rest.auth import BadKey
from bot_v2.features.brokerages.coinbase.settings import CoinbaseSettings
from downtick.exchange.auth.keys import make_keys

KEYS = make_keys()
ADVANCED = {
    "COINBASE_API_ENDPOINT": "https://api.coinbase.com",
    "COINBASE_API_KEY": KEYS.es256.name,
    "COINBASE_API_SECRET": KEYS.es256.secret.reveal(),
}
EXCHANGE = {
    "COINBASE_API_ENDPOINT": "https://api-public.sandbox.exchange.coinbase.com",
    "COINBASE_API_KEY": KEYS.exchange.key,
    "COINBASE_API_SECRET": KEYS.exchange.secret.reveal(),
    "COINBASE_API_PASSPHRASE": KEYS.exchange.passphrase.reveal(),
}


def test_the_environment_says_which_api_is_spoken() -> None:
    """A passphrase is Exchange's own; the name of the dialect says so too."""
    assert CoinbaseSettings.from_environment(ADVANCED).dialect == "advanced_trade"
    assert CoinbaseSettings.from_environment(EXCHANGE).dialect == "exchange"
    said = EXCHANGE | {"COINBASE_DIALECT": "exchange"}
    assert CoinbaseSettings.from_environment(said).dialect == "exchange"


def test_every_variable_has_its_place() -> None:
    """Endpoints, authorities and a proxy."""
    more = {
        "COINBASE_WS_ENDPOINT": "wss://a",
        "COINBASE_USER_WS_ENDPOINT": "wss://b",
        "SSL_CERT_FILE": "/second",
        "COINBASE_CA_FILE": "/first",
        "COINBASE_PROXY": "http://user:word@proxy:1",
    }
    found = CoinbaseSettings.from_environment(ADVANCED | more)
    assert (found.ws_endpoint, found.user_ws_endpoint) == ("wss://a", "wss://b")
    assert (found.ca_file, found.proxy) == ("/first", "http://user:word@proxy:1")


def test_nothing_of_the_process_comes_in_unasked(monkeypatch: pytest.MonkeyPatch) -> None:
    """Given an environment, even an empty one, it is the only one."""
    for name, value in ADVANCED.items():
        monkeypatch.setenv(name, value)
    assert CoinbaseSettings.from_environment().api_key == KEYS.es256.name
    with pytest.raises(ValueError, match="COINBASE_API_ENDPOINT is not set"):
        CoinbaseSettings.from_environment({})


def test_settings_show_no_secret() -> None:
    """Neither key nor passphrase nor the proxy's password."""
    for given in (ADVANCED, EXCHANGE):
        settings = CoinbaseSettings.from_environment(given | {"COINBASE_PROXY": "http://u:word@p"})
        shown = repr(settings) + repr(settings.signer())
        assert "word" not in shown
        for name in ("COINBASE_API_SECRET", "COINBASE_API_PASSPHRASE"):
            secret = given.get(name, "-")
            assert (
                secret.splitlines()[min(1, len(secret.splitlines()) - 1)] not in shown
                or secret == "-"
            )


@pytest.mark.parametrize("missing", list(ADVANCED))
def test_what_is_missing_is_named(missing: str) -> None:
    """No default leads to real money."""
    with pytest.raises(ValueError, match=missing):
        CoinbaseSettings.from_environment({**ADVANCED, missing: ""})


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"COINBASE_DIALECT": "pro"}, "dialect 'pro'"),
        ({"COINBASE_DIALECT": "exchange"}, "passphrase"),
        ({"COINBASE_API_SECRET": "?"}, "PEM"),
        ({"COINBASE_API_SECRET": "-----BEGIN EC PRIVATE KEY-----\nx"}, "PEM"),
        ({"COINBASE_API_ENDPOINT": "api.coinbase.com"}, "https://"),
        ({"COINBASE_API_ENDPOINT": "https://api.coinbase.com/v2"}, "/v2"),
        ({"COINBASE_API_ENDPOINT": "https://a:b@api.coinbase.com"}, "nothing else"),
        ({"COINBASE_API_ENDPOINT": "http://api.coinbase.com"}, "in clear"),
        ({"COINBASE_API_ENDPOINT": "http://127.0.0.1.nip.io"}, "in clear"),
        ({"COINBASE_WS_ENDPOINT": "https://x"}, "wss://"),
    ],
)
def test_what_is_wrong_is_said(changed: dict[str, str], words: str) -> None:
    """In a sentence, before anything is connected, and without the secret."""
    with pytest.raises(ValueError, match=words) as refused:
        CoinbaseSettings.from_environment(ADVANCED | changed)
    assert ADVANCED["COINBASE_API_SECRET"] not in str(refused.value)


def test_a_passphrase_with_the_wrong_dialect_is_refused() -> None:
    """Rather than left out."""
    with pytest.raises(BadKey, match="passphrase"):
        CoinbaseSettings.from_environment(EXCHANGE | {"COINBASE_DIALECT": "advanced_trade"})


@pytest.mark.parametrize(
    "endpoint",
    [
        "http://127.0.0.1:8080",
        "http://127.3.4.5:8080/",
        "http://localhost:1",
        "http://[::1]:1",
        "https://api.coinbase.com/api/v3/brokerage",
    ],
)
def test_an_endpoint_is_an_origin(endpoint: str) -> None:
    """Without path; plain text leads to this machine only."""
    changed: dict[str, Any] = ADVANCED | {"COINBASE_API_ENDPOINT": endpoint}
    origin = CoinbaseSettings.from_environment(changed).api_endpoint
    assert endpoint.startswith(origin)
    assert origin.count("/") == 2
