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
    AUTHENTICATION_FAILURE,
    PRIVATE_CHANNELS,
    PUBLIC_CHANNELS,
    RATE_LIMITED,
    WITHOUT_PRODUCTS,
    Refused,
    Request,
    understand,
)

Snapshots = Callable[[str, tuple[str, ...]], Sequence[Body]]
"""Returns the snapshots of a channel for these products."""

Login = Callable[[str | None], str | None]
"""Takes the JWT of a subscription, None if it has none, and returns why it is refused, or None if it is good."""


def no_login(token: str | None) -> str:
    """Refuse every token: the login of a door that serves no private channel."""
    return "nobody can log in here"


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
        login: asked at every subscription of a private channel, and never again: what was granted outlives its
            token (docs: Advanced Trade WebSocket overview).
        user_id: what the acknowledgement lists for a private channel.
        active: subscribed products by channel; a channel without products has itself as its only one.
    """

    products: tuple[str, ...]
    snapshots: Snapshots
    rules: Rules
    opened: float
    channels: tuple[str, ...] = PUBLIC_CHANNELS
    login: Login = no_login
    user_id: str = ""
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
        channel = request.channel
        if channel in PRIVATE_CHANNELS and (reason := self.login(request.token)) is not None:
            return Answer(refused=Refused(AUTHENTICATION_FAILURE, f"channel {channel}: {reason}"))
        self._subscribed_once = True
        everything = (channel,) if channel in WITHOUT_PRODUCTS else self.products
        wanted = request.products or everything
        before = self.active.get(channel, ())
        self.active[channel] = tuple(dict.fromkeys((*before, *wanted)))
        shown = () if channel == "heartbeats" else self.snapshots(channel, wanted)
        # The snapshot comes before the acknowledgement, and again if a product is subscribed twice.
        return Answer(request, (*shown, self._acknowledgement()))

    def _unsubscribe(self, request: Request) -> Answer:
        before = self.active.pop(request.channel, ())
        left = tuple(p for p in before if p not in request.products) if request.products else ()
        if left:
            self.active[request.channel] = left
        return Answer(request, (self._acknowledgement(),))

    def _acknowledgement(self) -> Body:
        """Return every active subscription: those to private channels as the user's (seen on the user's host)."""
        return subscriptions(
            {
                channel: (self.user_id,) if channel in PRIVATE_CHANNELS else names
                for channel, names in self.active.items()
            }
        )


_WINDOW: Final = 1.0
