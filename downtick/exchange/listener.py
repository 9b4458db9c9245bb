"""One door of the exchange: accepts connections, and gives each its protocol.

::

    accept ──▶ journal ──▶ refuse / hang (faults) ──▶ first byte ──▶ 0x16: TLS │ else: plain ──▶ HttpProtocol
"""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import Awaitable, Callable, Collection, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Final, cast

from aiohttp import web

from downtick.errors import InputError
from downtick.exchange.config import Address
from downtick.exchange.connection import Connection, make_reset
from downtick.exchange.faults import FaultBook
from downtick.exchange.journal import Journal
from downtick.exchange.protocol import HttpProtocol

_TLS_HELLO: Final = 0x16  # content type of a TLS handshake record (RFC 8446, 5.1)
_BACKLOG: Final = 512
_CALLED: Final = "downtick_called"
_TLS_TIMEOUT: Final = 10.0  # real seconds: how long a client may take for its handshake

Handler = Callable[[web.BaseRequest], Awaitable[web.StreamResponse]]


@lru_cache(maxsize=8)
def tls_context(certificate: Path, private_key: Path) -> ssl.SSLContext:
    """Return the server's TLS settings; read once for every pair of files.

    Raises:
        InputError: the files cannot be read or do not belong together.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    try:
        context.load_cert_chain(certificate, private_key)
    except (OSError, ssl.SSLError) as error:
        raise InputError(f"certificate {certificate} with key {private_key}: {error}") from error
    context.sni_callback = _note_name
    return context


def logged_tls_context(certificate: Path, private_key: Path, key_log: Path) -> ssl.SSLContext:
    """Return TLS settings of their own, for one exchange, under which the keys of each connection are appended to a file.

    The format is SSLKEYLOGFILE, which Wireshark reads (Internet-Draft draft-ietf-tls-keylogfile).

    Raises:
        InputError: as of `tls_context`.
        OSError: the file cannot be written.
    """
    context = tls_context.__wrapped__(certificate, private_key)
    context.keylog_filename = str(key_log)
    return context


def _note_name(session: ssl.SSLObject | ssl.SSLSocket, name: str | None, _: ssl.SSLContext) -> None:
    """Keep the name by which a client calls us (SNI) with its session. An address is no such name (RFC 6066, 3)."""
    vars(session)[_CALLED] = name


class Listener:
    """Listens on one port, plain and TLS.

    Args:
        name: of the door: ``rest``, ``market_ws`` or ``user_ws``.
        host: loopback address.
        next_number: gives a connection its number.
        handler: answers requests.
        faults: may turn a connection away.
        journal: gets what happens.
        tls: settings, or None to speak plain text only.
        patience: real seconds that a client may take to send the head of a request.
        next_tls: those with another certificate, if there is one.
    """

    def __init__(
        self,
        name: str,
        host: str,
        *,
        next_number: Callable[[], int],
        handler: Handler,
        faults: FaultBook,
        journal: Journal,
        tls: ssl.SSLContext | None,
        next_tls: ssl.SSLContext | None = None,
        patience: float = 20.0,
    ) -> None:
        self.name = name
        self._host = host
        self._next_number = next_number
        self._handler = handler
        self._faults = faults
        self._journal = journal
        self._tls = tls
        self._patience = patience
        self._next_tls = next_tls
        self._tasks: set[asyncio.Task[None]] = set()
        self._protocols: set[HttpProtocol] = set()

    def open(self) -> Address:
        """Start to listen on a free port and return its address. Needs a running loop."""
        self._server = web.Server(self._handler)
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        self._socket.setblocking(False)
        self._socket.bind((self._host, 0))
        self._socket.listen(_BACKLOG)
        self._spawn(self._accept())
        host, port = self._socket.getsockname()
        return host, port

    @property
    def renewable(self) -> bool:
        """Whether it has another certificate."""
        return self._next_tls is not None

    def renew(self) -> None:
        """Show the other certificate to whoever connects from now on."""
        self._tls, self._next_tls = self._next_tls, self._tls
        self._journal.record("certificate_changed", listener=self.name)

    def hang_up(self, spared: Collection[int], fault: int) -> Sequence[int]:
        """Close all connections but those, and return their numbers."""
        closed = []
        for protocol in cast("list[HttpProtocol]", self._server.connections):
            connection, transport = protocol.connection, protocol.transport
            if transport is not None and connection.number not in spared:
                connection.ending = "fault", fault
                transport.close()
                closed.append(connection.number)
        return closed

    async def close(self) -> None:
        """Stop to listen and end every connection."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._socket.close()
        for protocol in self._server.connections:
            if protocol.transport is not None:
                protocol.transport.abort()
        await self._server.shutdown(0)

    async def _accept(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            try:
                sock, peer = await loop.sock_accept(self._socket)
            except OSError as error:  # out of descriptors, or the peer is gone already
                self._journal.record("accept_failed", listener=self.name, error=str(error))
                await asyncio.sleep(0.01)
                continue
            connection = Connection(self._next_number(), self.name, self._journal)
            self._journal.record(
                "accepted", conn=connection.number, listener=self.name, peer_port=peer[1]
            )
            how, fault = self._faults.accepted(connection.number, self.name)
            if isinstance(how, str):
                handle = fault.handle if fault else None
                self._journal.record("refused", conn=connection.number, how=how, fault=handle)
            if how == "refuse":
                connection.end("fault", "abort", fault=fault.handle if fault else None)
                make_reset(sock)
                sock.close()
            elif how == "hang":
                self._spawn(self._stay_silent(sock, connection))
            else:
                self._spawn(self._admit(sock, connection, how or 0.0))

    def _spawn(self, work: Awaitable[None]) -> None:
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _stay_silent(self, sock: socket.socket, connection: Connection) -> None:
        """Read and say nothing until the client gives up."""
        loop = asyncio.get_running_loop()
        try:
            while await loop.sock_recv(sock, 65536):
                pass
            connection.end("bot", "eof")
        except OSError:
            connection.end("bot", "reset")
        finally:
            connection.end("exchange", "abort")
            make_reset(sock)
            sock.close()

    async def _admit(self, sock: socket.socket, connection: Connection, delay: float) -> None:
        """See what the client speaks, after so many real seconds of silence, and let aiohttp speak it."""
        try:
            if delay:
                await asyncio.sleep(delay)
            first = await _first_byte(sock)
        except OSError:
            connection.end("bot", "reset")
            sock.close()
            return
        except asyncio.CancelledError:
            connection.end("exchange", "abort")
            sock.close()
            raise
        if not first:
            connection.end("bot", "eof")
            sock.close()
        elif first[0] != _TLS_HELLO:
            await self._speak(sock, connection, None)
        elif self._tls is None:
            connection.end("exchange", "tls", reason="no certificate")
            sock.close()
        else:
            await self._speak(sock, connection, self._tls)

    async def _speak(
        self, sock: socket.socket, connection: Connection, tls: ssl.SSLContext | None
    ) -> None:
        protocol = HttpProtocol(self._server, connection, self._journal, self._patience)
        try:
            transport, _ = await asyncio.get_running_loop().connect_accepted_socket(
                lambda: protocol,
                sock,
                ssl=tls,
                ssl_handshake_timeout=_TLS_TIMEOUT if tls else None,
            )
        except (OSError, TimeoutError) as error:  # ssl.SSLError is an OSError
            connection.end("bot", "tls", reason=str(error) or type(error).__name__)
            sock.close()
            return
        if tls is not None:
            session = transport.get_extra_info("ssl_object")
            called = vars(session).get(_CALLED)
            self._journal.record(
                "tls", conn=connection.number, version=session.version(), called=called
            )


async def _first_byte(sock: socket.socket) -> bytes:
    """Return the first byte that the client sent, without taking it; empty if it sent none and closed.

    Raises:
        OSError: the connection broke.
    """
    loop = asyncio.get_running_loop()
    readable = loop.create_future()
    loop.add_reader(sock, _wake, readable)
    try:
        await readable
    finally:
        loop.remove_reader(sock)
    return sock.recv(1, socket.MSG_PEEK)


def _wake(waiter: asyncio.Future[None]) -> None:
    if not waiter.done():
        waiter.set_result(None)
