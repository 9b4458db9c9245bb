"""Connections that tell an `Attempt` how far it came, and a pool that uses none of doubtful health.

`requests` opens, keeps and closes them; this is the one place that reaches below it, into `urllib3`.
"""

from __future__ import annotations

import contextlib
import socket
import time
from collections.abc import Iterator
from contextvars import ContextVar
from functools import partial
from typing import Any, Final

from requests.adapters import HTTPAdapter
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool, ProxyManager
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.util import Retry

from bot_v2.features.brokerages.coinbase.rest.attempt import Attempt

_IDLE: Final = 30.0
"""Real seconds after which an unused connection is not used again.

What stands between us and the exchange may have forgotten it without a word, and an order would be lost in it.
"""

_attempt: ContextVar[Attempt] = ContextVar("attempt")
_trusted_since: ContextVar[float] = ContextVar("trusted_since")


@contextlib.contextmanager
def carrying(attempt: Attempt, lost_at: float) -> Iterator[None]:
    """Say whose request this thread carries.

    Args:
        attempt: is told how far it comes.
        lost_at: when a connection was lost the last time (``time.monotonic``); older ones are not used again.
    """
    _attempt.set(attempt)
    _trusted_since.set(max(lost_at, time.monotonic() - _IDLE))
    try:
        yield
    finally:
        attempt.over()


def _end(connection: object) -> None:
    """End a connection that another thread may be waiting on."""
    if isinstance(connection, socket.socket):
        with contextlib.suppress(OSError):
            # Not SSLSocket's own: that one would let go of the encryption first.
            socket.socket.shutdown(connection, socket.SHUT_RDWR)


class _Connection(HTTPConnection):
    """Tells the attempt what happens to it.

    Attributes:
        used_at: when it was put back after its last use, in ``time.monotonic`` seconds.
    """

    used_at = 0.0

    def connect(self) -> None:
        """Connect, if the request is still wanted."""
        _attempt.get().connecting()
        super().connect()

    def send(self, data: Any) -> None:
        """Send the next bytes, if the request is still wanted."""
        if self.sock is None and self.auto_open:
            self.connect()
        _attempt.get().sending(partial(_end, self.sock))
        super().send(data)

    def request(self, *args: Any, **options: Any) -> None:
        """Send the request whole, or raise."""
        super().request(*args, **options)
        _attempt.get().all_sent()


class _TlsConnection(_Connection, HTTPSConnection):
    """The same over TLS."""


class _Pool(HTTPConnectionPool):
    """Keeps connections, and uses none that has lain there for too long."""

    ConnectionCls = _Connection

    def _get_conn(self, timeout: float | None = None) -> Any:
        connection = super()._get_conn(timeout)
        if isinstance(connection, _Connection) and connection.used_at < _trusted_since.get():
            connection.close()  # it will be opened anew
        return connection

    def _put_conn(self, conn: Any) -> None:
        if isinstance(conn, _Connection):
            conn.used_at = time.monotonic()
        super()._put_conn(conn)


class _TlsPool(_Pool, HTTPSConnectionPool):
    """The same over TLS."""

    ConnectionCls = _TlsConnection


_POOLS: Final[dict[str, type[HTTPConnectionPool]]] = {"http": _Pool, "https": _TlsPool}


class WatchedAdapter(HTTPAdapter):
    """Makes `requests` use our connections, and retry nothing."""

    def __init__(self, connections: int) -> None:
        super().__init__(pool_maxsize=connections, max_retries=Retry(0, read=False, redirect=False))

    def init_poolmanager(self, *args: Any, **options: Any) -> None:
        """Make the pools of direct connections."""
        super().init_poolmanager(*args, **options)
        self.poolmanager.pool_classes_by_scheme = _POOLS

    def proxy_manager_for(self, proxy: str, **options: Any) -> ProxyManager:
        """Return the pools of connections through a proxy."""
        manager: ProxyManager = super().proxy_manager_for(proxy, **options)
        manager.pool_classes_by_scheme = _POOLS
        return manager
