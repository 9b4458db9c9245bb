from __future__ import annotations

from downtick.endpoints import Endpoints
from downtick.exchange.auth.keys import make_keys

KEYS = make_keys()
LINKS = [
    ("rest", "127.4.5.1", 1001),
    ("market_ws", "127.4.5.1", 1002),
    ("user_ws", "127.4.5.1", 1003),
]
ENDPOINTS = Endpoints.of(LINKS, "/run/ca.pem", KEYS)


def test_a_bot_is_told_where_to_connect() -> None:
    """Plain and over TLS, and that no proxy stands between."""
    told = ENDPOINTS.environment()
    assert told["DOWNTICK_REST_URL"] == "http://127.4.5.1:1001/api/v3/brokerage"
    assert told["DOWNTICK_REST_TLS_URL"] == "https://127.4.5.1:1001/api/v3/brokerage"
    assert told["DOWNTICK_MARKET_WSS_URL"] == "wss://127.4.5.1:1002"
    assert told["DOWNTICK_USER_WS_URL"] == "ws://127.4.5.1:1003"
    assert told["COINBASE_API_ENDPOINT"] == told["DOWNTICK_REST_TLS_URL"]
    assert told["COINBASE_WS_ENDPOINT"] == told["DOWNTICK_MARKET_WSS_URL"]
    assert told["COINBASE_USER_WS_ENDPOINT"] == told["DOWNTICK_USER_WSS_URL"]
    assert told["NO_PROXY"] == told["no_proxy"] == "127.4.5.1,127.0.0.1,localhost"


def test_a_bot_is_told_whom_to_trust() -> None:
    """Under each name that a client looks at."""
    told = ENDPOINTS.environment()
    names = [name for name, value in told.items() if value == "/run/ca.pem"]
    assert sorted(names) == [
        "DOWNTICK_CA_FILE",
        "NODE_EXTRA_CA_CERTS",
        "REQUESTS_CA_BUNDLE",
        "SSL_CERT_FILE",
        "WEBSOCKET_CLIENT_CA_BUNDLE",
    ]


def test_a_bot_is_given_its_keys() -> None:
    """In its environment, in clear, and nowhere else."""
    told = ENDPOINTS.environment()
    assert told["COINBASE_API_KEY"] == KEYS.es256.name
    assert told["COINBASE_API_SECRET"] == KEYS.es256.secret.reveal()
    shown = f"{ENDPOINTS!r} {ENDPOINTS}"
    for key in (KEYS.es256, KEYS.ed25519, KEYS.read_only, KEYS.exchange):
        secret = key.secret.reveal()
        assert secret not in shown
        assert repr(secret)[1:-1] not in shown


def test_the_exchange_dialect_begins_at_the_root() -> None:
    """Its paths have no version before them."""
    endpoints = Endpoints.of(LINKS, "/run/ca.pem", KEYS, "exchange")
    assert endpoints.rest == ENDPOINTS.rest.removesuffix("/api/v3/brokerage")
    assert endpoints.rest_tls == ENDPOINTS.rest_tls.removesuffix("/api/v3/brokerage")
    assert endpoints.market_ws == ENDPOINTS.market_ws


def test_a_link_that_is_not_there_has_no_address() -> None:
    """Of the Advanced Trade sandbox there is REST alone."""
    endpoints = Endpoints.of(LINKS[:1], "/run/ca.pem", KEYS)
    assert endpoints.rest == ENDPOINTS.rest
    assert (endpoints.market_ws, endpoints.user_wss) == ("", "")
