"""One client's feed in the Exchange dialect, without its socket."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import ClassVar, Final

from downtick.exchange.auth.outcome import Granted, Refusal, exchange_error_frame
from downtick.exchange.dialogue import Answer
from downtick.exchange.frames import Body
from downtick.exchange.limits import Limits
from downtick.exchange.padding import EXCHANGE, Padding
from downtick.exchange.pro.frames import subscriptions, topic
from downtick.exchange.pro.messages import (
    MALFORMED,
    PRIVATE_CHANNELS,
    WITHOUT_PRODUCTS,
    Refused,
    Request,
    must_sign,
    refused,
    understand,
)

Snapshots = Callable[[str, tuple[str, ...]], Sequence[Body]]
"""Returns what a new subscription of a channel of these products is shown first."""

SignIn = Callable[[Mapping[str, object]], Granted | Refusal]
"""Takes the members that sign a subscription, and says whether they let its sender in."""

# Not known from Coinbase: its documentation names the limit and not the answer.
_RATE_LIMITED: Final = "Rate limit exceeded"

_LIKE: Final = {"level2_batch": "level2", "matches": "market_trades", "heartbeat": "heartbeats"}
"""What Advanced Trade calls the like of a channel, if it calls it otherwise."""


def common_name(channel: str) -> str:
    """Return what a channel, or the like of it, is called in Advanced Trade."""
    return _LIKE.get(channel, channel)


@dataclass
class ProSession:
    """The state of one feed connection.

    Attributes:
        products: product ids of the market.
        snapshots: makes what a new subscription is shown.
        limits: timers and limits of the connection.
        sign_in: asked at every message that is signed or wants a private channel.
        active: subscribed products by channel; a channel without products has all of them.
    """

    products: tuple[str, ...]
    snapshots: Snapshots
    limits: Limits
    sign_in: SignIn
    active: dict[str, tuple[str, ...]] = field(default_factory=dict)
    padding: ClassVar[Padding] = EXCHANGE
    binary: ClassVar[bytes] = MALFORMED

    def receive(self, message: str | bytes, now: float) -> Answer:
        """Take one text message from the client."""
        if self.limits.too_many(now):
            return Answer(refused=refused("subscribe", _RATE_LIMITED, reason="too many messages"))
        said = understand(message, self.products)
        request, refusals = said.request, [said.refused] if said.refused else []
        if request is not None and request.type == "subscribe":
            request, locked_out = self._let_in(request, said.credentials)
            refusals += [locked_out] if locked_out else []
            if request is not None and (gone := self._gone(request)) is not None:
                return Answer(refused=gone)
        bodies = self._carry_out(request) if request is not None else ()
        return Answer(request, bodies, _together(refusals))

    def again(self, channel: str) -> Sequence[Body]:
        """Return the snapshots of a subscribed channel, by its name in Advanced Trade."""
        return [
            body
            for name, products in self.active.items()
            if common_name(name) == channel
            for body in self.snapshots(name, products)
        ]

    def write(self, body: Body, sequence: int) -> bytes:
        """Return the message: here it is the same for every connection, and its sequence is the product's."""
        return body.events

    @property
    def topics(self) -> Iterable[tuple[str, str]]:
        """Each channel with each of its products."""
        return ((topic(channel), name) for channel, names in self.active.items() for name in names)

    def _let_in(
        self, request: Request, credentials: Mapping[str, object]
    ) -> tuple[Request | None, Refused | None]:
        """Return what may be subscribed, and why the rest may not."""
        private = [channel for channel in request.channels if channel in PRIVATE_CHANNELS]
        if not credentials and not private:
            return request, None
        outcome = self.sign_in(credentials)
        if isinstance(outcome, Granted):
            return request, None
        if credentials:
            return None, Refused((exchange_error_frame(outcome),), outcome.reason)
        public = {name: ids for name, ids in request.channels.items() if name not in private}
        answers = dict.fromkeys(must_sign(channel) for channel in private)
        reason = f"not signed: {', '.join(private)}"
        left = Request("subscribe", public) if public else None
        return left, refused("subscribe", *answers, reason=reason)

    def _gone(self, request: Request) -> Refused | None:
        for channel, names in request.channels.items():
            fault = self.limits.gone(common_name(channel), names)
            if fault is not None:
                reason = f"channel {channel}: refused by fault {fault}"
                return refused("subscribe", f"{channel} is not a valid channel", reason=reason)
        return None

    def _carry_out(self, request: Request) -> tuple[Body, ...]:
        if request.type == "unsubscribe":
            for channel, names in request.channels.items():
                self._leave(channel, names)
            return (self._acknowledgement(),)
        self.limits.subscribed = True
        shown: list[Body] = []
        for channel, asked in request.channels.items():
            names = self.products if channel in WITHOUT_PRODUCTS else asked
            self.active[channel] = tuple(dict.fromkeys((*self.active.get(channel, ()), *names)))
            shown += self.snapshots(channel, names)
        # The acknowledgement comes before the snapshots (recorded 2021; Advanced Trade does it the other way).
        return (self._acknowledgement(), *shown)

    def _leave(self, channel: str, names: tuple[str, ...]) -> None:
        before = self.active.pop(channel, ())
        left = tuple(name for name in before if name not in names) if names else ()
        if left:
            self.active[channel] = left

    def _acknowledgement(self) -> Body:
        return subscriptions(
            {
                channel: () if channel in WITHOUT_PRODUCTS else names
                for channel, names in self.active.items()
            }
        )


def _together(refusals: Sequence[Refused]) -> Refused | None:
    """Return several refusals of one message as one."""
    if not refusals:
        return None
    frames = tuple(frame for refusal in refusals for frame in refusal.frames)
    return Refused(frames, "; ".join(refusal.reason for refusal in refusals))
