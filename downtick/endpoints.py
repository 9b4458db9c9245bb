"""Where a bot connects, and how it is told."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final, Self

from downtick.exchange.auth.keys import Keys
from downtick.exchange.auth.variables import key_variables
from downtick.exchange.config import Dialect

API_PATHS: Final[Mapping[Dialect, str]] = {"advanced_trade": "/api/v3/brokerage", "exchange": ""}
"""Where the REST API begins on its host."""

CA_VARIABLES: Final = (
    "DOWNTICK_CA_FILE",
    "SSL_CERT_FILE",  # OpenSSL, and what asks it: Python's ssl, httpx, aiohttp, curl, Go, Ruby
    "REQUESTS_CA_BUNDLE",  # requests
    "WEBSOCKET_CLIENT_CA_BUNDLE",  # websocket-client
    "NODE_EXTRA_CA_CERTS",  # Node
)
"""Where clients look for the authorities that they trust."""


@dataclass(frozen=True)
class Endpoints:
    """Where a bot connects. Each port serves plain and TLS; the address of a link that is not there is empty.

    Attributes:
        rest: base address of the REST API, plain.
        rest_tls: the same over TLS.
        market_ws: address of the market-data WebSocket, plain.
        market_wss: the same over TLS.
        user_ws: address of the user-order-data WebSocket, plain.
        user_wss: the same over TLS.
        ca_file: certificate authority to trust for TLS.
        keys: that a client may use.
        addresses: host and port of each link.
    """

    rest: str
    rest_tls: str
    market_ws: str
    market_wss: str
    user_ws: str
    user_wss: str
    ca_file: str
    keys: Keys
    addresses: Mapping[str, tuple[str, int]]

    @classmethod
    def of(
        cls,
        links: Iterable[tuple[str, str, int]],
        ca_file: str,
        keys: Keys,
        dialect: Dialect = "advanced_trade",
    ) -> Self:
        """Return the endpoints of links, each given as its name, host and port, in the dialect that is spoken there."""
        addresses = {name: (host, port) for name, host, port in links}

        def url(scheme: str, name: str, path: str = "") -> str:
            if name not in addresses:
                return ""
            host, port = addresses[name]
            return f"{scheme}://{host}:{port}{path}"

        path = API_PATHS[dialect]
        return cls(
            rest=url("http", "rest", path),
            rest_tls=url("https", "rest", path),
            market_ws=url("ws", "market_ws"),
            market_wss=url("wss", "market_ws"),
            user_ws=url("ws", "user_ws"),
            user_wss=url("wss", "user_ws"),
            ca_file=ca_file,
            keys=keys,
            addresses=addresses,
        )

    def environment(self) -> dict[str, str]:
        """Return the variables that tell a bot where to connect, its keys, what to trust, and to use no proxy.

        The variable of a link that is not there is empty.
        They hold secrets in clear: they are for the bot, not for any output.
        """
        hosts = sorted({host for host, _ in self.addresses.values()})
        no_proxy = ",".join((*hosts, "127.0.0.1", "localhost"))
        return {
            "DOWNTICK_REST_URL": self.rest,
            "DOWNTICK_REST_TLS_URL": self.rest_tls,
            "DOWNTICK_MARKET_WS_URL": self.market_ws,
            "DOWNTICK_MARKET_WSS_URL": self.market_wss,
            "DOWNTICK_USER_WS_URL": self.user_ws,
            "DOWNTICK_USER_WSS_URL": self.user_wss,
            "COINBASE_API_ENDPOINT": self.rest_tls,
            "COINBASE_WS_ENDPOINT": self.market_wss,
            "COINBASE_USER_WS_ENDPOINT": self.user_wss,
            **dict.fromkeys(CA_VARIABLES, self.ca_file),
            **key_variables(self.keys),
            "NO_PROXY": no_proxy,
            "no_proxy": no_proxy,
        }
