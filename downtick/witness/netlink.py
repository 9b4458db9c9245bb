"""The words of Linux's inet_diag, which ``ss -ti`` speaks: requests as bytes, answers as the few figures needed here.

Hand-made although pyroute2 speaks it too: its generic parser takes four times as long (measured: ten sockets, 1.0 ms
of CPU against 0.25 ms), and a witness that asks fifty times a second must not weigh on what it watches. Layouts are
those of the kernel's include/uapi/linux: netlink.h, sock_diag.h, inet_diag.h and tcp.h. Nothing here touches a socket.
"""

from __future__ import annotations

import errno
import os
import struct
import sys
from collections.abc import Iterable, Iterator
from socket import AF_INET, AF_INET6, inet_ntop
from typing import Final, NamedTuple

ESTABLISHED: Final = 1
FIN_WAIT1: Final = 4
FIN_WAIT2: Final = 5
TIME_WAIT: Final = 6
CLOSED: Final = 7
CLOSE_WAIT: Final = 8
LAST_ACK: Final = 9
LISTEN: Final = 10
CLOSING: Final = 11

_ANY_STATE: Final = 0xFFF
# Left out of a dump: TIME_WAIT, of which thousands may stand, and LISTEN. Neither carries bytes.
_WITH_BYTES: Final = _ANY_STATE & ~(1 << TIME_WAIT) & ~(1 << LISTEN)

_ERROR: Final = 2  # NLMSG_ERROR
_DONE: Final = 3  # NLMSG_DONE
_BY_FAMILY: Final = 20  # SOCK_DIAG_BY_FAMILY
# TCPDIAG_GETSOCK, the older request, is the only one that shows both families at once: a bot in Java or Node may
# reach 127.0.0.1 by a socket of IPv6. To ask twice would cost twice: the kernel walks its whole table each time.
_BOTH_FAMILIES: Final = 18
_SOCKETS: Final = (_BY_FAMILY, _BOTH_FAMILIES)
_REQUEST: Final = 0x001  # NLM_F_REQUEST
_DUMP: Final = 0x300  # NLM_F_DUMP
_TCP: Final = 6
_FILTER: Final = 1  # INET_DIAG_REQ_BYTECODE
_INFO: Final = 2  # INET_DIAG_INFO
_GONE: Final = (errno.ENOENT, errno.ESTALE)  # nobody has these ports; another has them
_NO_COOKIE: Final = b"\xff" * 8  # INET_DIAG_NOCOOKIE, twice
_IPV6: Final = 10  # AF_INET6 on Linux
_MAPPED: Final = (
    bytes(10) + b"\xff\xff"
)  # what an IPv4 address begins with as one of IPv6 (RFC 4291, 2.5.5.2)

_HEADER: Final = struct.Struct("=IH")  # nlmsghdr: length, type; flags, sequence and port follow
_HEADER_SIZE: Final = 16
_SIZE: Final = struct.Struct("=I")
_MESSAGE: Final = struct.Struct("=BB2x 36s 4x Q 4x II 8x")  # inet_diag_msg; its id in the middle
_WHOLE: Final = "=4xH10x BB2x 36s 4x Q 4x II 8x"  # both, without the length
_WHOLE_HEAD: Final = _HEADER_SIZE + _MESSAGE.size
_LENGTH: Final = struct.Struct("=H")  # of an attribute
_MESSAGE_ID: Final = 4  # bytes of it before the id
_ATTRIBUTE: Final = struct.Struct("=HH")  # nlattr: length, type
_JUMP: Final = struct.Struct("=BBH")  # inet_diag_bc_op: code, yes, no
_PORT_IS: Final = struct.Struct("=BBH BB2xi")  # the same, and an inet_diag_hostcond of no address
_JMP: Final = 1  # INET_DIAG_BC_JMP
_LOCAL: Final = 7  # INET_DIAG_BC_S_COND
_REMOTE: Final = 8  # INET_DIAG_BC_D_COND
_PORTS: Final = struct.Struct("!HH")

# tcp_info: bytes_acked, bytes_received, segs_in, notsent_bytes, data_segs_in, data_segs_out, all since Linux 4.6; and
# bytes_sent, bytes_retrans, since 4.19. The struct only ever grows at its end.
_INFO_OF_4_6: Final = struct.Struct("=120x QQ 4x II 4x II")
_INFO_OF_4_19: Final = struct.Struct("=200x QQ")
_INFO_AT_ONCE: Final = "120x QQ 4x II 4x II 40x QQ"  # both of them

