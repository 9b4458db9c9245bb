"""Where Coinbase is, who we are there, and which of its two APIs we speak."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from ipaddress import ip_address
from typing import Final, Literal, Self, get_args
from urllib.parse import urlsplit

from bot_v2.features.brokerages.coinbase.rest.auth import BadKey, Signer
from bot_v2.features.brokerages.coinbase.rest.hmac import HmacSigner
from bot_v2.features.brokerages.coinbase.rest.jwt import JwtSigner
from bot_v2.features.brokerages.coinbase.secret import Secret

Dialect = Literal["advanced_trade", "exchange"]

ADVANCED_TRADE_PATH: Final = "/api/v3/brokerage"

_CA_VARIABLES: Final = ("COINBASE_CA_FILE", "REQUESTS_CA_BUNDLE", "SSL_CERT_FILE")


@dataclass(frozen=True, kw_only=True)
class CoinbaseSettings:
    """How Coinbase is reached. Secrets show in no output.

    Attributes:
        dialect: of the API.
        api_endpoint: ``https://`` and host, perhaps with port. Plain ``http://`` leads to loopback only.
        api_key: its name.
        api_secret: a private key (Advanced Trade), or base64 (Exchange).
        api_passphrase: of an Exchange key.
        ws_endpoint: of market data, ``wss://``; empty for none.
        user_ws_endpoint: of the user's orders; empty for none.
        ca_file: trust the authorities of this PEM file instead of those that come with `requests`.
        proxy: address of an HTTP proxy for REST; None for none. It may hold a password.
    """

    dialect: Dialect = "advanced_trade"
    api_endpoint: str
    api_key: str
    api_secret: Secret
    api_passphrase: Secret | None = None
    ws_endpoint: str = ""
    user_ws_endpoint: str = ""
    ca_file: str | None = None
    proxy: str | None = field(default=None, repr=False)

    def __post_init__(self) -> None:
        """Refuse what is given by halves.

        Raises:
            ValueError: that is so, with a sentence; `BadKey`, if it is the key.
        """
        if self.dialect not in get_args(Dialect):
            raise ValueError(f"dialect {self.dialect!r}: expected {' or '.join(get_args(Dialect))}")
        if not self.api_key:
            raise BadKey("there is no API key")
        if self.dialect == "exchange" and self.api_passphrase is None:
            raise BadKey("a key of Coinbase Exchange has a passphrase (COINBASE_API_PASSPHRASE)")
        if self.dialect == "advanced_trade" and self.api_passphrase is not None:
            raise BadKey("a key of Advanced Trade has no passphrase: is the dialect exchange?")
        object.__setattr__(self, "api_endpoint", _origin(self.api_endpoint))
        for name in ("ws_endpoint", "user_ws_endpoint"):
            url = getattr(self, name)
            if url and urlsplit(url).scheme not in {"ws", "wss"}:
                raise ValueError(
                    f"{name} begins with wss:// (or ws://), not {url.partition(':')[0]!r}"
                )
        self.signer()

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] | None = None) -> Self:
        """Read ``COINBASE_API_ENDPOINT``, ``_API_KEY``, ``_API_SECRET``, ``_API_PASSPHRASE``, ``_WS_ENDPOINT`` and
        ``_USER_WS_ENDPOINT``; ``COINBASE_DIALECT`` (or the passphrase tells); ``COINBASE_PROXY``; ``COINBASE_CA_FILE``
        (or ``REQUESTS_CA_BUNDLE``, ``SSL_CERT_FILE``).

        Nothing has a default that leads to real money.

        Raises:
            ValueError: something is missing or wrong.
        """  # noqa: D205
        environment = os.environ if environment is None else environment
        given = {name: text for name, text in environment.items() if text}
        for name in ("COINBASE_API_ENDPOINT", "COINBASE_API_KEY", "COINBASE_API_SECRET"):
            if name not in given:
                raise ValueError(f"{name} is not set")
        passphrase = given.get("COINBASE_API_PASSPHRASE")
        dialect = given.get("COINBASE_DIALECT", "exchange" if passphrase else "advanced_trade")
        return cls(
            dialect=dialect,  # type: ignore[arg-type]  # is checked above
            api_endpoint=given["COINBASE_API_ENDPOINT"],
            api_key=given["COINBASE_API_KEY"],
            api_secret=Secret(given["COINBASE_API_SECRET"]),
            api_passphrase=Secret(passphrase) if passphrase else None,
            ws_endpoint=given.get("COINBASE_WS_ENDPOINT", ""),
            user_ws_endpoint=given.get("COINBASE_USER_WS_ENDPOINT", ""),
            ca_file=next((given[name] for name in _CA_VARIABLES if name in given), None),
            proxy=given.get("COINBASE_PROXY"),
        )

    def signer(self) -> Signer:
        """Return what signs with the key.

        Raises:
            BadKey: it cannot.
        """
        if self.api_passphrase is not None:
            return HmacSigner(self.api_key, self.api_secret, self.api_passphrase)
        return JwtSigner(self.api_key, self.api_secret)


def _origin(endpoint: str) -> str:
    """Return scheme, host and port of an endpoint; the path of Advanced Trade may stand behind them.

    Raises:
        ValueError: it is none, or keys would be sent in clear to another machine.
    """
    parts = urlsplit(endpoint.strip())
    path = parts.path.rstrip("/")
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise ValueError("api_endpoint begins with https:// and a host")
    if parts.username or parts.password or parts.query or parts.fragment:
        raise ValueError("api_endpoint is scheme, host and port, nothing else")
    if path not in {"", ADVANCED_TRADE_PATH}:
        raise ValueError(f"api_endpoint has the path {path!r}: scheme, host and port suffice")
    if parts.scheme == "http" and not _is_loopback(parts.hostname):
        raise ValueError(f"keys are not sent in clear to {parts.hostname}: use https://")
    return f"{parts.scheme}://{parts.netloc}"


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
