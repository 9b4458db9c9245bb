"""How long an order takes through Toxiproxy, its JWT checked, beside a bare aiohttp handler in the same run.

Run as ``python -m benchmarks.orders``. One client, one connection, one order after the other: limit orders that rest,
and every tenth a market order that matches. The client's own work is in every row: that of a raw socket, which is next to
nothing, and then that of requests, which most bots in Python use.
"""

from __future__ import annotations

import asyncio
import json
import multiprocessing
import socket
import statistics
import time
import uuid
from collections.abc import Callable, Iterator
from multiprocessing.connection import Connection
from urllib.parse import urlsplit

import requests
from aiohttp import web

from benchmarks.table import Row, show
from downtick.arena.host import close_shared_arenas, shared_arena
from downtick.exchange.auth.sign import bearer
from downtick.links.control import Control
from downtick.links.link import Link
from downtick.rig import Rig

ORDERS = 1000
ROUNDS = 3
PATH = "/api/v3/brokerage/orders"
_ANSWER = json.dumps({"success": True, "success_response": {"order_id": str(uuid.uuid4())}})


def _bodies() -> Iterator[bytes]:
    """Yield orders, none twice."""
    for number in range(ORDERS):
        configuration: dict[str, dict[str, object]] = {"market_market_ioc": {"quote_size": "5"}}
        if number % 10:
            limit = {"base_size": "0.0001", "limit_price": str(20000 + number), "post_only": True}
            configuration = {"limit_limit_gtc": limit}
        order = {
            "client_order_id": str(uuid.uuid4()),
            "product_id": "BTC-USD",
            "side": "BUY",
            "order_configuration": configuration,
        }
        yield json.dumps(order).encode()


Client = Callable[[str, int, dict[str, str]], list[float]]


def post_all(client: Client, host: str, port: int, headers: dict[str, str]) -> list[float]:
    """Post every order from another process, as a bot is one, and return the seconds that each took."""
    with multiprocessing.get_context("spawn").Pool(1) as process:
        return process.apply(client, (host, port, headers))


def by_requests(host: str, port: int, headers: dict[str, str]) -> list[float]:
    """Post them as a bot does."""
    taken = []
    with requests.Session() as session:
        session.trust_env = False
        for body in _bodies():
            start = time.perf_counter()
            answer = session.post(f"http://{host}:{port}{PATH}", data=body, headers=headers)
            taken.append(time.perf_counter() - start)
            if not answer.json()["success"]:
                raise RuntimeError(f"not an accepted order: {answer.text[:500]!r}")
    return taken


def by_socket(host: str, port: int, headers: dict[str, str]) -> list[float]:
    """Post them with as little work as can be."""
    lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    taken = []
    with socket.create_connection((host, port)) as sock:
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        reader = sock.makefile("rb")
        for body in _bodies():
            head = f"POST {PATH} HTTP/1.1\r\nHost: {host}\r\n{lines}Content-Length: {len(body)}\r\n\r\n"
            start = time.perf_counter()
            sock.sendall(head.encode() + body)
            answer = _read(reader)
            taken.append(time.perf_counter() - start)
            if b'"success":true' not in answer.replace(b" ", b""):
                raise RuntimeError(f"not an accepted order: {answer[:500]!r}")
    return taken


def _read(reader: object) -> bytes:
    size = 0
    while (line := reader.readline()) not in {b"\r\n", b""}:  # type: ignore[attr-defined]
        if line.lower().startswith(b"content-length:"):
            size = int(line.split(b":")[1])
    read: bytes = reader.read(size)  # type: ignore[attr-defined]
    return read


def serve_bare(tell: Connection) -> None:
    """Be a bare aiohttp handler that reads a body of JSON and answers one: the other process."""

    async def handle(request: web.BaseRequest) -> web.Response:
        json.loads(await request.read())
        return web.Response(text=_ANSWER, content_type="application/json")

    async def run() -> None:
        listener = await asyncio.get_running_loop().create_server(
            web.Server(handle, access_log=None), "127.0.0.1", 0
        )
        tell.send(listener.sockets[0].getsockname()[1])
        await listener.serve_forever()

    asyncio.run(run())


def main() -> None:
    """Measure and print."""
    here, there = multiprocessing.Pipe()
    bare = multiprocessing.get_context("spawn").Process(
        target=serve_bare, args=(there,), daemon=True
    )
    bare.start()
    port = here.recv()
    control = Control(shared_arena().ready.toxiproxy)
    link = asyncio.run(
        Link.create(control, "rest", ("127.0.0.1", port), proxy_name=f"bare-{uuid.uuid4().hex}")
    )
    clients = {"a raw socket": by_socket, "requests": by_requests}
    try:
        for name, client in clients.items():
            _measure(name, client, ("127.0.0.1", port), (link.host, link.port))
    finally:
        asyncio.run(link.destroy())
        close_shared_arenas()
        bare.terminate()


def _measure(name: str, client: Client, bare: tuple[str, int], linked: tuple[str, int]) -> None:
    """Let one client post to the bare handler, to it through Toxiproxy, and to the exchange."""
    rows: dict[str, list[float]] = {"bare aiohttp": [], "bare, Toxiproxy": [], "POST /orders": []}
    for _ in range(ROUNDS):
        rows["bare aiohttp"] += post_all(client, *bare, {})
        rows["bare, Toxiproxy"] += post_all(client, *linked, {})
        with Rig() as rig:
            address = urlsplit(rig.endpoints.rest)
            assert address.hostname
            assert address.port
            headers = bearer(rig.keys.es256, "POST", PATH)
            rows["POST /orders"] += post_all(client, address.hostname, address.port, headers)
    title = f"an order, one client: {name} (ms)"
    show(title, [Row.of(name, taken, 1000) for name, taken in rows.items()])
    p50 = {name: statistics.median(taken) for name, taken in rows.items()}
    print(
        f"  POST /orders: {p50['POST /orders'] / p50['bare aiohttp']:.2f} times the bare handler, "
        f"{p50['POST /orders'] / p50['bare, Toxiproxy']:.2f} times it through Toxiproxy"
    )


if __name__ == "__main__":
    main()
