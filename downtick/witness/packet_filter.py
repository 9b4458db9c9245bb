"""A program for the kernel that lets the TCP packets of some ends through, and no others. Pure.

In the language of linux/filter.h (kernel documentation, networking/filter): each instruction is a code, how many to
skip if its comparison holds, how many if not, and a figure. Offsets count from the IPv4 header (RFC 791).
"""

from __future__ import annotations

import socket
import struct
from collections.abc import Iterable
from typing import Final, NamedTuple

_LOAD_WORD: Final = 0x20  # BPF_LD | BPF_W | BPF_ABS
_LOAD_HALF: Final = 0x28  # BPF_LD | BPF_H | BPF_ABS
_LOAD_BYTE: Final = 0x30  # BPF_LD | BPF_B | BPF_ABS
_SKIP_HEADER: Final = 0xB1  # BPF_LDX | BPF_B | BPF_MSH: the length of the IP header
_LOAD_HALF_BEHIND: Final = 0x48  # BPF_LD | BPF_H | BPF_IND
_IF_EQUAL: Final = 0x15  # BPF_JMP | BPF_JEQ | BPF_K
_IF_ANY_BIT: Final = 0x45  # BPF_JMP | BPF_JSET | BPF_K
_RETURN: Final = 0x06  # BPF_RET | BPF_K

_PROTOCOL, _FRAGMENT, _SOURCE, _DESTINATION = 9, 6, 12, 16
_SOURCE_PORT, _DESTINATION_PORT = 0, 2
_WHOLE: Final = 0xFFFF_FFFF


class _Do(NamedTuple):
    code: int
    figure: int
    holds: int = 0
    fails: int = 0


_NO: Final = _Do(_RETURN, 0)


def only(ends: Iterable[tuple[str, int]]) -> bytes:
    """Return a program that lets through whatever comes from these ends or goes to them.

    Args:
        ends: address and port of each; 30 at most, for a jump is a byte.

    Raises:
        OSError: an address is not of IPv4.
    """
    told: list[_Do] = []
    for host, port in ends:
        address = int.from_bytes(socket.inet_aton(host))
        for place, behind in ((_SOURCE, _SOURCE_PORT), (_DESTINATION, _DESTINATION_PORT)):
            told += [
                _Do(_LOAD_WORD, place),
                _Do(_IF_EQUAL, address, 0, 2),
                _Do(_LOAD_HALF_BEHIND, behind),
                _Do(_IF_EQUAL, port),
            ]
    rest = range(
        len(told), 0, -1
    )  # instructions from each to the end, where NO stands, and then YES
    told = [
        one._replace(holds=left) if one.code == _IF_EQUAL and not one.fails else one
        for one, left in zip(told, rest, strict=True)
    ]
    head = [
        _Do(_LOAD_BYTE, _PROTOCOL),
        _Do(_IF_EQUAL, socket.IPPROTO_TCP, 0, len(told) + 3),
        _Do(_LOAD_HALF, _FRAGMENT),
        _Do(_IF_ANY_BIT, 0x1FFF, len(told) + 1),  # of a fragment only the first has ports
        _Do(_SKIP_HEADER, 0),
    ]
    return _coded([*head, *told, _NO, _Do(_RETURN, _WHOLE)])


def nothing() -> bytes:
    """Return a program that lets nothing through."""
    return _coded([_NO])


def _coded(program: Iterable[_Do]) -> bytes:
    return b"".join(
        struct.pack("=HBBI", one.code, one.holds, one.fails, one.figure) for one in program
    )