Place = tuple[str, int]
"""A host, as an address in its plain spelling, and a port."""


class Figures(NamedTuple):
    """What the kernel counts of one socket, in bytes if nothing else is said, raw.

    Attributes:
        received: of the peer's stream, in order; a FIN counts as one.
        rqueue: of these, not yet read by the socket's owner; a FIN counts as one.
        sent: put on the wire for the first time; None before Linux 4.19. No SYN or FIN counts.
        acked: of our stream, taken by the peer's kernel. A FIN counts as one, and so does the SYN of who connected.
        wqueue: written by the owner and not yet acknowledged; a FIN counts as one.
        unsent: of these, not yet put on the wire.
        segments: that came in with data, as a number.
        segments_in: that came in at all, as a number.
        segments_out: that went out with data, repeated ones included, as a number.
    """

    received: int
    rqueue: int
    sent: int | None
    acked: int
    wqueue: int
    unsent: int
    segments: int
    segments_in: int
    segments_out: int


class Socket(NamedTuple):
    """One TCP socket as the kernel shows it.

    Attributes:
        family: 2 or 10, as in AF_INET and AF_INET6.
        state: of TCP, by the kernel's number.
        identity: its addresses and ports in the kernel's layout.
        cookie: names it among all sockets since the machine started.
        figures: None where the kernel has none: what is left of a closed connection.
    """

    family: int
    state: int
    identity: bytes
    cookie: int
    figures: Figures | None

    @property
    def local(self) -> Place:
        """Its own address; an IPv4 address is spelled as one whatever the socket's family."""
        return self._host(4), _PORTS.unpack_from(self.identity)[0]

    @property
    def remote(self) -> Place:
        """Its peer's address; 0.0.0.0 or port 0 where the kernel has forgotten it."""
        return self._host(20), _PORTS.unpack_from(self.identity)[1]

    def _host(self, at: int) -> str:
        address = self.identity[at : at + 16]
        if self.family != _IPV6:
            return inet_ntop(AF_INET, address[:4])
        if address.startswith(_MAPPED):
            return inet_ntop(AF_INET, address[12:])
        return inet_ntop(AF_INET6, address)


def ask_all(ports: Iterable[int]) -> bytes:
    """Return a request for every TCP socket that has one of these ports at either end."""
    condition = _conditions([(code, port) for port in ports for code in (_LOCAL, _REMOTE)])
    body = struct.pack("=4B40s8sII", 0, 0, 0, 1 << (_INFO - 1), b"", _NO_COOKIE, _WITH_BYTES, 0)
    body += _ATTRIBUTE.pack(_ATTRIBUTE.size + len(condition), _FILTER) + condition
    return _request(_BOTH_FAMILIES, _DUMP, body)


def ask_one(socket: Socket, *, same: bool) -> bytes:
    """Return a request for the one socket with these addresses and ports.

    Args:
        socket: whose addresses and ports.
        same: whether only this very socket will do, and with its figures; else whatever has taken its place.
    """
    extensions, cookie = (
        (1 << (_INFO - 1), socket.cookie.to_bytes(8, sys.byteorder)) if same else (0, _NO_COOKIE)
    )
    head = struct.pack("=4BI", socket.family, _TCP, extensions, 0, _ANY_STATE)
    return _request(_BY_FAMILY, 0, head + socket.identity + bytes(4) + cookie)


def _request(kind: int, flags: int, body: bytes) -> bytes:
    return struct.pack("=IHHII", _HEADER_SIZE + len(body), kind, _REQUEST | flags, 0, 0) + body


def _conditions(ports: list[tuple[int, int]]) -> bytes:
    """Return "one of these is so" as the kernel's bytecode: a comparison each, and a jump to the end behind each.

    To jump to the end is to accept, 4 bytes beyond it to refuse (net/ipv4/inet_diag.c: inet_diag_bc_run).
    """
    code = b""
    left = len(ports) * (_PORT_IS.size + _JUMP.size) - _JUMP.size
    for kind, port in ports:
        last = left == _PORT_IS.size
        otherwise = left + 4 if last else _PORT_IS.size + _JUMP.size
        code += _PORT_IS.pack(kind, _PORT_IS.size, otherwise, 0, 0, port)
        left -= _PORT_IS.size
        if not last:
            code += _JUMP.pack(_JMP, _JUMP.size, left)
            left -= _JUMP.size
    return code


