"""Raw sockets at both ends of a link, and what the kernel told each of them.

::

    client End ──▶ link (Toxiproxy) ──▶ upstream End          20 such pairs on one link

Every byte is known: a stream is one pattern over and over, so an end that has read n bytes knows whether they
are the first n that were sent.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
import time
from collections.abc import AsyncIterator, Callable, Iterable
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Final, Literal

from downtick.links.link import Link

CONNECTIONS: Final = 20

Traffic = Literal["idle", "feed", "saturated"]
TRAFFIC: Final[tuple[Traffic, ...]] = ("idle", "feed", "saturated")

RECORD: Final = 100
"""Bytes of one message of a feed."""

INTERVAL: Final = 0.02
"""Seconds between two messages of a feed: 50 a second."""

BLOCK: Final = 16_384
"""Bytes of one write of an end that sends as fast as it can."""

BUFFER: Final = 32_768
"""Bytes that the kernel keeps for an end: little, so that a saturated link has no long tail."""

_TCP_TABLE: Final = Path("/proc/net/tcp")

_PERIOD: Final = 65_521  # a prime: no block or segment size divides it
_PATTERN: Final = bytes((i * i + i // 251) % 256 for i in range(_PERIOD)) * 3


@dataclass(eq=False)
class End:
    """One end of a connection: reads until it is closed, and remembers how.

    Attributes:
        closing: the first closing segment that arrived, ``FIN`` or ``RST``; None while open.
        closed_at: when it was met, monotonic.
        sent: bytes handed to the kernel.
        received: bytes read.
        intact: whether the bytes read are the first ones that were sent.
        writes: time before and stream position after each write.
        reads: time and stream position after each read.
        reader: the task that reads.
    """

    socket: socket.socket
    closing: Literal["FIN", "RST"] | None = None
    closed_at: float = 0.0
    sent: int = 0
    received: int = 0
    intact: bool = True
    writes: list[tuple[float, int]] = field(default_factory=list)
    reads: list[tuple[float, int]] = field(default_factory=list)
    reader: asyncio.Task[None] | None = None
    _sending: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def leave(self) -> None:
        """Close the socket, as a client does that has given up."""
        if self.reader is not None:
            self.reader.cancel()
            await asyncio.wait({self.reader})
        self.socket.close()

    def finish(self) -> None:
        """Send nothing more: a FIN goes out."""
        self.socket.shutdown(socket.SHUT_WR)

    async def read(self) -> None:
        """Read until the connection is closed, then close this end of it."""
        loop = asyncio.get_running_loop()
        try:
            while chunk := await loop.sock_recv(self.socket, 1 << 16):
                at = self.received % _PERIOD
                self.intact = self.intact and chunk == _PATTERN[at : at + len(chunk)]
                self.received += len(chunk)
                self.reads.append((time.monotonic(), self.received))
            # A RST is told once. If the sender's call met it, this one met an end of file: the sender goes first.
            await asyncio.sleep(0)
            self._closed("FIN")
        except ConnectionResetError:
            self._closed("RST")
        async with self._sending:
            self.socket.close()

    async def send(self, size: int) -> bool:
        """Send the next bytes of the pattern; False if the connection is closed."""
        at, now = self.sent % _PERIOD, time.monotonic()
        async with self._sending:
            try:
                await asyncio.get_running_loop().sock_sendall(self.socket, _PATTERN[at : at + size])
            except ConnectionResetError:
                self._closed("RST")
                return False
            except OSError:
                # EPIPE: a RST that came after the FIN, which the reader still meets; or closed here.
                return False
        self.sent += size
        self.writes.append((now, self.sent))
        return True

    def _closed(self, segment: Literal["FIN", "RST"]) -> None:
        if self.closing is None:
            self.closing, self.closed_at = segment, time.monotonic()

    def delays_of(self, sender: End) -> list[tuple[float, float]]:
        """Return when each write of the other end began, and after how many seconds it was read here whole."""
        delays: list[tuple[float, float]] = []
        reads = iter(self.reads)
        at, position = next(reads, (0.0, 0))
        for sent_at, end in sender.writes:
            while position < end:
                try:
                    at, position = next(reads)
                except StopIteration:
                    return delays
            delays.append((sent_at, at - sent_at))
        return delays


@dataclass(frozen=True, eq=False)
class Pair:
    """One connection through the link, by its two ends."""

    client: End
    upstream: End

    @property
    def ends(self) -> tuple[End, End]:
        """Both."""
        return self.client, self.upstream

    @property
    def complete(self) -> bool:
        """Whether every byte that was sent, either way, was read."""
        return (self.client.received, self.upstream.received) == (
            self.upstream.sent,
            self.client.sent,
        )


class Wire:
    """A link with an upstream behind it and connections through it."""

    def __init__(self, link: Link, listener: socket.socket) -> None:
        self.link = link
        self._listener = listener
        self._talkers: list[asyncio.Task[None]] = []
        self._pairs: list[Pair] = []
        self._quiet = asyncio.Event()
        self._may_send = asyncio.Event()
        self._may_send.set()

    async def connect(self, traffic: Traffic, count: int = CONNECTIONS) -> list[Pair]:
        """Open connections one after the other, so that both ends of each are known, and let traffic begin."""
        loop = asyncio.get_running_loop()
        pairs = []
        for _ in range(count):
            client = _plain_socket()
            await loop.sock_connect(client, (self.link.host, self.link.port))
            upstream, _ = await asyncio.wait_for(loop.sock_accept(self._listener), 5)
            upstream.setblocking(False)
            pairs.append(Pair(End(client), End(upstream)))
        self._pairs += pairs
        for end in (end for pair in pairs for end in pair.ends):
            end.reader = asyncio.create_task(end.read())
        self._talkers += [asyncio.create_task(self._talk(pair, traffic)) for pair in pairs]
        return pairs

    async def refused(self, count: int = CONNECTIONS) -> int:
        """Try to connect and return how often nobody listened."""
        loop = asyncio.get_running_loop()
        refusals = 0
        for _ in range(count):
            with _plain_socket() as client:
                try:
                    await loop.sock_connect(client, (self.link.host, self.link.port))
                except ConnectionRefusedError:
                    refusals += 1
        return refusals

    @contextlib.asynccontextmanager
    async def between_messages(self) -> AsyncIterator[None]:
        """Do something between two messages of the feeds: none is under way, and the next ones wait for it.

        A message that Toxiproxy has not read yet when it closes a socket turns the FIN into a RST: TCP
        tells the sender that it was lost.
        """
        self._may_send.clear()
        await until(lambda: not self._unread(), "Toxiproxy has read every message")
        yield
        self._may_send.set()

    def _unread(self) -> int:
        """Return the bytes that wait for Toxiproxy in the kernel; 0 where the kernel does not show it.

        Some are in its sockets, read by nobody; some on their way to them, sent but not acknowledged.
        """
        upstream, link, waiting = self._listener.getsockname()[1], self.link.port, 0
        for local, remote, _, queues in tcp_table():
            unacknowledged, unread = (int(size, 16) for size in queues.split(":"))
            if remote == upstream or local == link:
                waiting += unread
            if local == upstream or remote == link:
                waiting += unacknowledged
        return waiting

    async def quiet(self) -> None:
        """Send nothing more, and wait until the last write of every end is done."""
        self._quiet.set()
        await asyncio.wait_for(asyncio.gather(*self._talkers), 10)

    async def close(self) -> None:
        """End all traffic and close every socket."""
        for task in self._talkers:
            task.cancel()
        await asyncio.gather(*self._talkers, return_exceptions=True)
        for pair in self._pairs:
            for end in pair.ends:
                await end.leave()
        self._listener.close()

    async def _talk(self, pair: Pair, traffic: Traffic) -> None:
        """Send one message, which proves the connection, and then what the traffic is made of."""
        if traffic == "saturated":
            await asyncio.gather(*(self._flood(end) for end in pair.ends))
            return
        await self._may_send.wait()  # on a busy machine this one comes late
        await pair.upstream.send(RECORD)
        while traffic == "feed" and not self._quiet.is_set():
            await asyncio.sleep(INTERVAL)
            await self._may_send.wait()
            if not await pair.upstream.send(RECORD):
                return

    async def _flood(self, end: End) -> None:
        while not self._quiet.is_set():
            if not await end.send(BLOCK):
                return
            await asyncio.sleep(0)  # a write that does not block gives no other task its turn


def _plain_socket() -> socket.socket:
    plain = socket.socket()
    _shorten(plain)
    plain.setblocking(False)
    return plain


def _shorten(ours: socket.socket) -> None:
    ours.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, BUFFER)
    ours.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, BUFFER)


def listen() -> socket.socket:
    """Return a listening socket on loopback."""
    listener = socket.create_server(("127.0.0.1", 0), backlog=128)
    _shorten(listener)  # what it accepts inherits it
    listener.setblocking(False)
    return listener


async def until(condition: Callable[[], bool], what: str, within: float = 10.0) -> None:
    """Wait for a condition.

    Raises:
        AssertionError: it did not come true within so many seconds.
    """
    deadline = time.monotonic() + within
    while not condition():
        assert time.monotonic() < deadline, f"not within {within:g} s: {what}"
        await asyncio.sleep(0.002)


async def flowing(pairs: Iterable[Pair], traffic: Traffic) -> None:
    """Wait until every connection has delivered: its first message, or data both ways."""
    ends = [end for p in pairs for end in (p.ends if traffic == "saturated" else (p.client,))]
    await until(lambda: all(end.received for end in ends), f"data on every connection ({traffic})")


async def still(count: Callable[[], int], what: str, hold: float = 0.15) -> None:
    """Wait until a count does not change any more: for so many seconds it was the same."""
    last, since = count(), time.monotonic()

    def held() -> bool:
        nonlocal last, since
        if (now := count()) != last:
            last, since = now, time.monotonic()
        return time.monotonic() - since >= hold

    await until(held, f"{what} stands still")


async def closed(pairs: Iterable[Pair]) -> None:
    """Wait until both ends of every connection have met a closing segment."""
    ends = [end for pair in pairs for end in pair.ends]
    await until(lambda: all(end.closing for end in ends), "every end closed")


async def sent_more(pairs: Iterable[Pair], messages: int) -> None:
    """Wait until every upstream has sent so many messages of a feed more."""
    goals = [(p.upstream, p.upstream.sent + messages * RECORD) for p in pairs]
    await until(lambda: all(end.sent >= goal for end, goal in goals), "the feeds go on")


def longest_pause(sender: End, since: float) -> float:
    """Return the longest time, in seconds, in which this end sent nothing: a busy machine's doing, not a toxic's."""
    times = [since, *(at for at, _ in sender.writes if at > since), time.monotonic()]
    return max(later - earlier for earlier, later in pairwise(times))


def tally(ends: Iterable[End]) -> str:
    """Say what the ends met, as ``20 RST`` or ``12 FIN, 8 RST``."""
    seen = [end.closing or "open" for end in ends]
    return ", ".join(f"{seen.count(kind)} {kind}" for kind in sorted(set(seen)))


def time_waits(link: Link) -> set[int]:
    """Return the clients' ports of the link's own sockets in TIME_WAIT.

    There is one for each client that it sent a FIN first, none after a RST. They stay for a minute, so that those of
    an earlier link that had the same port must be taken off.
    """
    return {
        remote for local, remote, state, _ in tcp_table() if local == link.port and state == "06"
    }


def tcp_table() -> list[tuple[int, int, str, str]]:
    """Return local port, remote port, state and queues of every TCP socket; none where /proc is not."""
    if not _TCP_TABLE.exists():
        return []
    rows = (line.split() for line in _TCP_TABLE.read_text().splitlines()[1:])
    return [
        (int(row[1].split(":")[1], 16), int(row[2].split(":")[1], 16), row[3], row[4])
        for row in rows
    ]
