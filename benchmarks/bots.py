"""How old prices are when a hundred bots read them, each through its own connection to one link.

Run as ``python -m benchmarks.bots``. Bots, Toxiproxy and the exchange share the machine's cores. A tick's age is the
wall clock when its bytes were read less the instant of its event in the market; a hole in ``sequence_num`` would be
a dropped frame.
"""

from __future__ import annotations

import asyncio
import json
import multiprocessing
import os
import time
from datetime import datetime
from multiprocessing.connection import Connection

from benchmarks.table import Row, show
from downtick.arena.host import close_shared_arenas
from downtick.exchange.config import ExchangeConfig
from downtick.rig import Rig

BOTS = 100
PRODUCTS_EACH = 10
PRODUCTS = tuple(f"C{number:02d}-USD" for number in range(2 * PRODUCTS_EACH))
RATE = 10.5  # happenings a second and product: what gives 10,000 frames a second in all
WARM = 3.0
SECONDS = 15.0

_HANDSHAKE = (
    b"GET / HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n"
)
_SEQUENCE = b'"sequence_num":'
_EVENT = b'"type":"update","product_id"'
_TIME = b'"event_time":"'


class Bot(asyncio.Protocol):
    """Reads frames as cheaply as it can be done here: it stands for a bot that has nothing else to do.

    Args:
        number: decides its ten products.
    """

    def __init__(self, number: int) -> None:
        first = number % (len(PRODUCTS) - PRODUCTS_EACH + 1)
        self._products = PRODUCTS[first : first + PRODUCTS_EACH]
        self._buffer = b""
        self._upgraded = False
        self._next = 0
        self.dropped = 0
        self.frames = 0
        self.ages: list[float] = []
        self.lost = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Upgrade and subscribe."""
        assert isinstance(transport, asyncio.Transport)
        transport.write(_HANDSHAKE)
        for channel in ("level2", "heartbeats"):
            message = {"type": "subscribe", "channel": channel, "product_ids": self._products}
            text = json.dumps(message).encode()
            transport.write(b"\x81\xfe" + len(text).to_bytes(2) + b"\0\0\0\0" + text)

    def connection_lost(self, exc: Exception | None) -> None:
        """Note it: a slow consumer is cut off."""
        self.lost = True

    def data_received(self, data: bytes) -> None:
        """Take every whole frame."""
        buffer, now = self._buffer + data, time.time()
        if not self._upgraded:
            _, end, buffer = buffer.partition(b"\r\n\r\n")
            self._upgraded = bool(end)
        start = 0
        while len(buffer) - start >= 4:
            size, head = buffer[start + 1] & 0x7F, 2
            if size == 126:
                size, head = int.from_bytes(buffer[start + 2 : start + 4]), 4
            elif size == 127:
                size, head = int.from_bytes(buffer[start + 2 : start + 10]), 10
            end_of_frame = start + head + size
            if len(buffer) < end_of_frame:
                break
            self._frame(buffer, start + head, end_of_frame, now)
            start = end_of_frame
        self._buffer = buffer[start:]

    def _frame(self, buffer: bytes, start: int, end: int, now: float) -> None:
        place = buffer.index(_SEQUENCE, start, end) + len(_SEQUENCE)
        sequence = int(buffer[place : buffer.index(b",", place)])
        self.dropped += sequence - self._next
        self._next = sequence + 1
        self.frames += 1
        if (event := buffer.find(_EVENT, start, end)) > 0:
            event = buffer.index(_TIME, event, end) + len(_TIME)
            self.ages.append(now - _seconds(buffer[event : event + 27]))


def _seconds(text: bytes) -> float:
    """Return ``2026-08-12T19:27:47.532655Z`` in Unix seconds."""
    return datetime.fromisoformat(text.decode()).timestamp()


async def _read(host: str, port: int, tell: Connection) -> None:
    bots = [Bot(number) for number in range(BOTS)]
    loop = asyncio.get_running_loop()
    for bot in bots:
        await loop.create_connection(lambda bot=bot: bot, host, port)  # type: ignore[misc]
    await asyncio.sleep(WARM)
    for bot in bots:
        bot.ages.clear()
        bot.frames = 0
    start, burnt = time.monotonic(), time.process_time()
    await asyncio.sleep(SECONDS)
    taken = time.monotonic() - start
    tell.send(
        (
            [age for bot in bots for age in bot.ages],
            sum(bot.frames for bot in bots) / taken,
            sum(bot.dropped for bot in bots),
            sum(bot.lost for bot in bots),
            (time.process_time() - burnt) / taken,
        )
    )


def bots(host: str, port: int, tell: Connection) -> None:
    """Be a hundred bots: the other process."""
    asyncio.run(_read(host, port, tell))


def main() -> None:
    """Measure and print."""
    here, there = multiprocessing.Pipe()
    try:
        with Rig(exchange=ExchangeConfig(products=PRODUCTS, tick_rate=RATE)) as rig:
            address = rig.endpoints.addresses["market_ws"]
            process = multiprocessing.get_context("spawn").Process(
                target=bots, args=(*address, there)
            )
            process.start()
            ages, rate, dropped, lost, share = here.recv()
            process.join()
        show(
            f"age of a tick when {BOTS} bots read {PRODUCTS_EACH} products each, {os.cpu_count()} cores (ms)",
            [Row.of("ticks", ages, 1000)],
        )
        print(
            f"  {rate:,.0f} frames a second in all; {dropped} dropped, {lost} connections lost; "
            f"the bots took {share:.0%} of a core"
        )
    finally:
        close_shared_arenas()


if __name__ == "__main__":
    main()
