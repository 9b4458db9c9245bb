"""A topology: which links there are and where they lead, in Toxiproxy's own config format.

A JSON list of proxies, each with ``name``, ``listen``, ``upstream`` and ``enabled`` (Toxiproxy proxy_collection.go:
PopulateJson). Port 0 to listen on means any; port 0 upstream means the stub exchange, wherever it listens. A topology that
leads off this machine, except to a named Coinbase sandbox, is refused before a socket is opened.
"""

from __future__ import annotations

import functools
import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from downtick.data import data_folder
from downtick.errors import TopologyError
from downtick.links.addresses import Address, listen_address, upstream_address
from downtick.links.validate import near_miss
from downtick.links.vocabulary import LINKS

KEYS: Final = ("name", "listen", "upstream", "enabled")

SIZE_LIMIT: Final = 1_000_000
"""Bytes of a topology file."""

NAMES: Final = ("stub", "sandbox-advanced", "sandbox-exchange", "compose")
"""The topologies that come with the package: one for each environment."""

COMPOSE_HOSTS: Final = ("rest.links", "market-ws.links", "user-ws.links")
"""Where links of the compose file may listen: names of its Toxiproxy, each in a network without a way out."""


@dataclass(frozen=True)
class LinkPlan:
    """One link of a topology.

    Attributes:
        name: one of `LINKS`.
        listen: loopback, or a name of `COMPOSE_HOSTS`; port 0 for any.
        upstream: loopback or a named Coinbase sandbox; port 0 for the stub exchange's own.
        enabled: whether it listens from the start.
    """

    name: str
    listen: Address
    upstream: Address
    enabled: bool = True

    @property
    def named(self) -> bool:
        """Whether it listens at a name of the compose file, and not at this machine's loopback."""
        return self.listen.host in COMPOSE_HOSTS


def named_topology(name: str) -> tuple[LinkPlan, ...]:
    """Read a topology that comes with the package.

    Raises:
        TopologyError: there is none of this name.
    """
    if name not in NAMES:
        raise TopologyError(
            f"no topology {name!r}{near_miss(name, NAMES)}; there are {', '.join(NAMES)}"
        )
    hosts = COMPOSE_HOSTS if name == "compose" else ()
    return load_topology(data_folder("proxy") / f"{name}.json", hosts)


def load_topology(path: Path, hosts: Collection[str] = ()) -> tuple[LinkPlan, ...]:
    """Read a topology file.

    Args:
        path: of the file.
        hosts: where its links may listen, beside loopback.

    Raises:
        TopologyError: with every problem of the file: file, place, what was found, what is allowed.
    """
    try:
        with path.open("rb") as file:
            text = file.read(SIZE_LIMIT + 1)
    except OSError as error:
        raise TopologyError(f"{path}: {error.strerror}") from error
    if len(text) > SIZE_LIMIT:
        raise TopologyError(f"{path}: larger than {SIZE_LIMIT:,} bytes")
    return parse_topology(text, str(path), hosts)


def parse_topology(text: bytes, name: str, hosts: Collection[str] = ()) -> tuple[LinkPlan, ...]:
    """Read the text of a topology.

    Args:
        text: JSON.
        name: of the file, for messages.
        hosts: where its links may listen, beside loopback.

    Raises:
        TopologyError: with every problem of the file.
    """
    try:
        proxies = json.loads(text)
    except json.JSONDecodeError as error:
        raise TopologyError(f"{name}:{error.lineno}:{error.colno}: not JSON: {error.msg}") from None
    except (UnicodeDecodeError, RecursionError) as error:
        raise TopologyError(f"{name}: not JSON: {error}") from None
    if not isinstance(proxies, list) or not proxies:
        raise TopologyError(f"{name}: allowed: a list of proxies, each with {', '.join(KEYS)}")
    problems: list[str] = []
    plans: list[LinkPlan] = []
    for number, proxy in enumerate(proxies):
        try:
            plans.append(_plan(proxy, {plan.name for plan in plans}, hosts))
        except TopologyError as error:
            problems += [f"{name}: [{number}]{line}" for line in str(error).splitlines()]
    if problems:
        raise TopologyError("\n".join(problems))
    return tuple(plans)


def _plan(proxy: Any, taken: set[str], hosts: Collection[str]) -> LinkPlan:
    """Read one proxy; the error's lines begin with the key."""
    if not isinstance(proxy, dict):
        raise TopologyError(f": found {proxy!r}; allowed: an object with {', '.join(KEYS)}")
    problems = [f".{key}: unknown key{near_miss(key, KEYS)}" for key in proxy if key not in KEYS]
    link = proxy.get("name")
    if link not in LINKS:
        problems.append(f".name: found {link!r}{near_miss(str(link), LINKS)}")
    elif link in taken:
        problems.append(f".name: {link!r} stands here twice")
    enabled = proxy.get("enabled", True)
    if not isinstance(enabled, bool):
        problems.append(f".enabled: found {enabled!r}; allowed: true, false")
    addresses: dict[str, Address] = {}
    listening = functools.partial(listen_address, names=hosts)
    for key, read in (("listen", listening), ("upstream", upstream_address)):
        try:
            addresses[key] = read(_text(proxy, key))
        except TopologyError as error:
            problems.append(f".{key}: {error}")
    if problems:
        raise TopologyError("\n".join(problems))
    return LinkPlan(str(link), addresses["listen"], addresses["upstream"], enabled)


def _text(proxy: Mapping[str, Any], key: str) -> str:
    value = proxy.get(key)
    if not isinstance(value, str):
        raise TopologyError(f"found {value!r}; allowed: text of the form host:port")
    return value
