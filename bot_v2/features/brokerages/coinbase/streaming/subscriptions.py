"""What the user wishes, what was asked of the exchange, and what the exchange acknowledged.

Three sets, and never an order of events to get wrong: what is wished and not asked is asked; what was asked
and is not among the acknowledged after a while is a broken connection; a new connection starts with nothing
asked.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

from bot_v2.features.brokerages.coinbase.streaming.dialects import (
    PUBLIC,
    USER,
    AdvancedTradeWords,
    Verb,
)

HEARTBEATS: Final = "heartbeats"
CHANNELS: Final = (*PUBLIC, USER)
"""The data channels, by the names that one subscribes to."""

MESSAGE_CHANNELS: Final = {name: "l2_data" if name == "level2" else name for name in CHANNELS}
SUBSCRIBED_AS: Final = {message: name for name, message in MESSAGE_CHANNELS.items()}

_KEEP_USDC: Final = frozenset({"USDT-USDC", "EURC-USDC"})


def canonical(product: str) -> str:
    """Return the product whose data the exchange sends for this one.

    Coinbase answers a subscription to a ``-USDC`` product with the data of its ``-USD`` twin (documentation of
    the WebSocket channels; USDT-USDC and EURC-USDC are products of their own).
    """
    if product.endswith("-USDC") and product not in _KEEP_USDC:
        return product[:-1]
    return product


class Wishes:
    """What the user wants to receive, whether connected or not. Heartbeats are always wished."""

    def __init__(self, *, heartbeats_by_product: bool = False) -> None:
        """Wish for heartbeats of each product that is wished for, or once for all."""
        self._heartbeats_by_product = heartbeats_by_product
        self._products: dict[str, set[str]] = {}
        self._arriving: dict[str, set[str]] = {}

    def add(self, channels: Iterable[str], products: Iterable[str]) -> None:
        """Wish for these products on these channels too."""
        wanted = set(products)
        for channel in channels:
            self._products.setdefault(channel, set()).update(wanted)
        self._changed()

    def remove(self, channels: Iterable[str], products: Iterable[str]) -> None:
        """Wish for these products on these channels no longer."""
        unwanted = set(products)
        for channel in channels:
            left = self._products.get(channel, set()) - unwanted
            if left:
                self._products[channel] = left
            else:
                self._products.pop(channel, None)
        self._changed()

    def by_channel(self) -> dict[str, frozenset[str]]:
        """Return the products wished for, by the channel's name for subscribing."""
        wished = {channel: frozenset(products) for channel, products in self._products.items()}
        if not self._heartbeats_by_product:
            return {HEARTBEATS: frozenset()} | wished
        beating: frozenset[str] = frozenset().union(*wished.values())
        return {HEARTBEATS: beating} | wished if beating else wished

    def include(self, channel: str, products: Iterable[str]) -> bool:
        """Tell whether a message of this channel (name for subscribing) about these products is wanted."""
        wished = self._arriving.get(channel)
        if wished is None:
            return False
        about = tuple(products)
        return not about or not wished.isdisjoint(about)

    def _changed(self) -> None:
        self._arriving = {c: p | {canonical(x) for x in p} for c, p in self._products.items()}


class Subscriptions:
    """The subscriptions of one connection."""

    def __init__(
        self,
        window: float,
        per_window: int,
        frame: Callable[[Verb, str, frozenset[str]], str] | None = None,
    ) -> None:
        """Send at most `per_window` messages in `window` seconds, each put into words by `frame`."""
        self._frame = frame or AdvancedTradeWords().frame
        self._window = window
        self._sent_at: deque[float] = deque(maxlen=per_window)
        self._asked: dict[str, frozenset[str]] = {}
        self._asked_at: dict[str, float] = {}
        self._acknowledged: dict[str, frozenset[str]] = {}
        self._outbox: deque[tuple[Verb, str, frozenset[str]]] = deque()

    def next_frame(self, wishes: Wishes, now: float) -> str | None:
        """Return the next message to send, or None if all is said or the exchange's limit says wait."""
        if not self._outbox:
            self._compare(wishes.by_channel())
        if not self._outbox or self._must_wait(now):
            return None
        self._sent_at.append(now)
        verb, channel, products = self._outbox.popleft()
        if verb == "subscribe":
            self._asked_at[channel] = now
        return self._frame(verb, channel, products)

    def renew(self) -> int:
        """Ask again for everything but heartbeats, so that new snapshots come; return how many channels."""
        # What is still to be left must be left all the same; what is still to be joined is asked for again.
        self._outbox = deque(frame for frame in self._outbox if frame[0] == "unsubscribe")
        renewed = sorted(self._asked.keys() - {HEARTBEATS})
        for channel in renewed:
            self._outbox.append(("unsubscribe", channel, self._asked.pop(channel)))
            self._asked_at.pop(channel, None)
        return len(renewed)

    def acknowledge(self, events: Iterable[Mapping[str, Any]]) -> None:
        """Take a `subscriptions` message: it lists everything that is subscribed now."""
        for event in events:
            self._acknowledged = {
                channel: frozenset(canonical(product) for product in products)
                for channel, products in event["subscriptions"].items()
            }

    def complete(self, wishes: Wishes) -> bool:
        """Tell whether everything wished is acknowledged."""
        return all(self._covers(*wish) for wish in wishes.by_channel().items())

    def overdue(self, now: float, timeout: float) -> str | None:
        """Return a channel that was asked for longer than `timeout` ago and is not acknowledged, or None."""
        for channel, asked_at in self._asked_at.items():
            if now - asked_at > timeout and not self._covers(channel, self._asked[channel]):
                return channel
        return None

    def _covers(self, channel: str, products: frozenset[str]) -> bool:
        listed = self._acknowledged.get(channel)
        if channel == USER:  # listed by its user on Advanced Trade, not by its products
            return listed is not None
        return listed is not None and {canonical(p) for p in products} <= listed

    def _compare(self, wished: dict[str, frozenset[str]]) -> None:
        for channel in self._asked.keys() | wished.keys():
            asked = self._asked.get(channel, frozenset())
            wish = wished.get(channel, frozenset())
            added = channel in wished and (channel not in self._asked or wish - asked)
            if added or channel not in wished:
                self._asked_at.pop(channel, None)  # counts from when the message leaves
            if channel in self._asked and (asked - wish or channel not in wished):
                self._outbox.append(("unsubscribe", channel, asked - wish))
            if added:
                self._outbox.append(("subscribe", channel, wish - asked))
        # Heartbeats first: they are acknowledged at once, a snapshot may take a while.
        self._outbox = deque(
            sorted(self._outbox, key=lambda frame: (frame[1] != HEARTBEATS, frame[1]))
        )
        self._asked = wished

    def _must_wait(self, now: float) -> bool:
        full = len(self._sent_at) == self._sent_at.maxlen
        return full and now - self._sent_at[0] < self._window
