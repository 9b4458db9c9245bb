"""Asks this machine's kernel about TCP sockets, and hears of each that dies. No privilege is needed."""

from __future__ import annotations

import contextlib
import errno
import os
import socket
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final, NamedTuple

from downtick.witness import netlink

_SOCK_DIAG: Final = 4  # NETLINK_SOCK_DIAG
# SKNLGRP_INET_TCP_DESTROY and SKNLGRP_INET6_TCP_DESTROY, as a mask: each socket that dies, with its last figures.
_DEATHS: Final = 1 << (1 - 1) | 1 << (3 - 1)
_RCVBUFFORCE: Final = 33  # SO_RCVBUFFORCE, of who may exceed net.core.rmem_max
_BACKLOG: Final = 4 * 1024 * 1024
"""Bytes of deaths that may wait for us: the kernel takes some 1,300 for each. Without privilege it grants less."""

_COUNTS: Final = Path("/proc/net/snmp")
_PAGE: Final = 4096  # bytes, of which its first lines are read
_OPENS: Final = slice(5, 7)  # ActiveOpens and PassiveOpens, in the line of TCP's figures
_WALK_EVERY: Final = 3  # looks
_BATCH: Final = 64
"""Sockets that are asked for at once: more answers than that may find no room."""

_DATAGRAM: Final = 64 * 1024  # more than a dump's piece, which the kernel limits to 32 KB


@dataclass(frozen=True)
class NoWitness:
    """Nobody can look into the kernel here.

    Attributes:
        reason: why, as a sentence.
    """

    reason: str


class Look(NamedTuple):
    """What a look shows.

    Attributes:
        sockets: each that it shows.
        whole: whether it shows all there are; else only such as were shown before.
    """

    sockets: list[netlink.Socket]
    whole: bool


