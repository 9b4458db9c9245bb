"""Leads names to links, for this process alone.

A client dials ``https://api-sandbox.coinbase.com``, says that name in its TLS hello and looks for it in the
certificate, as always; the connection goes to the link. So nothing between them ends TLS, and no name is bent::

    client ── dials sandbox:443 ──▶ resolver of this process ──▶ link 127.x.y.1:port ──▶ upstream
           ◀────────────────────── one TLS session, the sandbox's name and certificate ──────────▶
"""

from __future__ import annotations

import contextlib
import socket
from collections.abc import Iterator, Mapping
from typing import Any
from unittest.mock import patch

from downtick.links.addresses import SANDBOX_PORT, loopback
from downtick.links.topology import named_topology
from downtick.rig import Rig

Address = tuple[str, int]


def links_of(topology: str, rig: Rig) -> dict[str, Address]:
    """Return for each host to which a topology leads the link of a rig that stands for it."""
    return {
        plan.upstream.host: rig.endpoints.addresses[plan.name] for plan in named_topology(topology)
    }


@contextlib.contextmanager
def led(links: Mapping[str, Address]) -> Iterator[list[str]]:
    """Lead these hosts to these addresses, and no other host anywhere; yields the names that were asked for.

    Literal loopback addresses stay what they are. Every other name is unknown here: a client that strays, to
    production above all, meets nobody.
    """
    resolve = socket.getaddrinfo
    names: list[str] = []

    def getaddrinfo(host: Any, port: Any, *rest: Any, **more: Any) -> Any:
        if isinstance(host, str) and host != "localhost" and loopback(host) is not None:
            return resolve(host, port, *rest, **more)
        name = host.decode() if isinstance(host, bytes) else str(host)
        names.append(name)
        if name not in links or int(port) != SANDBOX_PORT:
            raise socket.gaierror(socket.EAI_NONAME, f"{name}:{port} is not led anywhere here")
        return resolve(*links[name], *rest, **more)

    with patch("socket.getaddrinfo", getaddrinfo):
        yield names
