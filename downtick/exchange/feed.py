"""One client's feed on its socket: numbers the frames, writes them, keeps what cannot leave yet."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Mapping, Sequence
from itertools import count
from time import monotonic, time_ns
from typing import TYPE_CHECKING, Final, NamedTuple

from aiohttp import WSMsgType, web

from downtick.exchange.connection import Connection
from downtick.exchange.faults.base import Fate
from downtick.exchange.faults.huge_snapshot import padded
from downtick.exchange.frame_writer import CLOSE, PING, PONG, TEXT, FrameWriter
from downtick.exchange.frames import Body, envelope
from downtick.exchange.messages import error_frame
from downtick.exchange.session import Answer, Session
from downtick.exchange.times import rfc3339_nanos

if TYPE_CHECKING:
    from downtick.exchange.hub import Hub
    from downtick.exchange.protocol import HttpProtocol

GOING_AWAY: Final = 1001
POLICY: Final = (
    1008  # Coinbase documents the reasons, not the codes (docs: Exchange WebSocket errors)
)
NO_CODE: Final = 1005  # stands for a close frame without a code (RFC 6455, 7.4.1)


class _Plain(NamedTuple):
    """A text frame without envelope: an error, or what a fault sends."""

    text: bytes
    kind: str
    fault: int | None


class FeedConnection:
    """One upgraded connection.

    Args:
        hub: hands over bodies, and says whether frames may leave.
        connection: whose feed this is.
        protocol: of the connection.
        writer: of its frames.
        session: what the client subscribed to.
    """

    def __init__(
        self,
        hub: Hub,
        connection: Connection,
        protocol: HttpProtocol,
        writer: FrameWriter,
        session: Session,
    ) -> None:
        self.number = connection.number
        self._hub = hub
        self._connection = connection
        self._protocol = protocol
        self._writer = writer
        self._session = session
        self._sequence = 0
        self._client_id = hub.config.send_client_id
        self._waiting: deque[Body | _Plain] = deque()  # frames that may not leave yet
        self._late: list[
            tuple[Body, int, bytes, int | None]
        ] = []  # to be sent after the next frame
        self._pongs: dict[bytes, asyncio.Future[None]] = {}
        self._tokens = count()
        self._last_frame = monotonic()
        self._timer: asyncio.TimerHandle | None = None
        self._open = True

    @property
    def active(self) -> Mapping[str, tuple[str, ...]]:
        """Subscribed products by channel."""
        return self._session.active

    @property
    def backlog(self) -> bool:
        """Whether a frame would have to wait."""
        return bool(self._waiting) or self._blocked

    @property
    def _blocked(self) -> bool:
        return bool(self._hub.held or self._protocol.full or self._writer.busy)

    # -- sending -----------------------------------------------------------------------------------

    def send(self, body: Body) -> None:
        """Send a frame now, or keep it in line if the feed is held or the client reads too slowly."""
        if self._waiting or self._hub.held or self._protocol.full or self._writer.busy:
            self._keep(body)
        elif self._open:
            self._emit(body)

    def pump(self) -> None:
        """Send what waits, as far as it may leave now."""
        self._writer.go_on()
        while self._waiting and not self._blocked:
            body = self._waiting.popleft()
            if not self._open:
                self._waiting.clear()
            elif isinstance(body, _Plain):
                self._emit_plain(body)
            else:
                self._emit(body)

    def show(self, channel: str) -> None:
        """Send the snapshots of a subscribed channel again."""
        for body in self._session.snapshots(channel, self.active.get(channel, ())):
            self.send(body)

    def say(self, text: bytes, kind: str, fault: int | None = None) -> None:
        """Send a text frame that has no envelope and no sequence number. It keeps its place in line."""
        plain = _Plain(text, kind, fault)
        if self.backlog:
            self._keep(plain)
        elif self._open:
            self._emit_plain(plain)

    def _emit_plain(self, plain: _Plain) -> None:
        offset = self._writer.send(TEXT, plain.text)
        self._hub.journal.record(
            "frame_sent",
            conn=self.number,
            type=plain.kind,
            size=len(plain.text),
            offset=offset,
            fault=plain.fault,
        )

    def _keep(self, body: Body | _Plain) -> None:
        self._waiting.append(body)
        if len(self._waiting) > self._hub.config.queue_limit and not self._hub.held:
            self._waiting.clear()
            self.close(POLICY, "ErrSlowConsume", by="exchange")

    def _emit(self, body: Body) -> None:
        hub, sequence = self._hub, self._sequence
        if hub.faults.any_frames or self._late:
            self._emit_with_faults(body, sequence)
            return
        # The path of nearly every frame, hence written out: see benchmarks/feed.py.
        self._sequence = sequence + 1
        payload = envelope(body, sequence, rfc3339_nanos(time_ns()), self._client_id)
        offset = self._writer.send(TEXT, payload)
        self._last_frame = hub.journal.frame(self.number, body, sequence, len(payload), offset)
        if hub.triggers.armed:
            hub.triggers.frame(body.channel)

    def _emit_with_faults(self, body: Body, sequence: int) -> None:
        fate, fault = self._hub.faults.frame(self, body, sequence)
        if fate is Fate.SILENT:
            return
        self._sequence = sequence + 1
        if fate is Fate.LOST:
            return
        payload = envelope(body, sequence, rfc3339_nanos(time_ns()), self._client_id)
        if fate is Fate.LATE:
            self._late.append((body, sequence, payload, fault))
            return
        padding = self._hub.faults.padding(self, body)
        if padding:
            self._write_long(body, sequence, padded(payload, padding))
            return
        self._write(body, sequence, payload, fault)
        if fate is Fate.TWICE:
            self._write(body, sequence, payload, fault)
        while self._late:
            self._write(*self._late.pop(0))

    def _write(self, body: Body, sequence: int, payload: bytes, fault: int | None) -> None:
        offset = self._writer.send(TEXT, payload)
        self._last_frame = self._hub.journal.frame(
            self.number, body, sequence, len(payload), offset, fault=fault
        )
        if self._hub.triggers.armed:
            self._hub.triggers.frame(body.channel)

    def _write_long(self, body: Body, sequence: int, pieces: Sequence[bytes]) -> None:
        size = sum(len(piece) for piece in pieces)

        def sent(offset: int | None) -> None:
            self._last_frame = self._hub.journal.frame(self.number, body, sequence, size, offset)
            if self._hub.triggers.armed:
                self._hub.triggers.frame(body.channel)
            self.pump()

        self._writer.send_long(TEXT, pieces, sent)

    # -- ending ------------------------------------------------------------------------------------

    def close(self, code: int, reason: str, *, by: str, fault: int | None = None) -> None:
        """Send a close frame. The client has ``close_timeout`` to answer it, then it is reset."""
        if not self._open:
            return
        payload = b"" if code == NO_CODE else code.to_bytes(2, "big") + reason.encode()[:123]
        self._writer.send(CLOSE, payload)
        self._end_writing()
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

    def abort(self, fault: int) -> None:
        """Reset the connection without a close frame."""
        self._end_writing()
        if self._protocol.transport is not None:
            self._connection.reset(self._protocol.transport, "fault", fault)

    def drop(self) -> None:
        """End the connection because the exchange ends."""
        self._end_writing()
        self._connection.end("exchange", "abort")
        if self._protocol.transport is not None:
            self._protocol.transport.abort()

    def _end_writing(self) -> None:
        """Let out what was sent, and nothing after it."""
        self._open = False
        self._writer.flush()

    # -- receiving ---------------------------------------------------------------------------------

    async def serve(self, socket: web.WebSocketResponse) -> None:
        """Answer the client until the connection is over."""
        self._protocol.on_resume = self.pump
        self._hub.join(self)
        self._watch_clock()
        try:
            while await self._next(socket):
                pass
        finally:
            self._open = False
            self._hub.leave(self)
            if self._timer is not None:
                self._timer.cancel()
            for pong in self._pongs.values():
                pong.cancel()

    async def read_up(self) -> None:
        """Return when the client has read everything that was sent before (or is gone)."""
        if not self._open:
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
                self.say(error_frame("failure to subscribe"), "error")
            case WSMsgType.PING:
                self._journal_received("ping", len(message.data))
                if self._open:
                    self._writer.send(PONG, bytes(message.data))
            case WSMsgType.PONG:
                pong = self._pongs.get(bytes(message.data))
                if pong is not None and not pong.done():
                    pong.set_result(None)
            case WSMsgType.CLOSE:
                self._connection.end("bot", "close_frame", code=message.data, reason=message.extra)
                await self._answer_close(socket, message.data)
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

    async def _answer_close(self, socket: web.WebSocketResponse, code: int | None) -> None:
        transport = self._protocol.transport
        if self._open:
            self._writer.send(CLOSE, code.to_bytes(2, "big") if code else b"")
            self._end_writing()
        if transport is not None:
            transport.close()

    def _received(self, text: str) -> None:
        answer = self._session.receive(text, monotonic())
        self._journal_answer(answer, len(text))
        if answer.refused is not None:
            self.say(error_frame(answer.refused.answer), "error")
            return
        for body in answer.bodies:
            self.send(body)
        self._hub.subscribed(self)
        if answer.request is not None and answer.request.type == "subscribe":
            self._hub.triggers.count("exchange.subscriptions")
        self._watch_clock()

    def _journal_answer(self, answer: Answer, size: int) -> None:
        if answer.refused is not None:
            self._journal_received("refused", size, reason=answer.refused.reason)
        elif answer.request is not None:
            request = answer.request
            self._journal_received(
                request.type, size, channel=request.channel, products=list(request.products)
            )

    def _journal_received(self, kind: str, size: int, **more: object) -> None:
        self._hub.journal.record("frame_received", conn=self.number, type=kind, size=size, **more)

    # -- timers ------------------------------------------------------------------------------------

    def _watch_clock(self) -> None:
        """Look at the session's timers again when the next one may run out."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        due = self._session.next_check(self._last_frame)
        if due is not None and self._open:
            delay = max(0.0, due - monotonic())
            self._timer = asyncio.get_running_loop().call_later(delay, self._check_clock)

    def _check_clock(self) -> None:
        if self.backlog:
            self._last_frame = monotonic()  # not idle: frames wait to leave
        reason = self._session.overdue(monotonic(), self._last_frame)
        if reason is None:
            self._watch_clock()
        else:
            self.close(GOING_AWAY, reason, by="exchange")
