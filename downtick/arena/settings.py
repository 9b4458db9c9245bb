"""What an arena is told when it starts."""

from __future__ import annotations

from pathlib import Path

import msgspec


class ArenaSettings(msgspec.Struct, frozen=True):
    """What an arena is told when it starts, as one line of JSON on its standard input.

    Attributes:
        folder: of the run; socket, logs and certificates go there.
        label: of the run and worker, for the names of proxies.
        host: the loopback address that the links listen on.
        exchange_host: the loopback address that the exchange listens on.
        group: the process group that children join.
        server: a toxiproxy-server binary, or
        url: the control plane of a server that runs already.
        certificate: chain of the exchange's certificate; set by the arena itself.
        private_key: of the certificate; set by the arena itself.
        next_certificate: another chain under the same authority; set by the arena itself.
        next_private_key: of that one; set by the arena itself.
    """

    folder: Path
    label: str
    host: str
    exchange_host: str = "127.0.0.1"
    group: int | None = None
    server: Path | None = None
    url: str | None = None
    certificate: Path | None = None
    private_key: Path | None = None
    next_certificate: Path | None = None
    next_private_key: Path | None = None


class Ready(msgspec.Struct, frozen=True):
    """What an arena says when it can be used, as one line of JSON on its standard output."""

    socket: Path
    ca_file: Path
    toxiproxy: str
    toxiproxy_version: str


class NotReady(msgspec.Struct, frozen=True, tag=True):
    """Why an arena could not start."""

    error: str
    message: str
