"""Writes WebSocket frames straight to a transport, and knows where in the byte stream each one ends.

aiohttp makes the handshake and reads; its own writer is a coroutine and counts no bytes, so frames leave here.
"""

from __future__ import annotations

import asyncio
import struct
import zlib
from collections.abc import Callable, Iterator, Sequence
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
_CHUNK: Final = 128 * 1024  # bytes of a long frame a turn
_MEDIUM: Final = struct.Struct("!BBH").pack
_LONG: Final = struct.Struct("!BBQ").pack


def _header(first: int, size: int) -> bytes:
    """Return the header of an unmasked frame (RFC 6455, 5.2)."""
    if size < 126:
        return bytes((first, size))
    if size < 65536:
        return _MEDIUM(first, 126, size)
    return _LONG(first, 127, size)


def _cut(pieces: Sequence[bytes]) -> Iterator[bytes | memoryview]:
    """Cut into parts that are written in no time, without a copy."""
    for piece in pieces:
        view = memoryview(piece)
        yield from (view[start : start + _CHUNK] for start in range(0, len(view), _CHUNK))


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
        full: tells whether the client must read before more is to be written.

    Attributes:
        busy: whether a long frame is on its way; a control frame sent meanwhile leaves after it.
    """

    def __init__(
        self,
        transport: asyncio.Transport,
        written: int,
        deflate_bits: int,
        *,
        encrypted: bool,
        soon: Callable[[Callable[[], None]], object],
        full: Callable[[], bool],
    ) -> None:
        self._transport = transport
        self._written = written
        self._encrypted = encrypted
        self._soon = soon
        self._full = full
        self.busy = False
        self._chunks: Iterator[bytes | memoryview] = iter(())
        self._done: Callable[[int | None], None] = lambda _: None
        self._deflater = zlib.compressobj(1, wbits=-deflate_bits) if deflate_bits else None
        self._gathered: list[bytes] = []
        self._after: list[bytes] = []  # control frames that came in the midst of a long frame
        self._flush_at = written + _AT_ONCE

    def send(self, opcode: int, payload: bytes) -> int | None:
        """Send one frame and return where it ends in the byte stream, or None if that is unknown."""
        first = _FIN | opcode
        if self._deflater is not None and opcode < CLOSE and len(payload) <= _COMPRESS_UP_TO:
            first |= _COMPRESSED
            payload = self._deflate(self._deflater, payload)
        frame = _header(first, len(payload)) + payload
        if self.busy:
            self._after.append(frame)
            return None
        if self._encrypted:
            if self._transport.is_closing():
                return (
                    None  # reset a moment ago: asyncio's TLS transport would raise AttributeError
                )
            self._transport.write(frame)
            return stream_position(self._transport)
        if not self._gathered:
            self._soon(self.flush)
        self._gathered.append(frame)
        self._written += len(frame)
        if self._written > self._flush_at:
            self.flush()
        return self._written

    def send_long(
        self, opcode: int, pieces: Sequence[bytes], done: Callable[[int | None], None]
    ) -> None:
        """Send one long frame a little in each turn of the loop, so that nobody waits for it but its client.

        Args:
            opcode: of the frame.
            pieces: of its payload, in order; never compressed.
            done: is called with where the frame ends (see `send`) once its last byte has been written.
        """
        self.flush()
        head = _header(_FIN | opcode, sum(len(piece) for piece in pieces))
        self._chunks = _cut((head, *pieces))
        self._done = done
        self.busy = True
        self.go_on()

    def go_on(self) -> None:
        """Write the next part of a long frame, if there is one and the client reads."""
        if not self.busy or self._full() or self._transport.is_closing():
            return
        chunk = next(self._chunks, None)
        if chunk is not None:
            self._transport.write(chunk)
            self._written += len(chunk)
            self._soon(self.go_on)
            return
        self.busy = False
        end = stream_position(self._transport) if self._encrypted else self._written
        after, self._after = self._after, []
        for frame in after:
            self._transport.write(frame)
            self._written += len(frame)
        self._done(end)

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
