"""The test's side of the arena's socket: one blocking connection, read by a thread of its own.

A thread, because a test may be synchronous, may run under any event loop, and may block that loop: what
happens must reach the history all the same.
"""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Callable
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Any

import msgspec

import downtick.errors
from downtick.arena import protocol
from downtick.errors import ArenaDied, ArenaError, DowntickError
from downtick.history import Event

ANSWER_WITHIN = 40.0
"""Seconds until an unanswered request is given up. Toxiproxy itself answers 503 after 25 s."""


class Channel:
    """One session's connection to the arena.

    Args:
        path: the arena's socket.
        on_events: is given the events as they arrive, on the reader's thread.
        on_failure: is given what ended the run, on the reader's thread; at most once.
        died: makes the error for an arena that is gone.
    """

    def __init__(
        self,
        path: Path,
        on_events: Callable[[list[Event]], None],
        on_failure: Callable[[DowntickError], None],
        died: Callable[[], DowntickError] = lambda: ArenaDied("the arena closed the connection"),
    ) -> None:
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self._on_events = on_events
        self._on_failure = on_failure
        self._died = died
        self._answers: SimpleQueue[protocol.Answer | protocol.Refusal | None] = SimpleQueue()
        self._asking = threading.Lock()
        self._closed = False
        try:
            self._socket.connect(str(path))
        except OSError as error:
            self._socket.close()
            raise ArenaDied(f"no arena answers at {path}: {error.strerror}") from error
        self._reader = threading.Thread(target=self._read, name="downtick-arena", daemon=True)
        self._reader.start()

    def ask(
        self, request: protocol.Request, *, answer: Any = None, within: float = ANSWER_WITHIN
    ) -> Any:
        """Send a request and return the value of its answer, as the type that is expected.

        Raises:
            DowntickError: what the arena refused, as the class that it named.
            ArenaDied: the arena is gone.
        """
        with self._asking:
            try:
                self._socket.sendall(protocol.pack(request))
                said = self._answers.get(timeout=within)
            except OSError:
                raise self._died() from None
            except Empty:
                raise ArenaError(
                    f"no answer to {type(request).__name__} within {within:g} s"
                ) from None
        if said is None:
            self._answers.put(None)  # for whoever asks next
            raise self._died()
        if isinstance(said, protocol.Refusal):
            raise error_of(said.error, said.message)
        return msgspec.convert(said.value, answer)

    def close(self) -> None:
        """Close the connection; the arena takes the session down. May be called twice."""
        self._closed = True
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        if threading.current_thread() is not self._reader:
            self._reader.join()
        self._socket.close()

    def _read(self) -> None:
        try:
            with self._socket.makefile("rb") as stream:
                while prefix := stream.read(protocol.LENGTH_SIZE):
                    body = stream.read(protocol.body_length(prefix))
                    self._take(protocol.unpack_message(body))
        except (OSError, ValueError):
            pass  # a connection that breaks in the middle of a message ends like any other
        self._answers.put(None)
        if not self._closed:
            self._on_failure(self._died())

    def _take(self, message: protocol.AnyMessage) -> None:
        match message:
            case protocol.Events(events):
                self._on_events(events)
            case protocol.Failure(error, text):
                self._on_failure(error_of(error, text))
            case _:
                self._answers.put(message)


def error_of(name: str, message: str) -> DowntickError:
    """Return the error that the arena named; one of another kind becomes an `ArenaError` that says so."""
    kind = getattr(downtick.errors, name, None)
    if isinstance(kind, type) and issubclass(kind, DowntickError):
        error = kind.__new__(kind)
        Exception.__init__(error, message)
        return error
    return ArenaError(f"{name}: {message}")
