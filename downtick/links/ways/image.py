"""The container image, through the ``docker`` package: a running server rather than a binary.

It shares the network of the machine and listens on loopback alone, so its links listen where the bot is told. A
container belongs to the daemon, not to the process that asked for it: one whose process is gone is removed by the
next run that comes this way.
"""

from __future__ import annotations

import contextlib
import functools
import os
import time
from collections.abc import Callable
from typing import Any, Final

import urllib3

from downtick.links.addresses import Address
from downtick.links.server import free_port
from downtick.links.ways.named import version_at
from downtick.links.ways.way import Found, Missing, Outcome, Site

LABEL: Final = "downtick.owner"
"""Holds the process for which a container was started."""

HOST: Final = "127.0.0.1"

_DAEMON_WITHIN: Final = 10
_ANSWER_WITHIN: Final = 10.0
_POLL: Final = 0.02


def _connect() -> Any:
    import docker  # noqa: PLC0415 - slow to import, and needed in this way alone

    return docker.from_env(timeout=_DAEMON_WITHIN)


def container(
    site: Site,
    connect: Callable[[], Any] = _connect,
    ask: Callable[[Address], str] = version_at,
) -> Outcome:
    """Start a container of the pinned image on a free loopback port.

    Args:
        site: whose pin it is.
        connect: to the container daemon.
        ask: a running server for its version.
    """
    from docker.errors import DockerException  # noqa: PLC0415 - as above

    if not site.platform.startswith("linux"):
        return Missing("a container shares the machine's loopback on Linux only")
    address = Address(HOST, free_port(HOST))
    try:
        client = connect()
        _remove_orphans(client)
        site.report(f"container: starts {site.pin.image}")
        started = client.containers.run(
            site.pin.image,
            [f"-host={address.host}", f"-port={address.port}"],
            detach=True,
            auto_remove=True,
            network_mode="host",
            labels={LABEL: str(os.getpid())},
        )
    except (DockerException, OSError) as error:
        return Missing(f"the container daemon cannot be used: {error}")
    release = functools.partial(_remove, started)
    deadline = time.monotonic() + _ANSWER_WITHIN
    while time.monotonic() < deadline:
        with contextlib.suppress(urllib3.exceptions.HTTPError, OSError, ValueError, LookupError):
            version = ask(address)
            if version == site.pin.version:
                return Found("container", version, url=f"http://{address}", release=release)
            release()
            return Missing(f"{site.pin.image} holds {version!r}, not {site.pin.version}")
        time.sleep(_POLL)
    release()
    return Missing(f"{site.pin.image} did not answer within {_ANSWER_WITHIN:g} s")


def _remove_orphans(client: Any) -> None:
    for old in client.containers.list(filters={"label": LABEL}):
        if not _lives(old.labels.get(LABEL, "")):
            _remove(old)


def _lives(pid: str) -> bool:
    try:
        os.kill(int(pid), 0)
    except (ProcessLookupError, ValueError):
        return False
    except PermissionError:
        return True  # somebody else's
    return True


def _remove(started: Any) -> None:
    from docker.errors import DockerException  # noqa: PLC0415 - as above

    # Gone already is as good.
    with contextlib.suppress(DockerException):
        started.remove(force=True)
