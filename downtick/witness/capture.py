"""Captures of a run: a file for each link, and the keys that open what it carried. All of it is secret.

Each file holds both sides of Toxiproxy: bot and link, link and exchange. TLS goes through from end to end, so the same
keys open both.

Events, of the source ``arena``, which name files and never what is in them:

- ``capturing``: ``files``, by link, and ``key_log``; they stand beside the history.
- ``no_capture``: nothing is written, or nothing more, for a ``reason``.
- ``captured``: what each of ``counts`` holds, by link: ``packets``, and ``dropped`` for which the kernel had no room.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import BinaryIO, Final

from downtick.history import Event
from downtick.witness import pcap
from downtick.witness.packets import Packets, why_not
from downtick.witness.sightings import WatchedLink

_EVERY: Final = 0.010
"""Seconds from one look for packets to the next: to wake up for each one costs nearly three times as much."""

_AT_ONCE: Final = 16
"""Packets of a link, at most 1 MB, that are written before the exchange has its turn again."""

_MOST: Final = 1 << 30
"""Bytes of a file: a bot that runs wild shall not fill the disk."""

_OWNER_ALONE: Final = 0o600


class Capture:
    """Captures from `open` to `close`, in the event loop that runs. Where it cannot, it says so and does nothing.

    Args:
        files: path of the files, without their suffixes.
        tell: is given the events.

    Attributes:
        key_log: where a server is to write its TLS keys; None if nothing is captured.
    """

    def __init__(self, files: Path, tell: Callable[[list[Event]], None]) -> None:
        self._files = files
        self._tell = tell
        self._links: dict[str, _LinkCapture] = {}
        self.key_log: Path | None = None
        if (reason := why_not()) is not None:
            self._say("no_capture", reason=reason)
            return
        key_log = self._path("keys.log")
        try:
            key_log.parent.mkdir(parents=True, exist_ok=True)
            _create(key_log).close()
        except OSError as error:
            self._say("no_capture", reason=str(error))
        else:
            self.key_log = key_log

    def open(self, links: Iterable[WatchedLink]) -> None:
        """Begin, before the first bot connects."""
        if self.key_log is None:
            return
        try:
            for link in links:
                path = self._path(f"{link.name}.pcap")
                self._links[link.name] = _LinkCapture(link, path, self._break_off)
        except OSError as error:
            self._break_off(error)
            return
        files = {name: self._path(f"{name}.pcap").name for name in self._links}
        self._say("capturing", files=files, key_log=self.key_log.name)

    def close(self) -> None:
        """Write what waits, say what there is, and end. Twice is once."""
        links, self._links = self._links, {}
        counts = {name: link.close() for name, link in links.items()}
        if counts:
            self._say("captured", counts=counts)

    def _break_off(self, error: OSError) -> None:
        """Write no more, and say why: the run goes on without."""
        self._say("no_capture", reason=str(error))
        self.close()

    def _path(self, suffix: str) -> Path:
        return self._files.with_name(f"{self._files.name}.{suffix}")

    def _say(self, kind: str, **data: object) -> None:
        self._tell([Event(time.monotonic(), "arena", kind, data)])


class _LinkCapture:
    """One link's socket and file.

    Raises:
        OSError: one of them cannot be had.
    """

    def __init__(self, link: WatchedLink, path: Path, broke: Callable[[OSError], None]) -> None:
        self._broke = broke
        self._written = self._size = 0
        with contextlib.ExitStack() as stack:
            self._packets = Packets((link.listen, link.upstream))
            stack.callback(self._packets.close)
            self._file = stack.enter_context(_create(path))
            self._file.write(pcap.HEADER)
            self._loop = asyncio.get_running_loop()
            self._next: asyncio.Handle = self._loop.call_later(_EVERY, self._read)
            self._stack = stack.pop_all()

    def close(self) -> dict[str, int]:
        """Write what waits; return how many packets there are, and how many there are not."""
        dropped = 0
        self._next.cancel()
        with contextlib.suppress(OSError), self._stack:  # a full disk was told of already
            self._packets.hush()
            while self._write():
                pass
            dropped = self._packets.dropped()
        return {"packets": self._written, "dropped": dropped}

    def _read(self) -> None:
        try:
            more = self._write()
        except OSError as error:
            self._broke(error)
            return
        self._next = self._loop.call_later(0 if more else _EVERY, self._read)

    def _write(self) -> bool:
        """Write some of the packets that wait; return whether there may be more."""
        if self._size > _MOST:
            raise OSError(f"a capture has reached {_MOST:,} bytes")
        before = self._written
        for seconds, nanoseconds, data in self._packets.read(_AT_ONCE):
            self._size += self._file.write(pcap.record_head(seconds, nanoseconds, len(data)))
            self._size += self._file.write(data)
            self._written += 1
        return self._written - before == _AT_ONCE


def _create(path: Path) -> BinaryIO:
    """Make a file that only its owner may read, from its first instant on, in place of one of an earlier run.

    Raises:
        OSError: it cannot be made.
    """
    path.unlink(missing_ok=True)
    made = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _OWNER_ALONE)
    return os.fdopen(made, "wb")
