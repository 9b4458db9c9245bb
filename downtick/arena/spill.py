"""Where a long history lives: its newest events in memory, older ones in blocks of a file without a name.

A day of a busy feed is tens of millions of events; a test that waits for one of them needs the last few.
"""

from __future__ import annotations

import tempfile
import threading
import weakref
from collections.abc import Iterable, Iterator
from typing import IO, Final, overload

import msgspec

from downtick.history import Event

BLOCK: Final = 20_000
"""Events a block. Memory holds two blocks at most, and one that is being read again."""

_decode = msgspec.msgpack.Decoder(list[Event]).decode
_encode = msgspec.msgpack.Encoder().encode


class SpilledEvents:
    """A list of events that only grows, and whose memory does not. Any thread may use it.

    Args:
        block: events a block.
    """

    def __init__(self, block: int = BLOCK) -> None:
        self._block = block
        self._lock = threading.Lock()
        self._file: IO[bytes] | None = None  # opened when it is needed: most runs are short
        self._spans: list[tuple[int, int]] = []  # where each block lies in the file, and its size
        self._again: tuple[int, list[Event]] = -1, []  # the block that was read last
        self._tail: list[Event] = []

    def __len__(self) -> int:
        with self._lock:
            return self._spilled + len(self._tail)

    def __iter__(self) -> Iterator[Event]:
        position = 0
        while run := self._run(position):
            yield from run
            position += len(run)

    @overload
    def __getitem__(self, number: int) -> Event: ...
    @overload
    def __getitem__(self, number: slice) -> list[Event]: ...
    def __getitem__(self, number: int | slice) -> Event | list[Event]:
        if isinstance(number, slice):
            start, stop, step = number.indices(len(self))
            if step != 1:
                return [self[n] for n in range(start, stop, step)]
            found: list[Event] = []
            while start + len(found) < stop:
                found += self._run(start + len(found))
            return found[: max(0, stop - start)]
        with self._lock:
            length = self._spilled + len(self._tail)
            place = number + length if number < 0 else number
            if not 0 <= place < length:
                raise IndexError(f"event {number} of {length}")
            if place >= self._spilled:
                return self._tail[place - self._spilled]
            return self._read(place // self._block)[place % self._block]

    def append(self, event: Event) -> None:
        """Add one event at the end."""
        self.extend((event,))

    def extend(self, events: Iterable[Event]) -> None:
        """Add several events at the end."""
        with self._lock:
            self._tail.extend(events)
            while len(self._tail) >= 2 * self._block:
                self._spill()

    def _run(self, start: int) -> list[Event]:
        """Return the events from there to the end of what lies in one piece; none at the end."""
        with self._lock:
            if start >= self._spilled:
                return self._tail[start - self._spilled :]
            return self._read(start // self._block)[start % self._block :]

    @property
    def _spilled(self) -> int:
        return len(self._spans) * self._block

    def _spill(self) -> None:
        if self._file is None:
            self._file = tempfile.TemporaryFile(prefix="downtick-")  # noqa: SIM115 - lives as long as this
            weakref.finalize(self, self._file.close)
        packed = _encode(self._tail[: self._block])
        offset = self._file.seek(0, 2)
        self._file.write(packed)
        self._spans.append((offset, len(packed)))
        del self._tail[: self._block]

    def _read(self, block: int) -> list[Event]:
        if self._again[0] != block:
            assert self._file is not None
            offset, size = self._spans[block]
            self._file.seek(offset)
            self._again = block, _decode(self._file.read(size))
        return self._again[1]
