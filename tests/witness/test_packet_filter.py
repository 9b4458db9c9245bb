"""What the filter of a link lets through, by the kernel's own judgement: any socket may have one, so no privilege is needed."""

from __future__ import annotations

import socket
import struct
import sys

import pytest

from downtick.witness.packet_filter import nothing, only
from downtick.witness.packets import attach

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the filter runs in Linux")

LINK, UPSTREAM = ("127.1.2.1", 4000), ("127.0.0.1", 5000)
BOT = ("127.0.0.1", 33333)
TCP, UDP = socket.IPPROTO_TCP, socket.IPPROTO_UDP


def packet(
    source: tuple[str, int],
    to: tuple[str, int],
    *,
    protocol: int = TCP,
    options: int = 0,
    fragment: int = 0,
) -> bytes:
    """Return an IPv4 packet; ``options``: words of its header beyond the five, ``fragment``: its offset."""
    first, length = 0x45 + options, 40 + 4 * options
    addresses = socket.inet_aton(source[0]), socket.inet_aton(to[0])
    head = struct.pack("!BBHHHBBH4s4s", first, 0, length, 1, fragment, 64, protocol, 0, *addresses)
    return head + bytes(4 * options) + struct.pack("!HH16x", source[1], to[1])


def passes(program: bytes, *packets: bytes) -> list[bytes]:
    """Return which packets a socket with that filter is given."""
    here, there = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
    with here, there:
        attach(there, program)
        for each in packets:
            here.send(each)
        there.setblocking(False)
        found = []
        while True:
            try:
                found.append(there.recv(100))
            except BlockingIOError:
                return found


@pytest.mark.parametrize("end", [LINK, UPSTREAM])
@pytest.mark.parametrize("options", [0, 3])
def test_both_directions_of_both_sides_pass(end: tuple[str, int], options: int) -> None:
    """Wherever the ports stand behind the header of IP."""
    wanted = [packet(BOT, end, options=options), packet(end, BOT, options=options)]
    assert passes(only([LINK, UPSTREAM]), *wanted) == wanted


@pytest.mark.parametrize(
    "other",
    [
        packet(BOT, (LINK[0], UPSTREAM[1])),
        packet((UPSTREAM[0], LINK[1]), BOT),
        packet(BOT, ("127.1.2.2", LINK[1])),
        packet(BOT, LINK, protocol=UDP),
        packet(BOT, LINK, fragment=8),
        packet((LINK[0], 1), (BOT[0], LINK[1])),
        b"short",
    ],
    ids=["port", "address", "neighbour", "protocol", "fragment", "crossed", "short"],
)
def test_near_misses_do_not(other: bytes) -> None:
    """An address and a port count only together, and of TCP alone."""
    assert passes(only([LINK, UPSTREAM]), other, packet(BOT, LINK)) == [packet(BOT, LINK)]


def test_thirty_ends_fit() -> None:
    """The longest jump still finds its place."""
    ends = [("127.0.0.1", 4000 + number) for number in range(30)]
    wanted = [packet(BOT, ends[0]), packet(BOT, ends[-1])]
    assert passes(only(ends), packet(BOT, LINK), *wanted) == wanted


def test_nothing_passes_where_nothing_is_wanted() -> None:
    """Neither from the ends of no link, nor at the end of a capture."""
    assert passes(nothing(), packet(BOT, LINK)) == passes(only([]), packet(BOT, LINK)) == []


def test_another_kind_of_address_is_refused() -> None:
    """Links listen on IPv4; a name or an address of IPv6 is an error, not a filter of something else."""
    with pytest.raises(OSError, match="illegal IP address"):
        only([("::1", 4000)])
