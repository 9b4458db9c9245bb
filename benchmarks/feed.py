"""What the feed costs beside a bare send loop of the same library, to a reader in another process.

Run as ``python -m benchmarks.feed``. Absolute rates belong to the machine; the shares were measured in the same run.
"""

from __future__ import annotations

import asyncio
import itertools
import multiprocessing
import socket
import statistics
import time
from collections.abc import Awaitable, Callable, Iterator
from itertools import islice

from aiohttp import web

from downtick.exchange.config import ExchangeConfig
from downtick.exchange.frames import Body, envelope, ticker_update
from downtick.exchange.gateway import Gateway
from downtick.exchange.hub import Hub
from downtick.exchange.journal import Journal
from downtick.exchange.listener import Handler, Listener
from downtick.exchange.market import MarketClock, MarketState, SeededMarket
from downtick.exchange.publisher import Publisher
from downtick.exchange.session import Session
from downtick.exchange.times import rfc3339_nanos
from downtick.exchange.venue import open_venue

FRAMES = 60_000
ROUNDS = 5
_PRODUCT = "BTC-USD"
_END = b"that is all"
_HANDSHAKE = (
    b"GET / HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n"
)

Loop = Callable[[int], Awaitable[float]]


def read_all(port: int) -> None:
    """Connect, subscribe, and read until the end is announced: the other process."""
    subscribe = b'{"type":"subscribe","channel":"ticker"}'
    with socket.create_connection(("127.0.0.1", port)) as sock:
        sock.sendall(_HANDSHAKE)
        sock.sendall(b"\x81" + bytes((0x80 | len(subscribe),)) + b"\0\0\0\0" + subscribe)
        tail = b""
        while not tail.endswith(_END):
            tail = (tail + sock.recv(1 << 18))[-len(_END) :]


async def _timed(handler: Handler, hub: Hub, done: asyncio.Future[float]) -> float:
    """Serve one reader and return the seconds that its frames took."""
    numbers = itertools.count(1)
    listener = Listener(
        "market_ws",
        "127.0.0.1",
        next_number=lambda: next(numbers),
        handler=handler,
        faults=hub.faults,
        journal=hub.journal,
        tls=None,
    )
    _, port = listener.open()
    reader = multiprocessing.get_context("spawn").Process(target=read_all, args=(port,))
    await asyncio.to_thread(reader.start)
    start = await done
    await asyncio.to_thread(reader.join)
    taken = time.perf_counter() - start
    await listener.close()
    await hub.stop()
    return taken


async def bare(count: int) -> float:
    """A loop that sends one constant text with aiohttp."""
    body = _body()
    text = envelope(body, 12345, rfc3339_nanos(time.time_ns()), client_id=True).decode()
    started: asyncio.Future[float] = asyncio.get_running_loop().create_future()

    async def handler(request: web.BaseRequest) -> web.StreamResponse:
        ws = web.WebSocketResponse(compress=False)
        await ws.prepare(request)
        await ws.receive()
        started.set_result(time.perf_counter())
        for _ in range(count):
            await ws.send_str(text)
        await ws.send_str(_END.decode())
        await ws.receive()
        return ws

    return await _timed(handler, _hub(), started)


async def feed(count: int) -> float:
    """The feed: envelope, sequence number, time, journal; one body."""
    return await _feed(itertools.repeat(_body(), count))


async def market(count: int) -> float:
    """The feed with the market behind it: every event applied and encoded."""
    seeded = SeededMarket(1, [_PRODUCT], rate=50.0)
    clock = MarketClock(time.time_ns())
    state = MarketState(seeded.openings)
    publisher = Publisher(state, clock, lambda *_: True)

    def bodies() -> Iterator[Body]:
        for event in seeded.events():
            state.apply(event)
            yield from publisher.happened(event)

    return await _feed(islice(bodies(), count))


async def _feed(bodies: Iterator[Body]) -> float:
    hub = _hub()
    started: asyncio.Future[float] = asyncio.get_running_loop().create_future()
    subscribed = asyncio.Event()

    def snapshots(channel: str, products: tuple[str, ...]) -> tuple[Body, ...]:
        subscribed.set()
        return ()

    gateway = Gateway(hub, lambda limits: Session((_PRODUCT,), snapshots, limits))

    async def pour() -> None:
        await subscribed.wait()
        (one,) = hub.feeds
        started.set_result(time.perf_counter())
        for body in bodies:
            one.send(body)
            while one.backlog:  # noqa: ASYNC110 - nothing else tells that the reader has read
                await asyncio.sleep(0)
        one.say(_END, "end")

    hub.run(pour())
    return await _timed(gateway.handle, hub, started)


def _body() -> Body:
    opening = SeededMarket(1, [_PRODUCT], rate=1.0).openings
    return ticker_update(MarketState(opening).ticker(_PRODUCT))


def _hub() -> Hub:
    # The journal's events are made and dropped: what becomes of them is the arena's cost.
    journal = Journal(lambda events: None)
    return Hub(ExchangeConfig(), journal, open_venue(ExchangeConfig(), (), journal.record))


def main() -> None:
    """Print the table."""
    loops: dict[str, Loop] = {
        "bare aiohttp send loop": bare,
        "feed, one body": feed,
        "feed, market behind it": market,
    }
    rates: dict[str, list[float]] = {name: [] for name in loops}
    for _ in range(ROUNDS):
        for name, loop in loops.items():
            rates[name].append(FRAMES / asyncio.run(_run(loop)))
    best = statistics.median(rates["bare aiohttp send loop"])
    print(
        f"\nFrames a second to one reader in another process ({FRAMES} frames, median of {ROUNDS})"
    )
    print(f"  {'':<28}{'frames/s':>12}{'share':>8}")
    for name, measured in rates.items():
        rate = statistics.median(measured)
        print(f"  {name:<28}{rate:>12,.0f}{rate / best:>8.2f}")


async def _run(loop: Loop) -> float:
    return await loop(FRAMES)


if __name__ == "__main__":
    main()
