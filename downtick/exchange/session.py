"""One client's feed without its socket: messages and instants in, what is to be sent out.

::

    message ──▶ receive ──▶ (snapshots..., acknowledgement) | error frame
    clock   ──▶ overdue ──▶ the reason to close, or None
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Final

from downtick.exchange.frames import Body, subscriptions
from downtick.exchange.messages import (
    PUBLIC_CHANNELS,
    RATE_LIMITED,
    Refused,
    Request,
    understand,
)

Snapshots = Callable[[str, tuple[str, ...]], Sequence[Body]]
"""Returns the snapshots of a channel for these products."""


@dataclass(frozen=True)
class Rules:
    """The timers and limits of a session, in real seconds (and messages a real second); None switches one off."""

    first_subscribe: float | None = None
    idle_close: float | None = None
    message_rate: float | None = None


@dataclass(frozen=True)
class Answer:
    """What a message leads to.

    Attributes:
        request: what was understood.
        bodies: frames to send, in order.
        refused: why it was not carried out, if it was not; the client gets one error frame.
    """

    request: Request | None = None
    bodies: tuple[Body, ...] = ()
    refused: Refused | None = None


@dataclass
class Session:
    """The state of one feed connection.

    Attributes:
        products: product ids of the market.
        snapshots: makes what a new subscription is shown first.
        rules: timers and limits.
        opened: when the connection was upgraded, in real seconds of any one clock.
        channels: what this door serves.
        active: subscribed products by channel; ``heartbeats`` has itself as its only one.
    """

    products: tuple[str, ...]
    snapshots: Snapshots
    rules: Rules
    opened: float
    channels: tuple[str, ...] = PUBLIC_CHANNELS
    active: dict[str, tuple[str, ...]] = field(default_factory=dict)
    _subscribed_once: bool = False
    _received: deque[float] = field(default_factory=deque)

    def receive(self, message: str | bytes, now: float) -> Answer:
        """Take one text message from the client."""
        if self._too_many(now):
            return Answer(refused=Refused(RATE_LIMITED, "too many messages"))
        request = understand(message, self.products, self.channels)
        if isinstance(request, Refused):
            return Answer(refused=request)
        if request.type == "subscribe":
            return self._subscribe(request)
        return self._unsubscribe(request)

    def overdue(self, now: float, last_frame: float) -> str | None:
        """Return why the connection is to be closed now, or None.

        Args:
            now: the clock of `opened`.
            last_frame: when the last frame was sent, or `opened`.
        """
        due = self.next_check(last_frame)
        if due is None or now < due:
            return None
        return "idle" if self._subscribed_once else "no subscription"

    def next_check(self, last_frame: float) -> float | None:
        """Return the instant at which the session is overdue if nothing happens before, or None for never."""
        if not self._subscribed_once:
            limit, since = self.rules.first_subscribe, self.opened
        else:
            limit, since = self.rules.idle_close, last_frame
        return None if limit is None else since + limit

    def _too_many(self, now: float) -> bool:
        """Whether this message is over the limit of any one second. Refused ones count too."""
        rate = self.rules.message_rate
        if rate is None:
            return False
        self._received.append(now)
        while self._received[0] <= now - _WINDOW:
            self._received.popleft()
        return len(self._received) > rate * _WINDOW

    def _subscribe(self, request: Request) -> Answer:
        self._subscribed_once = True
        if request.channel == "heartbeats":
            self.active["heartbeats"] = ("heartbeats",)
            return Answer(request, (subscriptions(self.active),))
        wanted = request.products or self.products
        before = self.active.get(request.channel, ())
        self.active[request.channel] = tuple(dict.fromkeys((*before, *wanted)))
        # The snapshot comes before the acknowledgement, and again if a product is subscribed twice.
        return Answer(
            request, (*self.snapshots(request.channel, wanted), subscriptions(self.active))
        )

    def _unsubscribe(self, request: Request) -> Answer:
        before = self.active.pop(request.channel, ())
        left = tuple(p for p in before if p not in request.products) if request.products else ()
        if left:
            self.active[request.channel] = left
        return Answer(request, (subscriptions(self.active),))


_WINDOW: Final = 1.0
