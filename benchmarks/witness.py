"""What it costs to watch ten connections: the share of one core that the witness takes at a look every 20 ms.

Run as ``python -m benchmarks.witness`` (Linux). The feed runs in a process of its own, so that only the witness is
measured. Each connection has four sockets, as through Toxiproxy, and each look finds all of them changed. A machine with
more memory has a larger table of connections, which is walked when somebody connects.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import resource
import socket
import time
from multiprocessing.connection import Connection

from downtick.history import Event
from downtick.witness.netlink import Place
from downtick.witness.sightings import WatchedLink
from downtick.witness.watch import INTERVAL, Witness

SECONDS = 5.0
EVERY = 0.005
"""Seconds between two frames of each connection: each look finds all of them changed."""

FRAME = b"x" * 400


def _feed(connections: int, told: Connection) -> None:
    """Be bots, proxy and exchange of so many connections, until the other process says that it is over."""
    doors = [socket.create_server(("127.0.0.1", 0), backlog=connections) for _ in range(2)]
    lines = []
    for _ in range(connections):
        ends = []
        for door in doors:
            ends += [socket.create_connection(door.getsockname()), door.accept()[0]]
        lines.append(ends)
    told.send([door.getsockname() for door in doors])
    while not told.poll(EVERY):
        for bot, front, back, exchange in lines:
            for writer, reader in ((exchange, back), (front, bot)):
                writer.sendall(FRAME)
                reader.recv(len(FRAME), socket.MSG_WAITALL)


async def _watch(listen: Place, upstream: Place) -> tuple[float, int]:
    """Return the share of one core that a witness takes, and how many events it tells in a second."""
    events: list[Event] = []
    witness = Witness([WatchedLink("market_ws", listen, upstream)], events.extend)
    witness.open()
    usage, start = resource.getrusage(resource.RUSAGE_SELF), time.monotonic()
    await asyncio.sleep(SECONDS)
    after, taken = resource.getrusage(resource.RUSAGE_SELF), time.monotonic() - start
    witness.close()
    cpu = after.ru_utime + after.ru_stime - usage.ru_utime - usage.ru_stime
    return cpu / taken, int(len(events) / taken)


def main() -> None:
    """Measure and print."""
    print(f"\na witness that looks every {INTERVAL * 1000:.0f} ms")
    print(f"  {'connections':>12}{'sockets':>9}{'of one core':>13}{'events/s':>10}")
    for connections in (1, 10):
        ours, theirs = multiprocessing.Pipe()
        feed = multiprocessing.Process(target=_feed, args=(connections, theirs))
        feed.start()
        share, events = asyncio.run(_watch(*ours.recv()))
        ours.send("over")
        feed.join()
        print(f"  {connections:>12}{4 * connections:>9}{share:>12.1%}{events:>10}")


if __name__ == "__main__":
    main()
