"""The packets of some ends on this machine's loopback, each once, as the kernel hands them out (Linux, CAP_NET_RAW)."""

from __future__ import annotations

import ctypes
import socket
import struct
import sys
from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple

from downtick.witness.packet_filter import nothing, only
from downtick.witness.pcap import LONGEST

# Of Linux, for which Python has no names: linux/if_ether.h, linux/if_packet.h, asm-generic/socket.h.
_ETH_P_IP: Final = 0x0800
_SOL_PACKET: Final = 263
_PACKET_STATISTICS: Final = 6
_ATTACH_FILTER: Final = 26  # SO_ATTACH_FILTER
_TIMESTAMPS: Final = 35  # SO_TIMESTAMPNS, and the message that carries one
_RCVBUFFORCE: Final = 33  # SO_RCVBUFFORCE, of who may exceed net.core.rmem_max

_INSTRUCTION: Final = 8  # bytes
_BACKLOG: Final = 16 * 1024 * 1024
"""Bytes of packets that may wait for us; without CAP_NET_ADMIN the kernel grants some 400 KB."""

_INSTANT: Final = struct.Struct("@ll")
_STATISTICS: Final = struct.Struct("@II")


class Packet(NamedTuple):
    """One packet, and when the kernel saw it, in seconds and nanoseconds since the epoch.

    ``data`` begins with the IP header, and is valid until the next packet is asked for.
    """

    seconds: int
    nanoseconds: int
    data: memoryview


class Packets:
    """A raw socket on loopback that hears some ends from now on. No packet of anybody else ever reaches it.

    Args:
        ends: addresses and ports; whatever comes from them or goes to them is heard; none for a trial.

    Raises:
        OSError: the kernel does not offer it, or not to us; or an address is not of IPv4.
    """

    def __init__(self, ends: Iterable[tuple[str, int]] = ()) -> None:
        if sys.platform != "linux":
            raise OSError(f"raw sockets that capture are Linux's; this is {sys.platform}")
        program = only(ends)
        self._buffer = memoryview(bytearray(LONGEST))
        # Of protocol 0 it hears nothing, until its filter stands and it is bound.
        self._socket = socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM, 0)
        try:
            self._socket.setblocking(False)
            self._socket.setsockopt(socket.SOL_SOCKET, _TIMESTAMPS, 1)
            try:
                self._socket.setsockopt(socket.SOL_SOCKET, _RCVBUFFORCE, _BACKLOG)
            except PermissionError:
                self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _BACKLOG)
            attach(self._socket, program)
            # Bound to one protocol it hears what arrives; to all of them, what is sent besides, and so each twice.
            self._socket.bind(("lo", _ETH_P_IP))
        except BaseException:
            self._socket.close()
            raise

    def fileno(self) -> int:
        """Return what becomes readable when there are packets."""
        return self._socket.fileno()

    def read(self, most: int) -> Iterator[Packet]:
        """Yield the packets that wait, so many at most.

        Raises:
            OSError: the socket is broken.
        """
        room = socket.CMSG_SPACE(_INSTANT.size)
        for _ in range(most):
            try:
                length, notes, _, _ = self._socket.recvmsg_into([self._buffer], room)
            except BlockingIOError:
                return
            ((_, _, instant),) = notes
            seconds, nanoseconds = _INSTANT.unpack(instant)
            yield Packet(seconds, nanoseconds, self._buffer[:length])

    def hush(self) -> None:
        """Hear no more; what waits can still be read."""
        attach(self._socket, nothing())

    def dropped(self) -> int:
        """Return how many packets found no room since the last call."""
        told = self._socket.getsockopt(_SOL_PACKET, _PACKET_STATISTICS, _STATISTICS.size)
        dropped: int = _STATISTICS.unpack(told)[1]
        return dropped

    def close(self) -> None:
        """Close the socket. Twice is once."""
        self._socket.close()


def attach(to: socket.socket, program: bytes) -> None:
    """Let the kernel hand a socket only what a program of `packet_filter` lets through.

    Raises:
        OSError: the kernel does not do it.
    """
    code = ctypes.create_string_buffer(program, len(program))
    fprog = struct.pack("@HP", len(program) // _INSTRUCTION, ctypes.addressof(code))
    to.setsockopt(socket.SOL_SOCKET, _ATTACH_FILTER, fprog)


def why_not() -> str | None:
    """Return why nobody can capture here, as a sentence without a full stop; None if we can."""
    try:
        Packets().close()
    except PermissionError:
        return "raw sockets need root or CAP_NET_RAW"
    except OSError as error:
        return f"no raw socket on loopback: {error}"
    return None
