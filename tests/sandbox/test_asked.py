from __future__ import annotations

from typing import NoReturn

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chaos_tests.sandbox.asked import (
    ENDPOINT,
    KEY,
    WS_ENDPOINT,
    Asked,
    NotAsked,
    asked,
    sandbox_host,
)
from downtick.errors import TopologyError
from downtick.links.addresses import SANDBOX_HOSTS

ADVANCED = "https://api-sandbox.coinbase.com"
EXCHANGE = "https://api-public.sandbox.exchange.coinbase.com"
KEYS = dict.fromkeys(KEY, "x")


def nobody(host: str, port: int) -> NoReturn:
    """Stand for the network where it must not be touched."""
    raise AssertionError(f"{host}:{port} was connected")


def ask(environment: dict[str, str], *, up: bool = True) -> Asked:
    """Ask with a network that is there, or is not."""
    return asked(environment, lambda host, port: up)


def test_the_exchange_sandbox_with_its_key() -> None:
    """The address of its stream is known; the dialect is told."""
    found = ask({ENDPOINT: EXCHANGE, **KEYS, "OTHER": "x"})
    assert found.topology == "sandbox-exchange"
    assert found.environment == {
        ENDPOINT: EXCHANGE,
        WS_ENDPOINT: "wss://ws-feed-public.sandbox.exchange.coinbase.com",
        "COINBASE_DIALECT": "exchange",
        **KEYS,
    }


def test_the_advanced_trade_sandbox_needs_no_key() -> None:
    """Its answers are the same for everybody. The API's path may stand behind the host."""
    found = ask({ENDPOINT: ADVANCED})
    assert found.topology == "sandbox-advanced"
    assert found.environment["COINBASE_DIALECT"] == "advanced_trade"
    assert ask({ENDPOINT: f"{ADVANCED}/api/v3/brokerage"}).topology == "sandbox-advanced"


@pytest.mark.parametrize("missing", [ENDPOINT, *KEY])
def test_half_a_wish_is_none(missing: str) -> None:
    """What is missing is named, with how to open the stage; nothing is connected."""
    environment = {ENDPOINT: EXCHANGE, **KEYS}
    environment[missing] = ""
    with pytest.raises(NotAsked, match=rf"{missing} is not set.*\.env\.sandbox\.example"):
        asked(environment, nobody)


def test_without_a_network_there_is_no_sandbox() -> None:
    """In one sentence that names the host."""
    with pytest.raises(NotAsked, match=r"api-sandbox\.coinbase\.com cannot be reached"):
        ask({ENDPOINT: ADVANCED}, up=False)


@pytest.mark.parametrize(
    ("name", "url", "message"),
    [
        (ENDPOINT, "https://api.coinbase.com", "leads off this machine"),
        (ENDPOINT, "https://api.exchange.coinbase.com", "leads off this machine"),
        (ENDPOINT, "https://api-public.sandbox.pro.coinbase.com", "took its place"),
        (ENDPOINT, "https://127.0.0.1", "is no sandbox"),
        (ENDPOINT, "http://api-sandbox.coinbase.com", "not of the form https://host"),
        (ENDPOINT, "https://api-sandbox.coinbase.com:8443", "leads off this machine"),
        (ENDPOINT, "https://api-sandbox.coinbase.com@api.coinbase.com", "not of the form"),
        (ENDPOINT, "https://ws-direct.sandbox.exchange.coinbase.com", "a sandbox of WebSockets"),
        (ENDPOINT, "https://[", "is not a URL"),
        (WS_ENDPOINT, "wss://ws-feed.exchange.coinbase.com", "leads off this machine"),
        (WS_ENDPOINT, "wss://ws-feed-public.sandbox.pro.coinbase.com", "took its place"),
        (WS_ENDPOINT, "wss://ws-direct.sandbox.exchange.coinbase.com", "market data is at wss://"),
    ],
)
def test_what_is_refused_whatever_else_is_set(name: str, url: str, message: str) -> None:
    """Production, the retired sandbox and strangers, before anything is connected; the variable is named."""
    with pytest.raises(TopologyError, match=message) as caught:
        asked({ENDPOINT: EXCHANGE, **KEYS, name: url}, nobody)
    assert str(caught.value).startswith(name)


def test_a_password_is_not_repeated() -> None:
    """It does not belong into a URL, nor into a message."""
    with pytest.raises(TopologyError) as caught:
        asked({ENDPOINT: "https://me:hunter2@api-sandbox.coinbase.com"}, nobody)
    assert "hunter2" not in str(caught.value)


@given(
    st.text()
    | st.from_regex(r"https://[a-z.@:/\\#?-]{0,20}(coinbase\.com)?(:\d+)?", fullmatch=True)
)
def test_any_endpoint_is_a_sandbox_or_one_error(url: str) -> None:
    """There is no third way."""
    try:
        assert sandbox_host(ENDPOINT, url, "https") in SANDBOX_HOSTS
    except TopologyError:
        return
