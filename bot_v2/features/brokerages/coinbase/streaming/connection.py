"""One WebSocket connection: opening it, reading, sending, pinging. All the I/O there is."""

from __future__ import annotations

import asyncio
import contextlib
import functools
import ssl
import time
from collections.abc import Callable, Iterable

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed
from websockets.protocol import State

from bot_v2.features.brokerages.coinbase.streaming.backlog import Item
from bot_v2.features.brokerages.coinbase.streaming.losses import Loss, Reason, loss_of
from bot_v2.features.brokerages.coinbase.streaming.session import Session
from bot_v2.features.brokerages.coinbase.streaming.settings import StreamingSettings

Deliver = Callable[[Iterable[Item]], None]


class Wire(ClientConnection):
    """A connection that counts its bytes, so that a large message on its way is seen before its end."""

    bytes_received = 0

    def data_received(self, data: bytes) -> None:
        """Count what the transport hands in, then go on as usual."""
        self.bytes_received += len(data)
        super().data_received(data)


async def open_wire(url: str, tls: ssl.SSLContext | None, settings: StreamingSettings) -> Wire:
    """Make one attempt to connect.

    Pings are ours (`serve`), because the library's know nothing of a message that is still arriving nor of a
    process that was busy. There is no compression: Coinbase documents none for this feed.

    Raises:
        one of `losses.NETWORK_ERRORS`: it failed.
    """
    connection = await connect(
        url,
        ssl=tls,
        proxy=None,
        compression=None,
        open_timeout=settings.open_timeout,
        close_timeout=settings.close_timeout,
        ping_interval=None,
        max_size=settings.max_size,
        create_connection=Wire,
    )
    assert isinstance(connection, Wire)
    return connection


async def serve(
    wire: Wire,
    session: Session,
    settings: StreamingSettings,
    wake: asyncio.Event,
    deliver: Deliver,
) -> Loss:
    """Keep one connection going until it is lost; return why.

    Args:
        wire: open.
        session: what its frames mean.
        settings: in real seconds.
        wake: set when the session may have something to send, or something to look at.
        deliver: takes what the consumer shall see.
    """
    reader = asyncio.create_task(_read(wire, session, deliver))
    reader.add_done_callback(lambda _: wake.set())
    closing = 0
    try:
        while not reader.done():
            wake.clear()
            session.pulse(time.monotonic(), wire.bytes_received)
            if session.loss is not None:
                return session.loss
            # After a close frame the reader ends when the peer closes TCP. Not every peer does.
            closing += wire.state is not State.OPEN
            if closing > 1:
                return Loss(Reason.CLOSED, f"close code {wire.close_code}")
            if closing == 0 and (failed := await _send_what_is_due(wire, session, settings)):
                return failed
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(settings.pulse):
                    await wake.wait()
        return reader.result()
    finally:
        reader.cancel()
        await asyncio.wait({reader})


async def hang_up(wire: Wire, *, politely: bool) -> None:
    """End the connection: with a close frame and `close_timeout` to answer it, or at once."""
    try:
        if politely:
            await wire.close()
    finally:
        wire.transport.abort()
        await wire.wait_closed()


async def _read(wire: Wire, session: Session, deliver: Deliver) -> Loss:
    try:
        while session.loss is None:
            # Bytes, not text: text that is not UTF-8 would make the library end the connection.
            data = await wire.recv(decode=False)
            deliver(session.received(data, time.monotonic(), wire.bytes_received))
    except ConnectionClosed as closed:
        return loss_of(closed)
    return session.loss


async def _send_what_is_due(
    wire: Wire, session: Session, settings: StreamingSettings
) -> Loss | None:
    try:
        async with asyncio.timeout(settings.ping_timeout):
            while (frame := session.next_frame(time.monotonic())) is not None:
                await wire.send(frame)
            if session.ping_due(time.monotonic()):
                pong = asyncio.ensure_future(await wire.ping())
                pong.add_done_callback(functools.partial(_ponged, session))
    except ConnectionClosed as closed:
        return loss_of(closed)
    except TimeoutError:
        return Loss(Reason.STALLED, "the peer takes nothing that we send")
    return None


def _ponged(session: Session, pong: asyncio.Future[float]) -> None:
    if not pong.cancelled() and pong.exception() is None:
        session.ponged()
