from __future__ import annotations

import asyncio
import zlib
from collections.abc import Callable
from typing import cast

from hypothesis import given
from hypothesis import strategies as st
from websockets.extensions.permessage_deflate import PerMessageDeflate
from websockets.frames import Opcode
from websockets.protocol import CLIENT, Protocol

from downtick.exchange.frame_writer import CLOSE, PING, TEXT, FrameWriter


class _Transport:
    """Remembers what was written."""

    def __init__(self) -> None:
        self.writes: list[bytes] = []

    def write(self, data: bytes) -> None:
        self.writes.append(bytes(data))

    def is_closing(self) -> bool:
        return False


def _writer(
    written: int = 0, deflate_bits: int = 0
) -> tuple[FrameWriter, _Transport, list[Callable[[], None]]]:
    transport, soon = _Transport(), list[Callable[[], None]]()
    writer = FrameWriter(
        cast(asyncio.Transport, transport),
        written,
        deflate_bits,
        encrypted=False,
        soon=soon.append,
        full=lambda: False,
    )
    return writer, transport, soon


def _read(data: bytes, *extensions: PerMessageDeflate) -> list[tuple[Opcode, bytes]]:
    """Parse frames with an implementation that is not ours."""
    client = Protocol(CLIENT, max_size=None)
    client.extensions = list(extensions)
    client.receive_data(data)
    return [(frame.opcode, bytes(frame.data)) for frame in client.events_received()]  # type: ignore[union-attr]


@given(st.lists(st.sampled_from([0, 1, 62, 63, 200, 32_767, 32_768]).map(bytes), max_size=6))
def test_another_parser_reads_what_was_written(payloads: list[bytes]) -> None:
    """Whatever the sizes; and the last offset is the length of the stream."""
    writer, transport, _ = _writer(written=100)
    texts = [payload.hex().encode() for payload in payloads]
    offsets = [writer.send(TEXT, text) for text in texts]
    writer.flush()
    stream = b"".join(transport.writes)
    assert _read(stream) == [(Opcode.TEXT, text) for text in texts]
    assert ([100, *offsets])[-1] == 100 + len(stream)


@given(st.lists(st.text(max_size=300), min_size=1, max_size=5))
def test_compressed_frames_are_readable_with_and_without_context_takeover(texts: list[str]) -> None:
    """Both agreements can read them, because every frame starts anew."""
    writer, transport, _ = _writer(deflate_bits=15)
    for text in texts:
        writer.send(TEXT, text.encode())
    writer.flush()
    stream = b"".join(transport.writes)
    for anew in (True, False):
        extension = PerMessageDeflate(
            remote_no_context_takeover=anew,
            local_no_context_takeover=True,
            remote_max_window_bits=15,
            local_max_window_bits=15,
        )
        assert [data.decode() for _, data in _read(stream, extension)] == texts


def test_a_huge_frame_and_control_frames_go_uncompressed() -> None:
    """A huge one would hold up the loop; control frames never are compressed."""
    writer, transport, _ = _writer(deflate_bits=15)
    writer.send(PING, b"token")
    writer.send(TEXT, b"x" * 1_100_000)
    writer.send(CLOSE, b"\x03\xe8")
    writer.flush()
    stream = b"".join(transport.writes)
    assert stream.startswith(b"\x89\x05token\x81\x7f")
    assert len(stream) > 1_100_000
    assert len(zlib.compress(stream)) < 10_000


def test_frames_of_one_turn_leave_in_one_write() -> None:
    """Nothing leaves before the end of the turn, then everything together."""
    writer, transport, soon = _writer()
    for _ in range(3):
        writer.send(TEXT, b"abc")
    assert transport.writes == []
    (end_of_turn,) = soon
    end_of_turn()
    assert transport.writes == [b"\x81\x03abc" * 3]
    writer.send(TEXT, b"abc")
    assert len(soon) == 2


def test_many_bytes_leave_before_the_end_of_the_turn() -> None:
    """So that a transport that is full can say so."""
    writer, transport, _ = _writer()
    for _ in range(40):
        writer.send(TEXT, b"x" * 2000)
    assert len(transport.writes) == 1


def test_a_long_frame_leaves_in_parts_and_others_wait_for_its_end() -> None:
    """A control frame never stands inside another frame."""
    writer, transport, soon = _writer(written=7)
    ends: list[int | None] = []
    writer.send(TEXT, b"before")
    writer.send_long(TEXT, (b"a" * 300_000, b"b" * 300_000), ends.append)
    assert writer.busy
    assert ends == []
    assert writer.send(PING, b"x") is None
    for end_of_turn in soon:  # grows meanwhile
        end_of_turn()
    stream = b"".join(transport.writes)
    assert not writer.busy
    assert [(opcode, len(data)) for opcode, data in _read(stream)] == [
        (Opcode.TEXT, 6),
        (Opcode.TEXT, 600_000),
        (Opcode.PING, 1),
    ]
    assert ends == [7 + len(stream) - 3]
    assert len(transport.writes) > 5


class _ResetTls(asyncio.Transport):
    """A TLS transport of asyncio whose connection was reset and which was closed for it."""

    def is_closing(self) -> bool:
        return True

    def write(self, data: bytes | bytearray | memoryview) -> None:
        raise AttributeError("'NoneType' object has no attribute '_write_appdata'")


def test_a_frame_for_a_tls_connection_that_was_just_reset_goes_nowhere() -> None:
    """The market's event goes on to the other connections."""
    writer = FrameWriter(_ResetTls(), 0, 0, encrypted=True, soon=lambda _: None, full=lambda: False)
    assert writer.send(TEXT, b"{}") is None
