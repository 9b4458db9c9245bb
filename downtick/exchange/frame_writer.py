"""Writes WebSocket frames straight to a transport, and knows where in the byte stream each one ends.

aiohttp makes the handshake and reads; its own writer is a coroutine and counts no bytes, so frames leave here.
"""

from __future__ import annotations

import asyncio
import struct
import zlib
from collections.abc import Callable
from typing import Final

from downtick.exchange.kernel import stream_position

TEXT: Final = 0x1
CLOSE: Final = 0x8
PING: Final = 0x9
PONG: Final = 0xA

_FIN: Final = 0x80
_COMPRESSED: Final = 0x40
_FLUSH_TAIL: Final = b"\x00\x00\xff\xff"
_COMPRESS_UP_TO: Final = (
    1024 * 1024
)  # a huge message goes plain (RFC 7692 allows it): no turn of the loop stalls


_AT_ONCE: Final = 64 * 1024  # bytes that leave at once, so that a full transport is noticed
_MEDIUM: Final = struct.Struct("!BBH").pack
_LONG: Final = struct.Struct("!BBQ").pack


class FrameWriter:
    """The outgoing half of one upgraded connection.

    Plain frames of one turn of the event loop leave together at its end: one system call, not one a frame.
    Encrypted frames leave one by one, because only the kernel knows where each of them ends.

    Args:
        transport: where the bytes go.
        written: bytes of the stream that went out before, the handshake's answer included.
        deflate_bits: window bits if permessage-deflate was agreed on, else 0.
        encrypted: whether the transport is TLS; offsets then come from the kernel.
        soon: has something done at the end of the turn (`asyncio.loop.call_soon`).
    """

    def __init__(
        self,
        transport: asyncio.Transport,
        written: int,
        deflate_bits: int,
        *,
        encrypted: bool,
        soon: Callable[[Callable[[], None]], object],
    ) -> None:
        self._transport = transport
        self._written = written
        self._encrypted = encrypted
        self._soon = soon
        self._deflater = zlib.compressobj(1, wbits=-deflate_bits) if deflate_bits else None
        self._gathered: list[bytes] = []
        self._flush_at = written + _AT_ONCE

    def send(self, opcode: int, payload: bytes) -> int | None:
        """Send one frame and return where it ends in the byte stream, or None if that is unknown."""
        first = _FIN | opcode
        if self._deflater is not None and opcode < CLOSE and len(payload) <= _COMPRESS_UP_TO:
            first |= _COMPRESSED
            payload = self._deflate(self._deflater, payload)
        size = len(payload)  # of an unmasked frame, RFC 6455, 5.2
        if size < 126:
            frame = bytes((first, size)) + payload
        elif size < 65536:
            frame = _MEDIUM(first, 126, size) + payload
        else:
            frame = _LONG(first, 127, size) + payload
        if self._encrypted:
            self._transport.write(frame)
            return stream_position(self._transport)
        if not self._gathered:
            self._soon(self.flush)
        self._gathered.append(frame)
        self._written += len(frame)
        if self._written > self._flush_at:
            self.flush()
        return self._written

    def flush(self) -> None:
        """Let everything leave that was sent so far."""
        if self._gathered:
            frames, self._gathered = self._gathered, []
            self._flush_at = self._written + _AT_ONCE
            self._transport.write(b"".join(frames))

    @staticmethod
    def _deflate(deflater: zlib._Compress, payload: bytes) -> bytes:
        # A full flush forgets the window, which suits every agreement about context takeover (RFC 7692, 7.1.1).
        data = deflater.compress(payload) + deflater.flush(zlib.Z_FULL_FLUSH)
        return data.removesuffix(_FLUSH_TAIL)