def answers(datagram: memoryview) -> Iterator[Socket | None]:
    """Yield what each message of a datagram says; see `answer`."""
    at, end = 0, len(datagram)
    while at < end:
        yield answer(datagram, at)
        (size,) = _SIZE.unpack_from(datagram, at)
        at += (size + 3) & ~3


def answer(datagram: memoryview, at: int = 0) -> Socket | None:
    """Return the socket that a message tells of; None if it is gone, and at the end of a list.

    Raises:
        OSError: the kernel refused.
    """
    size, kind = _HEADER.unpack_from(datagram, at)
    if kind in _SOCKETS:
        return _socket(datagram, at + _HEADER_SIZE, at + size)
    if kind == _ERROR:
        code = -struct.unpack_from("=i", datagram, at + _HEADER_SIZE)[0]
        if code not in _GONE:
            raise OSError(code, os.strerror(code))
    return None


class Quick:
    """Reads one answer after the other by one struct, as long as the kernel lays them all out alike.

    It does for sockets of one family: three times as quick as to look for the figures in each (measured).
    """

    def __init__(self) -> None:
        self._size = 0
        self._whole = _HEADER

    def answer(self, datagram: memoryview) -> Socket | None:
        """Return what a datagram's first message says; see `answer`. The buffer may be longer than the message.

        Raises:
            OSError: the kernel refused.
        """
        if _SIZE.unpack_from(datagram)[0] != self._size:
            return self._learn(datagram)
        (
            kind, family, state, identity, cookie, rqueue, wqueue, attribute,
            acked, received, segments_in, unsent, segments, segments_out, sent, again,
        ) = self._whole.unpack_from(datagram)  # fmt: skip
        if kind not in _SOCKETS or attribute != _INFO:
            return self._learn(datagram)
        figures = Figures(
            received, rqueue, sent - again, acked, wqueue, unsent, segments, segments_in, segments_out
        )  # fmt: skip
        return Socket(family, state, identity, cookie, figures)

    def _learn(self, datagram: memoryview) -> Socket | None:
        found = answer(datagram)
        if found is not None and found.figures is not None and found.figures.sent is not None:
            (self._size,) = _SIZE.unpack_from(datagram)
            before = _attribute(datagram, _HEADER_SIZE + _MESSAGE.size, self._size) - _WHOLE_HEAD
            self._whole = struct.Struct(f"{_WHOLE} {before}x 2xH {_INFO_AT_ONCE}")
        return found


def ports_of(datagram: memoryview) -> tuple[int, int]:
    """Return the local and the remote port of the socket that a datagram's first message tells of."""
    local, remote = _PORTS.unpack_from(datagram, _HEADER_SIZE + _MESSAGE_ID)
    return local, remote


def _socket(datagram: memoryview, at: int, end: int) -> Socket:
    family, state, identity, cookie, rqueue, wqueue = _MESSAGE.unpack_from(datagram, at)
    figures, at = None, _attribute(datagram, at + _MESSAGE.size, end)
    if at < end:
        (size,) = _LENGTH.unpack_from(datagram, at)
        figures = _figures(rqueue, wqueue, datagram, at + _ATTRIBUTE.size, at + size)
    return Socket(family, state, identity, cookie, figures)


def _attribute(datagram: memoryview, at: int, end: int) -> int:
    """Return where the attribute with the figures begins, or the end if there is none."""
    while at < end:
        size, kind = _ATTRIBUTE.unpack_from(datagram, at)
        if kind == _INFO:
            return at
        at += (size + 3) & ~3 or end
    return end


def _figures(rqueue: int, wqueue: int, datagram: memoryview, at: int, end: int) -> Figures | None:
    if end - at < _INFO_OF_4_6.size:
        return None
    acked, received, segments_in, unsent, segments, segments_out = _INFO_OF_4_6.unpack_from(
        datagram, at
    )
    sent = None
    if end - at >= _INFO_OF_4_19.size:
        sent, again = _INFO_OF_4_19.unpack_from(datagram, at)
        sent -= again
    return Figures(
        received, rqueue, sent, acked, wqueue, unsent, segments, segments_in, segments_out
    )
