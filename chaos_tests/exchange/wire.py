"""A client that counts bytes: it knows where in the stream each frame ends, plain or encrypted."""

from __future__ import annotations

import asyncio
import ssl
import zlib
from dataclasses import dataclass

_HANDSHAKE = (
    "GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n{}\r\n"
)
_DEFLATE = "Sec-WebSocket-Extensions: permessage-deflate\r\n"


@dataclass(frozen=True)
class Frame:
    """One frame as it came, and how many bytes had been read from the socket at its end."""

    payload: bytes
    end: int


class WireClient:
    """Speaks just enough WebSocket. Reads from the socket in whole units: bytes, or TLS records."""

    def __init__(self, context: ssl.SSLContext | None, *, deflate: bool = False) -> None:
        self._context = context
        self._inflate = zlib.decompressobj(wbits=-15) if deflate else None
        self._headers = _DEFLATE if deflate else ""
        self._count = 0
        self._plain = bytearray()

    async def connect(self, host: str, port: int) -> None:
        """Connect, and upgrade the connection."""
        self._reader, self._writer = await asyncio.open_connection(host, port)
        if self._context is not None:
            self._incoming, self._outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
            self._tls = self._context.wrap_bio(self._incoming, self._outgoing, server_hostname=host)
            while True:
                try:
                    self._tls.do_handshake()
                    break
                except ssl.SSLWantReadError:
                    self._flush()
                    await self._record()
            self._flush()
        self._send(_HANDSHAKE.format(self._headers).encode())
        while b"\r\n\r\n" not in self._plain:
            await self._more()
        answer, _, rest = bytes(self._plain).partition(b"\r\n\r\n")
        assert answer.startswith(b"HTTP/1.1 101"), answer
        self._plain = bytearray(rest)

    def say(self, text: bytes) -> None:
        """Send one short text frame."""
        self._send(bytes((0x81, 0x80 | len(text))) + b"\0\0\0\0" + text)

    def send_raw(self, data: bytes) -> None:
        """Send bytes as they are."""
        self._send(data)

    async def frame(self) -> Frame:
        """Return the next frame."""
        head = await self._take(2)
        size = head[1] & 0x7F
        if size == 126:
            size = int.from_bytes(await self._take(2), "big")
        elif size == 127:
            size = int.from_bytes(await self._take(8), "big")
        payload = await self._take(size)
        if self._inflate is not None and head[0] & 0x40:
            payload = self._inflate.decompress(payload + b"\x00\x00\xff\xff")
        return Frame(payload, self._count - len(self._plain))

    def close(self) -> None:
        """Go away."""
        self._writer.close()

    def _send(self, data: bytes) -> None:
        if self._context is None:
            self._writer.write(data)
        else:
            self._tls.write(data)
            self._flush()

    def _flush(self) -> None:
        self._writer.write(self._outgoing.read())

    async def _take(self, size: int) -> bytes:
        while len(self._plain) < size:
            await self._more()
        taken = bytes(self._plain[:size])
        del self._plain[:size]
        return taken

    async def _more(self) -> None:
        """Read one unit. A TLS record is read only when it is needed, so that `end` is exact."""
        if self._context is None:
            data = await self._reader.read(65536)
            assert data, "the exchange closed"
            self._count += len(data)
            self._plain += data
            return
        await self._record()
        while True:
            try:
                self._plain += self._tls.read(65536)
            except ssl.SSLWantReadError:
                return

    async def _record(self) -> None:
        head = await self._reader.readexactly(5)
        body = await self._reader.readexactly(int.from_bytes(head[3:5], "big"))
        self._count += len(head) + len(body)
        self._incoming.write(head + body)
