"""The capture format, byte by byte."""

from __future__ import annotations

from downtick.witness import pcap


def test_a_file_begins_as_readers_expect() -> None:
    """Nanoseconds, version 2.4, whole packets of IPv4 and no frame around them."""
    assert pcap.HEADER.hex(" ", 4) == "4d3cb2a1 02000400 00000000 00000000 ffff0000 65000000"


def test_a_packet_stands_behind_its_instant_and_its_length() -> None:
    """The length twice: what is kept, and what there was."""
    head = pcap.record_head(1_700_000_000, 999_999_999, 60)
    assert head.hex(" ", 4) == "00f15365 ffc99a3b 3c000000 3c000000"
