"""One accepted connection, from its birth to its one end, in the journal's words."""

from __future__ import annotations

import asyncio
import socket
import struct
from typing import Final, Literal

from downtick.exchange.journal import Journal

By = Literal["bot", "exchange", "fault"]
How = Literal["close_frame", "eof", "reset", "abort", "tls"]

_LINGER_NOT: Final = struct.pack("ii", 1, 0)


def make_reset(sock: socket.socket) -> None:
    """Let the socket's close send an RST instead of a FIN (SO_LINGER with no time)."""
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _LINGER_NOT)


class Connection:
    """A connection's identity, and its end: the first sign of one is journalled, later ones are not.

    Args:
        number: counted from 1 over all listeners.
        listener: which door it came through.
        journal: gets the events.

    Attributes:
        written: bytes that HTTP answers have sent on it so far.
        ended: whether it is over.
        ending: whose doing it is (and which fault's) if it ends without any other sign.
        gone: is set when the socket is gone.
    """

    def __init__(self, number: int, listener: str, journal: Journal) -> None:
        self.number = number
        self.listener = listener
        self.written = 0
        self.ended = False
        self.ending: tuple[By, int | None] = ("exchange", None)
        self.gone = asyncio.Event()
        self._journal = journal

    def end(
        self,
        by: By,
        how: How,
        *,
        code: int | None = None,
        reason: str | None = None,
        fault: int | None = None,
    ) -> None:
        """Journal who ended it and how, if nobody has yet."""
        if self.ended:
            return
        self.ended = True
        self._journal.record(
            "closed", conn=self.number, by=by, how=how, code=code, reason=reason, fault=fault
        )

    def lost(self, error: BaseException | None) -> None:
        """The socket is gone; without an earlier sign, the error tells whose doing it was."""
        self.gone.set()
        if error is None:
            by, fault = self.ending
            self.end(by, "eof", fault=fault)
        else:
            self.end("bot", "reset")

    def reset(self, transport: asyncio.Transport, by: By, fault: int | None = None) -> None:
        """End it with an RST."""
        self.end(by, "abort", fault=fault)
        sock = transport.get_extra_info("socket")
        if sock is not None and sock.fileno() >= 0:
            make_reset(sock)
        transport.abort()
