"""Whether a Coinbase sandbox was asked for, by the environment, and which."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from downtick.errors import TopologyError
from downtick.links.addresses import SANDBOX_HOSTS, SANDBOX_PORT, upstream_address
from downtick.links.topology import named_topology

ENDPOINT: Final = "COINBASE_API_ENDPOINT"
WS_ENDPOINT: Final = "COINBASE_WS_ENDPOINT"
KEY: Final = ("COINBASE_API_KEY", "COINBASE_API_SECRET", "COINBASE_API_PASSPHRASE")
TOPOLOGIES: Final = ("sandbox-advanced", "sandbox-exchange")

_HOW: Final = "copy .env.sandbox.example to .env.sandbox, fill it in, and run `make sandbox-test`"

Reachable = Callable[[str, int], bool]
"""Tells whether somebody answers at a host and a port."""


class NotAsked(Exception):
    """The sandbox stays closed; the message says why, and how to open it."""


@dataclass(frozen=True)
class Asked:
    """A sandbox that was asked for.

    Attributes:
        topology: by which it is reached.
        environment: for the bot; without a key where the sandbox wants none.
    """

    topology: str
    environment: Mapping[str, str]


def asked(environment: Mapping[str, str], reachable: Reachable) -> Asked:
    """Return the sandbox that was asked for.

    Args:
        environment: of the process.
        reachable: is asked last, so that nothing is connected for what is refused.

    Raises:
        NotAsked: none was asked for, or a part of its key is missing, or it cannot be reached.
        TopologyError: the endpoint is something else: production, the retired sandbox, a stranger.
    """
    given = {
        name: environment[name] for name in (ENDPOINT, WS_ENDPOINT, *KEY) if environment.get(name)
    }
    if ENDPOINT not in given:
        raise NotAsked(f"{ENDPOINT} is not set; {_HOW}")
    host = sandbox_host(ENDPOINT, given[ENDPOINT], "https")
    topology = _topology_of(host)
    exchange = topology == "sandbox-exchange"
    if exchange:
        for name in KEY:
            if name not in given:
                raise NotAsked(
                    f"{name} is not set, and the sandbox of Coinbase Exchange wants it; {_HOW}"
                )
        feed = _upstream_of(topology, "market_ws")
        given.setdefault(WS_ENDPOINT, f"wss://{feed}")
        if (other := sandbox_host(WS_ENDPOINT, given[WS_ENDPOINT], "wss")) != feed:
            raise TopologyError(f"{WS_ENDPOINT}: market data is at wss://{feed}, not at {other}")
    if not reachable(host, SANDBOX_PORT):
        raise NotAsked(f"{host} cannot be reached: there is no network, or it is down")
    dialect = "exchange" if exchange else "advanced_trade"
    return Asked(topology, {**given, "COINBASE_DIALECT": dialect})


def sandbox_host(name: str, url: str, scheme: str) -> str:
    """Return the host of a sandbox's URL.

    Args:
        name: of the variable, for the message.
        url: its value.
        scheme: that it must have.

    Raises:
        TopologyError: it is no sandbox; the message does not repeat what may be a password.
    """
    try:
        parts = urlsplit(url.strip())
        port = parts.port or SANDBOX_PORT
    except ValueError:
        raise TopologyError(f"{name} is not a URL") from None
    if parts.scheme != scheme or not parts.hostname or parts.username or parts.password:
        raise TopologyError(f"{name} is not of the form {scheme}://host")
    try:
        address = upstream_address(f"{parts.hostname}:{port}")
    except TopologyError as error:
        raise TopologyError(f"{name}: {error}") from None
    if address.host not in SANDBOX_HOSTS:
        raise TopologyError(
            f"{name}: {address} is no sandbox; there are {', '.join(SANDBOX_HOSTS)}"
        )
    return address.host


def _topology_of(host: str) -> str:
    """Return the topology whose REST link leads to a host."""
    for name in TOPOLOGIES:
        if host == _upstream_of(name, "rest"):
            return name
    raise TopologyError(f"{ENDPOINT}: {host} is a sandbox of WebSockets; REST is at another host")


def _upstream_of(topology: str, link: str) -> str:
    (host,) = (plan.upstream.host for plan in named_topology(topology) if plan.name == link)
    return host
