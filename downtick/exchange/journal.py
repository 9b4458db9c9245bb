"""The exchange's journal: everything that it saw and did, in order, on the monotonic clock.

A frame costs one tuple when it is sent; it becomes an `Event` when the journal is flushed, which
happens once per turn of the event loop, in a batch.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from time import monotonic
from typing import TYPE_CHECKING, Any, Final

from downtick.history import Event

if TYPE_CHECKING:
    from downtick.exchange.frames import Body

Sink = Callable[[list[Event]], None]
"""Takes a batch of events, oldest first."""

SOURCE: Final = "exchange"


class Journal:
    """Collects what happens and hands it on in batches.

    Args:
        sink: gets every batch; `History.extend` is one.
    """

    def __init__(self, sink: Sink) -> None:
        self._sink = sink
        self._entries: list[tuple[Any, ...]] = []
        self._flush_due = False

    def record(self, kind: str, /, **data: Any) -> None:
        """Note that something happened now. ``data`` holds JSON values; None values are left out."""
        self._entries.append((monotonic(), kind, data))
        if not self._flush_due:
            self._schedule()

    def frame(
        self,
        conn: int,
        body: Body,
        seq: int,
        size: int,
        offset: int | None,
        *,
        fault: int | None = None,
    ) -> float:
        """Note that a frame was written now, and return the instant.

        Args:
            conn: number of the connection.
            body: what the frame says.
            seq: its sequence number.
            size: of its payload in bytes.
            offset: where the frame ends in the connection's byte stream, None if unknown.
            fault: handle of the fault that made or moved it.
        """
        at = monotonic()
        self._entries.append((at, None, conn, body, seq, size, offset, fault))
        if not self._flush_due:
            self._schedule()
        return at

    def flush(self) -> None:
        """Hand on everything noted so far."""
        self._flush_due = False
        entries, self._entries = self._entries, []
        if entries:
            self._sink([_event(entry) for entry in entries])

    def _schedule(self) -> None:
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:
            return  # no loop, no turns: whoever records flushes
        self._flush_due = True
        loop.call_soon(self.flush)


def _event(entry: tuple[Any, ...]) -> Event:
    if entry[1] is not None:
        at, kind, data = entry
        return Event(at, SOURCE, kind, {k: v for k, v in data.items() if v is not None})
    at, _, conn, body, seq, size, offset, fault = entry
    data = {
        "conn": conn,
        "channel": body.channel,
        "type": body.type,
        "products": [*body.products],
        "seq": seq,
        "size": size,
        "offset": offset,
    }
    if body.trade_ids is not None:
        data["trade_ids"] = [*body.trade_ids]
    if body.entry is not None:
        data["entry"] = body.entry
    if fault is not None:
        data["fault"] = fault
    return Event(at, SOURCE, "frame_sent", data)
