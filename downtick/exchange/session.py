"""One client's feed without its socket: messages and instants in, what is to be sent out.

::

    message ──▶ receive ──▶ (snapshots..., acknowledgement) | error frame
    clock   ──▶ overdue ──▶ the reason to close, or None
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from time import time_ns
from typing import ClassVar

from downtick.exchange.dialogue import Answer
from downtick.exchange.frames import Body, envelope, subscriptions
from downtick.exchange.limits import Limits
from downtick.exchange.messages import (
    AUTHENTICATION_FAILURE,
    FAILURE_TO_SUBSCRIBE,
    PRIVATE_CHANNELS,
    PUBLIC_CHANNELS,
    RATE_LIMITED,
    WITHOUT_PRODUCTS,
    Refused,
    Request,
    error_frame,
    understand,
)
from downtick.exchange.padding import ADVANCED_TRADE, Padding
from downtick.exchange.times import rfc3339_nanos

Snapshots = Callable[[str, tuple[str, ...]], Sequence[Body]]
"""Returns the snapshots of a channel for these products."""

Login = Callable[[str | None], str | None]
"""Takes the JWT of a subscription, None if it has none, and returns why it is refused, or None if it is good."""


def no_login(token: str | None) -> str:
    """Refuse every token: the login of a door that serves no private channel."""
    return "nobody can log in here"


@dataclass
class Session:
    """The state of one feed connection.

    Attributes:
        products: product ids of the market.
        snapshots: makes what a new subscription is shown first.
        limits: timers and limits of the connection.
        channels: what this door serves.
        login: asked at every subscription of a private channel, and never again: what was granted outlives its
            token (docs: Advanced Trade WebSocket overview).
        user_id: what the acknowledgement lists for a private channel.
        active: subscribed products by channel; a channel without products has itself as its only one.
        client_id: whether envelopes carry ``client_id``.
    """

    products: tuple[str, ...]
    snapshots: Snapshots
    limits: Limits
    channels: tuple[str, ...] = PUBLIC_CHANNELS
    login: Login = no_login
    user_id: str = ""
    active: dict[str, tuple[str, ...]] = field(default_factory=dict)
    client_id: bool = True
    padding: ClassVar[Padding] = ADVANCED_TRADE
    binary: ClassVar[bytes] = error_frame(FAILURE_TO_SUBSCRIBE)

    def receive(self, message: str | bytes, now: float) -> Answer:
        """Take one text message from the client."""
        if self.limits.too_many(now):
            return Answer(refused=Refused(RATE_LIMITED, "too many messages"))
        request = understand(message, self.products, self.channels)
        if isinstance(request, Refused):
            return Answer(refused=request)
        if request.type == "subscribe":
            return self._subscribe(request)
        return self._unsubscribe(request)

    def again(self, channel: str) -> Sequence[Body]:
        """Return the snapshots of a subscribed channel."""
        return self.snapshots(channel, self.active.get(channel, ()))

    def write(self, body: Body, sequence: int) -> bytes:
        """Put a body in its envelope."""
        return envelope(body, sequence, rfc3339_nanos(time_ns()), self.client_id)

    @property
    def topics(self) -> Iterable[tuple[str, str]]:
        """Each channel with each of its products."""
        return ((channel, name) for channel, names in self.active.items() for name in names)

    def _subscribe(self, request: Request) -> Answer:
        channel = request.channel
        if (fault := self.limits.gone(channel, request.products)) is not None:
            gone = f"channel {channel}: refused by fault {fault}"
            return Answer(refused=Refused(FAILURE_TO_SUBSCRIBE, gone))
        if channel in PRIVATE_CHANNELS and (reason := self.login(request.token)) is not None:
            return Answer(refused=Refused(AUTHENTICATION_FAILURE, f"channel {channel}: {reason}"))
        self.limits.subscribed = True
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
