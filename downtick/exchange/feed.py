"""One client's feed on its socket: reads what it says, sends what its dialogue answers, keeps its timers, ends it."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from itertools import count
from time import monotonic
from typing import TYPE_CHECKING, Final

from aiohttp import WSMsgType, web

from downtick.exchange.connection import Connection
from downtick.exchange.dialogue import Answer, Dialogue
from downtick.exchange.frame_writer import CLOSE, PING, PONG, FrameWriter
from downtick.exchange.outbox import Outbox

if TYPE_CHECKING:
    from downtick.exchange.hub import Hub
    from downtick.exchange.protocol import HttpProtocol

GOING_AWAY: Final = 1001
POLICY: Final = (
    1008  # Coinbase documents the reasons, not the codes (docs: Exchange WebSocket errors)
)
NO_CODE: Final = 1005  # stands for a close frame without a code (RFC 6455, 7.4.1)


class FeedConnection:
    """One upgraded connection.

    Args:
        hub: hands over bodies, and says whether frames may leave.
        connection: whose feed this is.
        protocol: of the connection.
        writer: of its frames.
        dialogue: what the client says, and what it is answered.

    Attributes:
        dialogue: likewise.
        send: see `Outbox.send`; one call less for every frame.
        say: see `Outbox.say`.
    """

    def __init__(
        self,
        hub: Hub,
        connection: Connection,
        protocol: HttpProtocol,
        writer: FrameWriter,
        dialogue: Dialogue,
    ) -> None:
        self.number = connection.number
        self.dialogue = dialogue
        self._hub = hub
        self._connection = connection
        self._protocol = protocol
        self._writer = writer
        self._outbox = Outbox(hub, self, protocol, writer)
        self.send = self._outbox.send
        self.say = self._outbox.say
        self._pongs: dict[bytes, asyncio.Future[None]] = {}
        self._tokens = count()
        self._timer: asyncio.TimerHandle | None = None

    @property
    def listener(self) -> str:
        """The door that it came through."""
        return self._connection.listener

    @property
    def active(self) -> Mapping[str, tuple[str, ...]]:
        """Subscribed products by channel."""
        return self.dialogue.active

    @property
    def backlog(self) -> bool:
        """Whether a frame would have to wait."""
        return self._outbox.backlog

    def pump(self) -> None:
        """Send what waits, as far as it may leave now."""
        self._outbox.pump()

    def show(self, channel: str) -> None:
        """Send the snapshots of a subscribed channel again."""
        for body in self.dialogue.again(channel):
            self.send(body)

    # -- ending ------------------------------------------------------------------------------------

    def close(self, code: int, reason: str, *, by: str, fault: int | None = None) -> None:
        """Send a close frame. The client has ``close_timeout`` to answer it, then it is reset."""
        if not self._outbox.open:
            return
        payload = b"" if code == NO_CODE else code.to_bytes(2, "big") + reason.encode()[:123]
        self._writer.send(CLOSE, payload)
        self._outbox.end()
        self._connection.end(
            "fault" if by == "fault" else "exchange",
            "close_frame",
            code=code,
            reason=reason or None,
            fault=fault,
        )
        transport = self._protocol.transport
        if transport is not None:
            timeout = self._hub.config.close_timeout * self._hub.config.time_scale
            asyncio.get_running_loop().call_later(timeout, transport.abort)

    def cut_off(self) -> None:
        """Close it because its client reads too slowly."""
        self.close(POLICY, "ErrSlowConsume", by="exchange")

    def abort(self, fault: int) -> None:
        """Reset the connection without a close frame."""
        self._outbox.end()
        if self._protocol.transport is not None:
            self._connection.reset(self._protocol.transport, "fault", fault)

    def drop(self) -> None:
        """End the connection because the exchange ends."""
        self._outbox.end()
        self._connection.end("exchange", "abort")
        if self._protocol.transport is not None:
            self._protocol.transport.abort()

    # -- receiving ---------------------------------------------------------------------------------

    async def serve(self, socket: web.WebSocketResponse) -> None:
        """Answer the client until the connection is over."""
        self._protocol.on_resume = self._outbox.pump
        self._hub.join(self)
        self._watch_clock()
        try:
            while await self._next(socket):
                pass
        finally:
            self._outbox.open = False
            self._hub.leave(self)
            if self._timer is not None:
                self._timer.cancel()
            for pong in self._pongs.values():
                pong.cancel()

    async def read_up(self) -> None:
        """Return when the client has read everything that was sent before (or is gone)."""
        if not self._outbox.open:
            return
        token = b"downtick %d" % next(self._tokens)  # a late pong proves nothing about a later ping
        self._pongs[token] = asyncio.get_running_loop().create_future()
        try:
            self._writer.send(PING, token)
            await self._pongs[token]
        finally:
            del self._pongs[token]

    async def _next(self, socket: web.WebSocketResponse) -> bool:
        """Take one message and return whether there may be another."""
        message = await socket.receive()
        match message.type:
            case WSMsgType.TEXT:
                self._received(message.data)
            case WSMsgType.BINARY:
                self._journal_received("binary", len(message.data))
                self.say(self.dialogue.binary, "error")
            case WSMsgType.PING:
                self._journal_received("ping", len(message.data))
                if self._outbox.open:
                    self._writer.send(PONG, bytes(message.data))
            case WSMsgType.PONG:
                pong = self._pongs.get(bytes(message.data))
                if pong is not None and not pong.done():
                    pong.set_result(None)
            case WSMsgType.CLOSE:
                self._connection.end("bot", "close_frame", code=message.data, reason=message.extra)
                await self._answer_close(message.data)
                return False
            case WSMsgType.ERROR:
                self._connection.end(
                    "exchange",
                    "close_frame",
                    code=int(getattr(message.data, "code", 1006)),
                    reason=str(message.data),
                )
                return False
            case _:
                return False
        return True

    async def _answer_close(self, code: int | None) -> None:
        transport = self._protocol.transport
        if self._outbox.open:
            self._writer.send(CLOSE, code.to_bytes(2, "big") if code else b"")
            self._outbox.end()
        if transport is not None:
            transport.close()

    def _received(self, text: str) -> None:
        answer = self.dialogue.receive(text, monotonic())
        self._journal_answer(answer, len(text))
        for error in answer.refused.frames if answer.refused is not None else ():
            self.say(error, "error")
        if answer.request is None:
            return
        for body in answer.bodies:
            self.send(body)
        self._hub.subscribed(self)
        if answer.request.type == "subscribe":
            self._hub.triggers.count("exchange.subscriptions")
        self._watch_clock()

    def _journal_answer(self, answer: Answer, size: int) -> None:
        if answer.refused is not None:
            self._journal_received("refused", size, reason=answer.refused.reason)
        if answer.request is not None:
            self._journal_received(answer.request.type, size, **answer.request.words)

    def _journal_received(self, kind: str, size: int, **more: object) -> None:
        self._hub.journal.record("frame_received", conn=self.number, type=kind, size=size, **more)

    # -- timers ------------------------------------------------------------------------------------

    def _watch_clock(self) -> None:
        """Look at the connection's limits again when the next one may run out."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        due = self.dialogue.limits.next_check(self._outbox.last_frame)
        if due is not None and self._outbox.open:
            delay = max(0.0, due - monotonic())
            self._timer = asyncio.get_running_loop().call_later(delay, self._check_clock)

    def _check_clock(self) -> None:
        outbox, now = self._outbox, monotonic()
        if outbox.backlog:
            outbox.last_frame = now  # not idle: frames wait to leave
        reason = self.dialogue.limits.overdue(now, outbox.last_frame)
        if reason is None:
            self._watch_clock()
        else:
            self.close(GOING_AWAY, reason, by="exchange")
