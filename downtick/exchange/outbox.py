"""What one connection sends: its frames are numbered, written and journalled, or wait in line until they may leave."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from time import monotonic
from typing import TYPE_CHECKING, NamedTuple

from downtick.exchange.faults.base import Fate
from downtick.exchange.frame_writer import TEXT, FrameWriter
from downtick.exchange.frames import Body

if TYPE_CHECKING:
    from downtick.exchange.feed import FeedConnection
    from downtick.exchange.hub import Hub
    from downtick.exchange.protocol import HttpProtocol


class _Plain(NamedTuple):
    """A text frame without a number: an error, or what a fault sends."""

    text: bytes
    kind: str
    fault: int | None


class Outbox:
    """The sending half of a `FeedConnection`.

    Args:
        hub: says whether frames may leave; has the faults and the journal.
        feed: whose frames these are.
        protocol: of the connection.
        writer: of its frames.

    Attributes:
        open: whether anything may be sent any more.
        last_frame: when the last frame was written, on the monotonic clock.
    """

    def __init__(
        self,
        hub: Hub,
        feed: FeedConnection,
        protocol: HttpProtocol,
        writer: FrameWriter,
    ) -> None:
        self.open = True
        self.last_frame = monotonic()
        self._hub = hub
        self._faults = hub.faults
        self._triggers = hub.triggers
        self._journal = hub.journal
        self._feed = feed
        self._number = feed.number
        self._protocol = protocol
        self._writer = writer
        self._write = feed.dialogue.write
        self._sequence = 0
        self._waiting: deque[Body | _Plain] = deque()  # frames that may not leave yet
        self._late: list[
            tuple[Body, int, bytes, int | None]
        ] = []  # to be sent after the next frame

    @property
    def backlog(self) -> bool:
        """Whether a frame would have to wait."""
        return bool(self._waiting) or self._blocked

    @property
    def _blocked(self) -> bool:
        return bool(self._hub.held or self._protocol.full or self._writer.busy)

    def send(self, body: Body) -> None:
        """Send a frame now, or keep it in line if the feed is held or the client reads too slowly."""
        if self._waiting or self._hub.held or self._protocol.full or self._writer.busy:
            self._keep(body)
        elif self.open:
            self._emit(body)

    def say(self, text: bytes, kind: str, fault: int | None = None) -> None:
        """Send a text frame that has no number. It keeps its place in line."""
        plain = _Plain(text, kind, fault)
        if self.backlog:
            self._keep(plain)
        elif self.open:
            self._emit_plain(plain)

    def pump(self) -> None:
        """Send what waits, as far as it may leave now."""
        self._writer.go_on()
        while self._waiting and not self._blocked:
            body = self._waiting.popleft()
            if not self.open:
                self._waiting.clear()
            elif isinstance(body, _Plain):
                self._emit_plain(body)
            else:
                self._emit(body)

    def end(self) -> None:
        """Let out what was sent, and nothing after it."""
        self.open = False
        self._writer.flush()

    def _keep(self, body: Body | _Plain) -> None:
        self._waiting.append(body)
        if len(self._waiting) > self._hub.config.queue_limit and not self._hub.held:
            self._waiting.clear()
            self._feed.cut_off()

    def _emit_plain(self, plain: _Plain) -> None:
        offset = self._writer.send(TEXT, plain.text)
        self._journal.record(
            "frame_sent",
            conn=self._number,
            type=plain.kind,
            size=len(plain.text),
            offset=offset,
            fault=plain.fault,
        )

    def _emit(self, body: Body) -> None:
        sequence = self._sequence
        if self._faults.any_frames or self._late:
            self._emit_with_faults(body, sequence)
            return
        # The path of nearly every frame, hence written out: see benchmarks/feed.py.
        self._sequence = sequence + 1
        payload = self._write(body, sequence)
        offset = self._writer.send(TEXT, payload)
        self.last_frame = self._journal.frame(self._number, body, sequence, len(payload), offset)
        if self._triggers.armed:
            self._triggers.frame(body.channel)

    def _emit_with_faults(self, body: Body, sequence: int) -> None:
        fate, fault = self._faults.frame(self._feed, body, sequence)
        if fate is Fate.SILENT:
            return
        self._sequence = sequence + 1
        if fate is Fate.LOST:
            return
        payload = self._write(body, sequence)
        payload, teller = self._hub.faults.rewrite_frame(self._feed, body, sequence, payload)
        fault = fault if teller is None else teller
        if fate is Fate.LATE:
            self._late.append((body, sequence, payload, fault))
            return
        padding = self._faults.padding(self._feed, body)
        if padding:
            self._put_long(body, sequence, self._feed.dialogue.padding.pad(payload, padding))
            return
        self._put(body, sequence, payload, fault)
        if fate is Fate.TWICE:
            self._put(body, sequence, payload, fault)
        while self._late:
            self._put(*self._late.pop(0))

    def _put(self, body: Body, sequence: int, payload: bytes, fault: int | None) -> None:
        offset = self._writer.send(TEXT, payload)
        self.last_frame = self._journal.frame(
            self._number, body, sequence, len(payload), offset, fault=fault
        )
        if self._triggers.armed:
            self._triggers.frame(body.channel)

    def _put_long(self, body: Body, sequence: int, pieces: Sequence[bytes]) -> None:
        size = sum(len(piece) for piece in pieces)

        def sent(offset: int | None) -> None:
            self.last_frame = self._journal.frame(self._number, body, sequence, size, offset)
            if self._triggers.armed:
                self._triggers.frame(body.channel)
            self.pump()

        self._writer.send_long(TEXT, pieces, sent)
