"""Packets in the classic capture format, which Wireshark and tcpdump read. Pure.

A header of 24 bytes, then each packet behind 16 bytes that tell when it was and how long it is (Internet-Draft
draft-ietf-opsawg-pcap, sections 4 and 5). Instants are in nanoseconds, packets begin with their IP header.
"""

from __future__ import annotations

import struct
from typing import Final

_MAGIC: Final = 0xA1B23C4D  # instants in nanoseconds
_VERSION: Final = (2, 4)
_RAW: Final = 101  # LINKTYPE_RAW
LONGEST: Final = 65_535
"""Bytes of an IPv4 packet at most (RFC 791, 3.1)."""

HEADER: Final = struct.pack("<IHHIIII", _MAGIC, *_VERSION, 0, 0, LONGEST, _RAW)
"""What a file begins with."""

_RECORD: Final = struct.Struct("<IIII")


def record_head(seconds: int, nanoseconds: int, length: int) -> bytes:
    """Return what stands before a packet.

    Args:
        seconds: since the epoch (UTC).
        nanoseconds: beyond them.
        length: of the packet, in bytes; all of it follows.
    """
    return _RECORD.pack(seconds, nanoseconds, length, length)
