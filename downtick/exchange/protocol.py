"""aiohttp's HTTP protocol with an ear for how connections end and what cannot be parsed."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from typing import Any

from aiohttp import web

from downtick.exchange.connection import Connection
from downtick.exchange.journal import Journal

_NO_LOG = logging.getLogger("downtick.exchange.access")
_NO_LOG.disabled = True  # the journal knows more


class HttpProtocol(web.RequestHandler):
    """Speaks HTTP on one connection.

    Args:
        server: calls the handler of a request.
        connection: whose protocol this is.
        journal: of the exchange.
        patience: real seconds that a client may take to send the head of a request.

    Attributes:
        full: whether the client must read before more is to be written.
        on_resume: is called when the client has read enough for more to be written.
    """

    __slots__ = ("_hurry", "_journal", "_patience", "connection", "full", "on_resume")

    def __init__(
        self, server: web.Server, connection: Connection, journal: Journal, patience: float
    ) -> None:
        super().__init__(
            server, loop=asyncio.get_running_loop(), keepalive_timeout=75.0, access_log=_NO_LOG
        )
        self.connection = connection
        self.full = False
        self.on_resume: Callable[[], None] | None = None
        self._journal = journal
        self._patience = patience
        self._hurry: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin to wait for a request."""
        super().connection_made(transport)
        self._hurry = asyncio.get_running_loop().call_later(self._patience, self._too_slow)

    def data_received(self, data: bytes) -> None:
        """Begin to wait for the rest of a request, if this is the beginning of one."""
        if self._hurry is None and self._current_request is None:
            self._hurry = asyncio.get_running_loop().call_later(self._patience, self._too_slow)
        super().data_received(data)

    def arrived(self) -> None:
        """Wait no longer: the head of a request is there."""
        if self._hurry is not None:
            self._hurry.cancel()
            self._hurry = None

    def eof_received(self) -> None:
        """Note that the client closed its half; asyncio then closes ours."""
        self.connection.end("bot", "eof")
        super().eof_received()

    def connection_lost(self, exc: BaseException | None) -> None:
        """Note that the socket is gone."""
        self.arrived()
        self.connection.lost(exc)
        super().connection_lost(exc)

    def pause_writing(self) -> None:
        """Note that the client reads too slowly."""
        super().pause_writing()
        self.full = True

    def resume_writing(self) -> None:
        """Let the feed go on."""
        super().resume_writing()
        self.full = False
        if self.on_resume is not None:
            self.on_resume()

    def handle_error(
        self,
        request: web.BaseRequest,
        status: int = 500,
        exc: BaseException | None = None,
        message: str | None = None,
    ) -> web.StreamResponse:
        """Answer what aiohttp could not parse or the handler did not expect."""
        self._journal.record(
            "bad_request" if status < 500 else "handler_failed",
            conn=self.connection.number,
            status=status,
            reason=message or repr(exc),
        )
        self.close()  # no further request on this connection
        return web.json_response(
            {"error": "unknown", "error_details": "Bad Request", "message": "Bad Request"},
            status=status,
        )

    def _too_slow(self) -> None:
        """End a connection whose request does not come to an end (aiohttp would wait for ever)."""
        self._hurry = None
        self.connection.end("exchange", "eof", reason="request timeout")
        if self.transport is not None:
            self.transport.close()

    def log_exception(self, *args: Any, **kwargs: Any) -> None:
        """Journal what aiohttp would log."""
        self._journal.record(
            "handler_failed",
            conn=self.connection.number,
            reason=" ".join(str(arg) for arg in args),
            error=repr(kwargs.get("exc_info")),
        )
