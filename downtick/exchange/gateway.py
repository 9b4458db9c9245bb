"""WebSocket handshakes: refused, or turned into a feed."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from functools import partial
from time import monotonic
from typing import Final, cast

from aiohttp import web

from downtick.exchange.delivery import plain_response
from downtick.exchange.dialogue import Dialogue
from downtick.exchange.feed import FeedConnection
from downtick.exchange.frame_writer import FrameWriter
from downtick.exchange.hub import Hub
from downtick.exchange.limits import Limits, Rules
from downtick.exchange.protocol import HttpProtocol

Speak = Callable[[Limits], Dialogue]
"""Begins the dialogue of a new connection."""

_MESSAGE_SIZE: Final = 1024 * 1024  # of what clients send
_SHORTEST: Final = 0.2  # real seconds: no client is cut off sooner, whatever the time scale


class Gateway:
    """Handles every request of one WebSocket door, in whichever dialect.

    Args:
        hub: takes in the feeds.
        speak: begins a dialogue in the dialect of this door.
    """

    def __init__(self, hub: Hub, speak: Speak) -> None:
        self._hub = hub
        self._speak = speak
        self._upgrades: deque[float] = deque()
        config, scale = hub.config, hub.config.time_scale
        self._rules = Rules(
            first_subscribe=_deadline(config.first_subscribe, scale),
            idle_close=_deadline(config.idle_close, scale),
            message_rate=_times(config.message_limit, 1 / scale),
        )
        self._upgrade_rate = _times(config.connection_limit, 1 / scale)

    async def handle(self, request: web.BaseRequest) -> web.StreamResponse:
        """Answer one request."""
        protocol = cast(HttpProtocol, request.protocol)
        protocol.arrived()
        number = protocol.connection.number
        struck = self._hub.faults.upgrade(number, request.path, protocol.connection.listener)
        if struck is not None:
            answer, fault = struck
            return self._refuse(number, plain_response(answer), fault.handle)
        if self._too_many(monotonic()):
            return self._refuse(number, web.Response(status=429, text="Too Many Requests\n"))
        socket = web.WebSocketResponse(
            autoping=False, autoclose=False, timeout=0.1, max_msg_size=_MESSAGE_SIZE
        )
        if not socket.can_prepare(request):
            return self._refuse(number, web.Response(status=400, text="Bad Request\n"))
        try:
            await socket.prepare(request)
        except ConnectionResetError:  # the client did not wait for the handshake's answer
            return web.Response()  # for nobody; a socket that is half prepared cannot be ended
        await self._serve(request, socket, protocol)
        return socket

    async def _serve(
        self, request: web.BaseRequest, socket: web.WebSocketResponse, protocol: HttpProtocol
    ) -> None:
        transport = request.transport
        if transport is None:
            return
        connection = protocol.connection
        connection.written += request.writer.output_size
        self._hub.journal.record(
            "upgraded", conn=connection.number, compression=bool(socket.compress)
        )
        writer = FrameWriter(
            transport,
            connection.written,
            int(socket.compress),
            encrypted=transport.get_extra_info("ssl_object") is not None,
            soon=asyncio.get_running_loop().call_soon,
            full=lambda: protocol.full,
        )
        gone = partial(self._hub.faults.subscribe, connection.number, connection.listener)
        dialogue = self._speak(Limits(self._rules, monotonic(), gone))
        feed = FeedConnection(self._hub, connection, protocol, writer, dialogue)
        self._hub.triggers.count("exchange.connections")
        await feed.serve(socket)

    def _refuse(
        self, number: int, response: web.Response, fault: int | None = None
    ) -> web.Response:
        response.force_close()
        self._hub.journal.record("refused", conn=number, status=response.status, fault=fault)
        return response

    def _too_many(self, now: float) -> bool:
        """Whether this handshake is over the limit of any one second."""
        if self._upgrade_rate is None:
            return False
        self._upgrades.append(now)
        while self._upgrades[0] <= now - 1.0:
            self._upgrades.popleft()
        return len(self._upgrades) > self._upgrade_rate


def _times(value: float | None, factor: float) -> float | None:
    return None if value is None else value * factor


def _deadline(value: float | None, scale: float) -> float | None:
    return None if value is None else max(value * scale, _SHORTEST)
