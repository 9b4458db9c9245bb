"""Where a link or a server may be: this machine, and nothing else, decided without a look-up.

Only literal loopback addresses in their plain spelling count. ``127.1``, ``0x7f000001``, ``::ffff:127.0.0.1`` and
``0.0.0.0`` mean different things to different programs, so they are refused. ``localhost`` is read as
``127.0.0.1`` and never resolved.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from downtick.errors import TopologyError

DEFAULT_API_PORT: Final = 8474

# Coinbase's documented sandboxes. The Pro sandbox was closed in 2023 and Advanced Trade documents
# no WebSocket sandbox. Source: docs.cdp.coinbase.com/exchange/introduction/sandbox and
# docs.cdp.coinbase.com/coinbase-app/advanced-trade-apis/sandbox.
SANDBOX_HOSTS: Final = (
    "api-sandbox.coinbase.com",
    "api-public.sandbox.exchange.coinbase.com",
    "ws-feed-public.sandbox.exchange.coinbase.com",
    "ws-direct.sandbox.exchange.coinbase.com",
)
SANDBOX_PORT: Final = 443
REPLACED: Final[Mapping[str, str]] = {
    "api-public.sandbox.pro.coinbase.com": "api-public.sandbox.exchange.coinbase.com",
    "ws-feed-public.sandbox.pro.coinbase.com": "ws-feed-public.sandbox.exchange.coinbase.com",
}
"""Hosts of Coinbase Pro's sandbox, and what took the place of each."""

ALLOWED_LISTEN: Final = "a loopback address such as 127.0.0.1:0"
ALLOWED_UPSTREAM: Final = (
    f"a loopback address such as 127.0.0.1:8080, or a Coinbase sandbox on port {SANDBOX_PORT}: "
    + ", ".join(SANDBOX_HOSTS)
)


@dataclass(frozen=True)
class Address:
    """A host and a TCP port."""

    host: str
    port: int

    def __str__(self) -> str:
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


def loopback(host: str) -> str | None:
    """Return the plain spelling of a loopback host, or None if it is not surely this machine."""
    if host.lower() == "localhost":
        return "127.0.0.1"
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return None
    if isinstance(address, ipaddress.IPv6Address):
        # Not `is_loopback`: newer Pythons say yes to IPv4-mapped addresses, and a scope may follow.
        return "::1" if str(address) == "::1" else None
    return str(address) if address.is_loopback else None


def split(text: str) -> Address:
    """Split ``host:port`` or ``[v6]:port``.

    Raises:
        ValueError: it is not of that form.
    """
    host, colon, port = text.rpartition(":")
    bracketed = host.startswith("[") and host.endswith("]")
    if not colon or not host or (":" in host and not bracketed):
        raise ValueError("it is not host:port")
    # Not `int` alone, which takes spaces, signs, underscores and digits of other scripts.
    if not (port.isascii() and port.isdigit() and len(port) <= 5 and int(port) <= 65535):
        raise ValueError(f"its port {port!r} is not a number from 0 to 65535")
    return Address(host[1:-1] if bracketed else host, int(port))


def listen_address(text: str, names: Collection[str] = ()) -> Address:
    """Read where a link listens: loopback, or one of these names.

    Args:
        text: host and port.
        names: of the machine itself in a network of its own: those of a compose file.

    Raises:
        TopologyError: it is anything else; the message says what is allowed.
    """
    try:
        address = split(text)
    except ValueError as error:
        raise TopologyError(f"{text!r}: {error}; allowed: {ALLOWED_LISTEN}") from None
    host = address.host if address.host in names else loopback(address.host)
    if host is None:
        raise TopologyError(f"{text!r} is not this machine alone; allowed: {ALLOWED_LISTEN}")
    return Address(host, address.port)


def upstream_address(text: str) -> Address:
    """Read where a link leads: loopback, or a named Coinbase sandbox.

    Raises:
        TopologyError: it is anything else; the message says what is allowed.
    """
    try:
        address = split(text)
    except ValueError as error:
        raise TopologyError(f"{text!r}: {error}; allowed: {ALLOWED_UPSTREAM}") from None
    if address.host.lower() in REPLACED:
        raise TopologyError(
            f"{text!r}: the sandbox of Coinbase Pro ended with it, in 2023; "
            f"{REPLACED[address.host.lower()]} took its place (Coinbase Exchange, with keys of its own); "
            f"allowed: {ALLOWED_UPSTREAM}"
        )
    if address.host.lower() in SANDBOX_HOSTS and address.port == SANDBOX_PORT:
        return Address(address.host.lower(), address.port)
    host = loopback(address.host)
    if host is None:
        raise TopologyError(f"{text!r} leads off this machine; allowed: {ALLOWED_UPSTREAM}")
    return Address(host, address.port)


def server_url(text: str, name: str = "TOXIPROXY_URL") -> Address:
    """Read the address of a Toxiproxy server's API, such as ``http://127.0.0.1:8474``.

    Args:
        text: the URL. Nothing but scheme, host and port is taken from it.
        name: where it comes from, for the message.

    Raises:
        TopologyError: it is not plain http, not loopback, or carries more than that.
    """
    allowed = f"allowed: http://127.0.0.1:{DEFAULT_API_PORT} or another loopback address and port"
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError as error:
        raise TopologyError(f"{name}: {text!r} is not a URL ({error}); {allowed}") from None
    if parts.scheme != "http" or parts.hostname is None:
        raise TopologyError(f"{name}: {text!r} is not of the form http://host:port; {allowed}")
    if "@" in parts.netloc:
        # The text is not repeated: it may hold a password.
        raise TopologyError(f"{name}: a user name or password stands before the host; {allowed}")
    if parts.path not in ("", "/") or parts.query or parts.fragment:
        raise TopologyError(f"{name}: {text!r} has something after the port; {allowed}")
    host = loopback(parts.hostname)
    if host is None:
        raise TopologyError(f"{name}: {text!r} is not this machine alone; {allowed}")
    return Address(host, DEFAULT_API_PORT if port is None else port)
