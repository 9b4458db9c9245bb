"""One history: everything that happened in a run, in order, on one clock.

The clock is ``time.monotonic`` in seconds, which every process of a machine shares. A history is written as
JSON Lines: one header line, then one event a line, so that a run can be read again years later and by any tool.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, datetime
from typing import Any, Final, Protocol, overload

import msgspec

VERSION: Final = 1

Predicate = Callable[["Event"], bool]


class Event(msgspec.Struct, frozen=True, gc=False):
    """One thing that happened.

    Attributes:
        at: when, in seconds of ``time.monotonic``.
        source: who says so: ``conductor``, ``exchange``, ``links``, ``arena``, ``bot``, ``witness``, or ``runner``, who
            started the bot's process.
        kind: what, as one word: ``frame_sent``, ``step_done``, ...
        data: the particulars, JSON values only.
    """

    at: float
    source: str
    kind: str
    data: dict[str, Any] = {}

    def __getitem__(self, key: str) -> Any:
        """Return one particular of the event."""
        return self.data[key]

    def get(self, key: str, default: Any = None) -> Any:
        """Return one particular of the event, or the default."""
        return self.data.get(key, default)


class Header(msgspec.Struct, frozen=True, tag="downtick.history", tag_field="format"):
    """The first line of a written history.

    Attributes:
        version: of the format.
        started_at: wall clock in ISO 8601, UTC, at monotonic time ``clock``.
        clock: the ``time.monotonic`` seconds that belong to ``started_at``.
        run: what was run: profile, seed, time scale, versions. Never anything of the environment.
    """

    version: int
    started_at: str
    clock: float
    run: dict[str, Any]


def new_header(run: dict[str, Any]) -> Header:
    """Return the header of a history that begins now. ``run``: what is run."""
    return Header(VERSION, datetime.now(UTC).isoformat(), time.monotonic(), run)


def matching(kind: str, /, *, source: str | None = None, **data: Any) -> Predicate:
    """Return a predicate: events of this kind (and source) whose particulars have these values."""

    def predicate(event: Event) -> bool:
        return (
            event.kind == kind
            and (source is None or event.source == source)
            and all(event.data.get(key) == value for key, value in data.items())
        )

    return predicate


def wanted(kind: str | Predicate, after: float | None, /, **data: Any) -> Predicate:
    """Return a predicate: events that match, later than an instant if one is given."""
    matches = matching(kind, **data) if isinstance(kind, str) else kind
    if after is None:
        return matches
    return lambda event: event.at > after and matches(event)


class Events(Protocol):
    """Where the events of a history are kept."""

    def __len__(self) -> int: ...
    def __iter__(self) -> Iterator[Event]: ...
    @overload
    def __getitem__(self, number: int, /) -> Event: ...
    @overload
    def __getitem__(self, number: slice, /) -> Sequence[Event]: ...
    def append(self, event: Event, /) -> None:
        """Add one event at the end."""

    def extend(self, events: Iterable[Event], /) -> None:
        """Add several events at the end."""


class History:
    """Events in the order in which they were told. Grows only at its end.

    Args:
        events: to begin with.
        keep: where they are kept; a list by default.
    """

    def __init__(self, events: Iterable[Event] = (), keep: Events | None = None) -> None:
        self._events: Events = [] if keep is None else keep
        self._events.extend(events)

    def __len__(self) -> int:
        return len(self._events)

    def __iter__(self) -> Iterator[Event]:
        return iter(self._events)  # the reader's thread may append meanwhile

    def __getitem__(self, number: int) -> Event:
        return self._events[number]

    def since(self, number: int) -> Sequence[Event]:
        """Return the events from this number on, as far as they are known now."""
        return self._events[number:]

    def append(self, event: Event) -> None:
        """Add one event at the end."""
        self._events.append(event)

    def extend(self, events: Iterable[Event]) -> None:
        """Add several events at the end."""
        self._events.extend(events)

    def select(
        self, kind: str, /, *, source: str | None = None, after: float | None = None, **data: Any
    ) -> list[Event]:
        """Return the events of this kind whose particulars have these values, oldest first.

        Args:
            kind: of the events.
            source: only of this source.
            after: only those later than this instant, in monotonic seconds.
            data: particulars and the values that they must have.
        """
        wanted = matching(kind, source=source, **data)
        return [e for e in self if wanted(e) and (after is None or e.at > after)]

    def first(self, kind: str, /, **where: Any) -> Event | None:
        """Return the oldest event that `select` would return, or None."""
        return next(iter(self.select(kind, **where)), None)

    def last(self, kind: str, /, **where: Any) -> Event | None:
        """Return the newest event that `select` would return, or None."""
        found = self.select(kind, **where)
        return found[-1] if found else None

    def to_jsonl(self, header: Header) -> Iterator[bytes]:
        """Yield the history as JSON Lines, header first."""
        encode = msgspec.json.Encoder().encode
        yield encode(header) + b"\n"
        for event in self:
            yield encode(event) + b"\n"

    @classmethod
    def from_jsonl(cls, text: bytes) -> tuple[Header, History]:
        """Read what `to_jsonl` wrote.

        Raises:
            ValueError: it is not a history, or one of another version.
        """
        first, _, rest = text.partition(b"\n")
        try:
            header = msgspec.json.decode(first, type=Header)
            events = msgspec.json.Decoder(Event).decode_lines(rest)
        except msgspec.MsgspecError as error:
            raise ValueError(f"not a downtick history: {error}") from error
        if header.version != VERSION:
            raise ValueError(
                f"a history of version {header.version}; this downtick reads {VERSION}"
            )
        return header, cls(events)
