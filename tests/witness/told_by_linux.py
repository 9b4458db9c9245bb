"""Messages as Linux writes them, made by hand."""

from __future__ import annotations

import ipaddress
import struct

from downtick.witness.netlink import Figures, Place, Socket

FIGURES = Figures(
    received=333,
    rqueue=233,
    sent=1000,
    acked=1001,
    wqueue=0,
    unsent=0,
    segments=1,
    segments_in=3,
    segments_out=2,
)
INFO = 280
"""Bytes of tcp_info in Linux 6.18."""


def figures(**changed: int) -> Figures:
    """Return figures of a socket on which nothing has happened, but for these."""
    return Figures(0, 0, 0, 0, 0, 0, 0, 0, 0)._replace(**changed)


def socket(
    cookie: int, local: Place, remote: Place, *, state: int = 1, seen: Figures | None = FIGURES
) -> Socket:
    """Return a socket as the kernel shows it."""
    hosts = [ipaddress.ip_address(host) for host, _ in (local, remote)]
    family = 10 if any(host.version == 6 for host in hosts) else 2
    identity = struct.pack("!HH", local[1], remote[1])
    identity += b"".join(host.packed.ljust(16, b"\0") for host in hosts)
    return Socket(family, state, identity, cookie, seen)


def tcp_info(seen: Figures, size: int = INFO) -> bytes:
    """Return these figures as so many bytes of tcp_info; seven bytes of the sent ones were sent twice."""
    info = struct.pack("=120xQQ", seen.acked, seen.received)
    info += struct.pack(
        "=4xII4xII", seen.segments_in, seen.unsent, seen.segments, seen.segments_out
    )
    info = info.ljust(200, b"\xaa") + struct.pack("=QQ", (seen.sent or 0) + 7, 7)
    return info.ljust(size, b"\xaa")[:size]


def message(told: Socket, *attributes: tuple[int, bytes], kind: int = 20) -> bytes:
    """Return a netlink message that shows a socket, with these attributes."""
    queues = (told.figures.rqueue, told.figures.wqueue) if told.figures else (0, 0)
    body = struct.pack("=BBBB", told.family, told.state, 0xAA, 0xAA) + told.identity
    body += struct.pack("=IQIIIII", 0xAAAAAAAA, told.cookie, 0xAAAAAAAA, *queues, 0xAAAA, 0xAAAA)
    for number, value in attributes:
        body += bytes(-len(body) % 4) + struct.pack("=HH", 4 + len(value), number) + value
    head = struct.pack("=IHHII", 16 + len(body), kind, 2, 0, 0)
    return head + body + bytes(-len(body) % 4)


def end_of_list() -> bytes:
    """Return the message that ends a list."""
    return struct.pack("=IHHIIi", 20, 3, 2, 0, 0, 0)


def refusal(code: int) -> bytes:
    """Return the message that refuses a request."""
    return struct.pack("=IHHIIi16x", 36, 2, 0, 0, 0, -code)
