"""Writes WebSocket frames straight to a transport, and knows where in the byte stream each one ends.

aiohttp makes the handshake and reads; its own writer is a coroutine and counts no bytes, so frames leave here.
"""

from __future__ import annotations

import asyncio
import zlib
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


def header(first: int, size: int) -> bytes:
    """Return the header of an unmasked frame (RFC 6455, 5.2)."""
    if size < 126:
        return bytes((first, size))
    if size < 65536:
        return bytes((first, 126)) + size.to_bytes(2, "big")
    return bytes((first, 127)) + size.to_bytes(8, "big")


class FrameWriter:
    """The outgoing half of one upgraded connection.

    Args:
        transport: where the bytes go.
        written: bytes of the stream that went out before, the handshake's answer included.
        deflate_bits: window bits if permessage-deflate was agreed on, else 0.
        encrypted: whether the transport is TLS; offsets then come from the kernel.
    """

    def __init__(
        self, transport: asyncio.Transport, written: int, deflate_bits: int, *, encrypted: bool
    ) -> None:
        self._transport = transport
        self._written = written
        self._encrypted = encrypted
        self._deflater = zlib.compressobj(1, wbits=-deflate_bits) if deflate_bits else None

    def send(self, opcode: int, payload: bytes) -> int | None:
        """Write one frame and return where it ends in the byte stream, or None if that is unknown."""
        first = _FIN | opcode
        if self._deflater is not None and opcode < CLOSE and len(payload) <= _COMPRESS_UP_TO:
            first |= _COMPRESSED
            payload = self._deflate(self._deflater, payload)
        frame = header(first, len(payload)) + payload
        self._transport.write(frame)
        if self._encrypted:
            return stream_position(self._transport)
        self._written += len(frame)
        return self._written

    @staticmethod
    def _deflate(deflater: zlib._Compress, payload: bytes) -> bytes:
        # A full flush forgets the window, which suits every agreement about context takeover (RFC 7692, 7.1.1).
        data = deflater.compress(payload) + deflater.flush(zlib.Z_FULL_FLUSH)
        return data.removesuffix(_FLUSH_TAIL)
