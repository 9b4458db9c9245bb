"""Plain sockets on loopback with a witness beside them: a listener stands where Toxiproxy would."""

from __future__ import annotations

import asyncio
import os
import socket
import struct
from collections.abc import Callable

from downtick.history import Event, History, matching
from downtick.witness.sightings import WatchedLink
from downtick.witness.watch import INTERVAL, Witness

WITHIN = 10.0
"""Seconds in which the kernel tells what it has to tell, on however busy a machine."""

HERE = f"127.{1 + os.getpid() // 250 % 250}.{1 + os.getpid() % 250}.2"
"""An address of this process alone: of a refused connect the kernel tells no more than the host."""


class Scene:
    """One link, its witness and what that told.

    Attributes:
        history: everything that was told.
        place: where the link listens.
        witness: that watches it.
    """

    def __init__(self, interval: float = INTERVAL) -> None:
        self.history = History()
        self._told = asyncio.Event()
        self._listener = socket.create_server((HERE, 0), backlog=128)
        self.place: tuple[str, int] = self._listener.getsockname()
        nowhere = ("127.255.255.254", 9)
        link = WatchedLink("rest", self.place, nowhere)
        self.witness = Witness([link], self._hear, interval).open()

    def _hear(self, events: list[Event]) -> None:
        self.history.extend(events)
        self._told.set()

    def connect(self, host: str = HERE) -> tuple[socket.socket, socket.socket]:
        """Return the bot's end of a new connection, and the link's."""
        bot = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
        bot.connect((host, self.place[1]))
        return bot, self._listener.accept()[0]

    def stop_listening(self) -> None:
        """Let whoever connects from now on be refused."""
        self._listener.close()

    async def until(self, condition: Callable[[], object]) -> None:
        """Wait until the witness has told something that makes this true."""
        async with asyncio.timeout(WITHIN):
            while not condition():
                self._told.clear()
                await self._told.wait()

    async def event(self, kind: str, **data: object) -> Event:
        """Wait for an event and return it."""
        wanted = matching(kind, source="witness", **data)
        await self.until(lambda: any(map(wanted, self.history)))
        return next(filter(wanted, self.history))

    async def short_life(self) -> None:
        """Open and close a connection, and wait until a death is told, or that deaths were lost."""

        def told() -> int:
            return len(self.history.select("died")) + len(self.history.select("lost"))

        before = told()
        for end in self.connect():
            end.close()
        await self.until(lambda: told() > before)

    async def number(self, end: str, port: int) -> int:
        """Wait until one end of a connection is seen, and return its number."""
        found: int = (await self.event("born", end=end, port=port))["socket"]
        return found

    async def death(self, end: str, port: int) -> Event:
        """Wait until one end of a connection is dead."""
        return await self.event("died", socket=await self.number(end, port))

    def close(self) -> None:
        """End the witness, and listen no more."""
        self.witness.close()
        self._listener.close()


def port_of(bot: socket.socket) -> int:
    """Return the bot's own port."""
    port: int = bot.getsockname()[1]
    return port


def abort(end: socket.socket) -> None:
    """Close it with a RST."""
    end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    end.close()
