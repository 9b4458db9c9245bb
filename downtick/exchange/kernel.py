"""How far into a socket's outgoing byte stream the last write reached, as the kernel counts it.

TLS and its records make that position hard to compute from outside; the kernel and the transport know it.
"""

from __future__ import annotations

import asyncio
import socket
import struct
import sys
from typing import Any, Final

# linux/tcp.h, struct tcp_info: tcpi_notsent_bytes, tcpi_bytes_sent, tcpi_bytes_retrans (Linux 4.19).
_NOT_SENT: Final = struct.Struct("=I")
_SENT: Final = struct.Struct("=QQ")
_NOT_SENT_AT: Final = 144
_SENT_AT: Final = 200
_SIZE: Final = 216


def kernel_position(sock: Any) -> int | None:
    """Return how many bytes the kernel has taken for sending on this socket, or None if it cannot say.

    One system call, so that an acknowledgement that arrives meanwhile cannot be counted twice or missed.
    """
    if sys.platform != "linux" or sock is None:  # a TLS transport that was just reset has none
        return None
    try:
        info = sock.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, _SIZE)
    except OSError:
        return None
    if len(info) < _SIZE:
        return None
    sent, again = _SENT.unpack_from(info, _SENT_AT)
    (waiting,) = _NOT_SENT.unpack_from(info, _NOT_SENT_AT)
    return int(sent - again + waiting)


def stream_position(transport: asyncio.Transport) -> int | None:
    """Return the position in the byte stream at which everything written so far ends, or None if unknown.

    On a TLS transport this counts the encrypted bytes: in the kernel, in the transport below, and
    in asyncio's TLS layer (which has no public name for the last two: unknown where it is built otherwise).
    """
    position = kernel_position(transport.get_extra_info("socket"))
    if position is None:
        return None
    tls = getattr(transport, "_ssl_protocol", None)
    if tls is None:
        return position + transport.get_write_buffer_size()
    below = getattr(tls, "_transport", None)
    outgoing = getattr(tls, "_outgoing", None)
    if below is None or outgoing is None:
        return None
    return int(position + below.get_write_buffer_size() + outgoing.pending)