class Kernel:
    """Two netlink sockets: one to ask by, one on which deaths are told.

    To look for new sockets costs a walk through the kernel's whole table, empty places included (measured: 0.4 ms of
    CPU for the 262,144 places of a machine with 24 GB; 0.003 ms for a socket that is asked for by its ports). So the
    table is walked only after somebody has opened a connection, which the kernel counts; and where others open one all
    the time, at each third look.

    Toxiproxy's own two sockets of each connection are shown by a walk only, for their births: what they carry, the bot's
    and the exchange's carry too.

    Args:
        listens: ports on which links listen.
        upstreams: ports to which they lead.

    Raises:
        OSError: this kernel does not offer it, or not to us.
    """

    def __init__(self, listens: Iterable[int], upstreams: Iterable[int]) -> None:
        assert sys.platform == "linux"
        self._listens, self._upstreams = frozenset(listens), frozenset(upstreams)
        self._ports = self._listens | self._upstreams
        self._everything = netlink.ask_all(self._ports)
        self._buffer = memoryview(bytearray(_DATAGRAM))
        self._quick = netlink.Quick()
        self._known: tuple[int, ...] = ()
        self._each: list[bytes] = []
        self._opened: list[bytes] = []
        self._due = 0
        self._rest = 0
        with contextlib.ExitStack() as stack:
            self._counts = stack.enter_context(_COUNTS.open("rb", buffering=0))
            self._asking = stack.enter_context(_socket())
            self._deaths = stack.enter_context(_socket())
            self._asking.setblocking(False)  # the kernel answers within the call
            self._deaths.setblocking(False)
            try:
                self._deaths.setsockopt(socket.SOL_SOCKET, _RCVBUFFORCE, _BACKLOG)
            except PermissionError:
                self._deaths.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _BACKLOG)
            self._deaths.bind((0, _DEATHS))
            self.living()
            self._stack = stack.pop_all()

    def fileno(self) -> int:
        """Return what becomes readable when a socket has died."""
        return self._deaths.fileno()

    def living(self, *, thoroughly: bool = False) -> Look:
        """Return the sockets of bots and exchange that carry bytes or may yet; after a walk, those of the links too.

        Args:
            thoroughly: whether to walk the table in any case.

        Raises:
            OSError: the kernel refused.
        """
        opened = self.opened()
        if opened != self._opened:
            self._opened = opened
            # A connection is counted an instant before it stands in the table.
            self._due = 2
        self._rest -= 1
        walked = thoroughly or (self._due > 0 and self._rest <= 0)
        if walked:
            self._due = max(0, self._due - 1)
            self._rest = _WALK_EVERY
        found = self.walk() if walked else self.visit()
        ends = [one for one in found if self._is_end(one)] if walked else found
        known = tuple(one.cookie for one in ends)
        if known != self._known:
            self._known = known
            self._each = [
                b"".join(netlink.ask_one(one, same=True) for one in ends[start : start + _BATCH])
                for start in range(0, len(ends), _BATCH)
            ]
        return Look(found, walked or not self._due)

    def walk(self) -> list[netlink.Socket]:
        """Return every socket with one of the ports, by looking at every place of the kernel's table."""
        self._asking.send(self._everything)
        found: list[netlink.Socket] = []
        while True:
            for answer in netlink.answers(self._receive(self._asking)):
                if answer is None:
                    return found
                if answer.figures is not None:
                    found.append(answer)

    def visit(self) -> list[netlink.Socket]:
        """Return which of the bots' and the exchange's sockets of the last call there still are, by asking for each."""
        found = []
        for number, questions in enumerate(self._each):
            self._asking.send(questions)
            for _ in self._known[number * _BATCH : (number + 1) * _BATCH]:
                self._asking.recv_into(self._buffer)
                answer = self._quick.answer(self._buffer)
                if answer is not None and answer.figures is not None:
                    found.append(answer)
        return found

    def opened(self) -> list[bytes]:
        """Return the connections that were opened so far, from here and to here (RFC 4022)."""
        text = os.pread(self._counts.fileno(), _PAGE, 0)
        figures = text.index(b"Tcp: ", text.index(b"Tcp: ") + 1)
        return text[figures : text.index(b"\n", figures)].split()[_OPENS]

    def waits(self, dead: netlink.Socket) -> bool:
        """Tell whether TCP still remembers this closed connection, as who sends the first FIN must.

        That is TIME_WAIT, or what stands in its place until the peer's own FIN is in. After a RST there is neither.

        Raises:
            OSError: the kernel refused.
        """
        self._asking.send(netlink.ask_one(dead, same=False))
        (answer,) = netlink.answers(self._receive(self._asking))
        # Where nothing is left of it, the answer may be who listens on its port.
        return answer is not None and answer.state in (netlink.FIN_WAIT2, netlink.TIME_WAIT)

    def dead(self) -> tuple[list[netlink.Socket], bool]:
        """Return the sockets that died since the last call, and whether some were lost.

        They had one of the ports, or the kernel has forgotten which port the remote one was.

        Raises:
            OSError: the subscription is broken.
        """
        found: list[netlink.Socket] = []
        lost = False
        while True:
            try:
                datagram = self._receive(self._deaths)
            except BlockingIOError:
                return found, lost
            except OSError as error:
                if error.errno != errno.ENOBUFS:
                    raise
                lost = True  # told once for any number; what came before still waits to be read
                continue
            # On a busy machine hundreds die in a second that are nobody's business here.
            local, remote = netlink.ports_of(datagram)
            if not remote or local in self._ports or remote in self._ports:
                found.extend(answer for answer in netlink.answers(datagram) if answer is not None)

    def close(self) -> None:
        """Hear no more. Twice is once."""
        self._stack.close()

    def _is_end(self, one: netlink.Socket) -> bool:
        """Tell whether a socket is a bot's or the exchange's."""
        return one.remote[1] in self._listens or one.local[1] in self._upstreams

    def _receive(self, source: socket.socket) -> memoryview:
        return self._buffer[: source.recv_into(self._buffer)]


def _socket() -> socket.socket:
    assert sys.platform == "linux"
    return socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, _SOCK_DIAG)


def look(listens: Iterable[int], upstreams: Iterable[int]) -> Kernel | NoWitness:
    """Return the kernel's eyes on links of these ports, or why there are none."""
    if sys.platform != "linux":
        return NoWitness(f"the kernel's socket diagnostics are Linux's; this is {sys.platform}")
    try:
        return Kernel(listens, upstreams)
    except OSError as error:
        return NoWitness(f"the kernel's socket diagnostics cannot be used here: {error}")
