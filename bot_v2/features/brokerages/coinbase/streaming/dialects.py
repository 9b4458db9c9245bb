"""The two ways to speak to Coinbase's WebSockets: what is said, and how what is heard is read.

Whatever the dialect, a `Message` has Advanced Trade's channels and members: who reads prices need not know.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal, Protocol

from bot_v2.features.brokerages.coinbase.streaming.messages import ErrorMessage, Message, parse

Verb = Literal["subscribe", "unsubscribe"]

Login = Callable[[], Mapping[str, Any]]
"""Returns the members that sign a subscription that is sent now."""

USER: Final = "user"
"""The channel of one's own orders. It needs a key."""

PUBLIC: Final = ("ticker", "ticker_batch", "level2", "market_trades", "candles", "status")
"""The public data channels, by the names that one subscribes to on Advanced Trade."""


class Words(Protocol):
    """The words of one connection."""

    def frame(self, verb: Verb, channel: str, products: frozenset[str]) -> str:
        """Return what asks for a channel of some products, or leaves it."""

    def parse(self, data: bytes, received_at: float, connection: int) -> Message | ErrorMessage:
        """Read one frame.

        Raises:
            Malformed: it is none.
        """


@dataclass(frozen=True)
class Dialect:
    """A way to speak.

    Attributes:
        words: makes those of a new connection.
        channels: that can be subscribed to, by Advanced Trade's names.
        heartbeats_by_product: whether heartbeats come product by product, and must be asked for so.
    """

    words: Callable[[], Words]
    channels: tuple[str, ...]
    heartbeats_by_product: bool = False


class AdvancedTradeWords:
    """One channel a message, ``events`` in an envelope (docs: Advanced Trade WebSocket overview)."""

    def __init__(self, login: Login | None = None) -> None:
        """Sign the private channel with this."""
        self._login = login

    def frame(self, verb: Verb, channel: str, products: frozenset[str]) -> str:
        """Return what asks for a channel, or leaves it."""
        message: dict[str, Any] = {"type": verb, "channel": channel}
        if products:
            message["product_ids"] = sorted(products)
        if channel == USER and verb == "subscribe" and self._login is not None:
            message.update(self._login())
        return json.dumps(message)

    def parse(self, data: bytes, received_at: float, connection: int) -> Message | ErrorMessage:
        """Read one frame."""
        return parse(data, received_at, connection)


def advanced_trade(login: Login | None = None) -> Dialect:
    """Return Advanced Trade's dialect; with a login, one's own orders can be heard too."""
    channels = PUBLIC if login is None else (*PUBLIC, USER)
    return Dialect(lambda: AdvancedTradeWords(login), channels)
