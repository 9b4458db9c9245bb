"""One request on its way, watched by the thread that carries it and by the loop that waits for it.

::

    new ──▶ begun (the first byte may leave) ──▶ sent (every byte was taken by the kernel) ──▶ over
     └──────────┴── give_up(): from now on not one byte more leaves, and whoever waits for one is woken

Of a request that was not sent whole, the exchange can have done nothing: it waits for the rest. Of one that was
sent whole, nobody knows until the answer tells.
"""

from __future__ import annotations

from collections.abc import Callable
from threading import Lock


class GivenUp(Exception):
    """The request was given up before it was sent."""


class Attempt:
    """See the drawing above. Every method may be called from any thread.

    Attributes:
        begun: whether its first byte may have left.
    """

    def __init__(self) -> None:
        self.begun = False
        self._handed_over = False
        self._watched = False
        self._sent = False
        self._given_up = False
        self._wake: Callable[[], None] | None = None
        self._lock = Lock()

    @property
    def may_have_left(self) -> bool:
        """Whether somebody may have the whole request.

        If it was handed over and no connection of ours ever had it, nobody knows what became of it.
        """
        return self._sent or (self._handed_over and not self._watched)

    def handed_over(self) -> None:
        """It is given to whoever has the connections.

        Raises:
            GivenUp: it is not wanted any more.
        """
        with self._lock:
            self._check()
            self._handed_over = True

    def connecting(self) -> None:
        """A connection is being opened for it.

        Raises:
            GivenUp: it is not wanted any more.
        """
        with self._lock:
            self._watched = True
            self._check()

    def sending(self, wake: Callable[[], None]) -> None:
        """Its next bytes are about to leave.

        Args:
            wake: ends the connection at once, for both directions, and lets nobody wait on it.

        Raises:
            GivenUp: they must not.
        """
        with self._lock:
            self._watched = True
            self._check()
            self.begun = True
            self._wake = wake

    def all_sent(self) -> None:
        """The kernel took its last byte."""
        with self._lock:
            self._sent = True

    def over(self) -> None:
        """Its connection is not its own any more."""
        with self._lock:
            self._wake = None

    def give_up(self) -> None:
        """Let not one byte more leave, and wake the thread that waits for the answer."""
        with self._lock:
            self._given_up = True
            if self._wake is not None:
                self._wake()

    def _check(self) -> None:
        if self._given_up:
            raise GivenUp
