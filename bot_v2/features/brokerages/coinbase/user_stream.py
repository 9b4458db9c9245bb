"""What the user feed says of our orders. Hints: they may be late, doubled, out of order, or never come.

A hint is a reason to ask, or a first look at what asking will show; the truth is what REST answers. It carries no
fills: Advanced Trade tells how much of an order is filled by now, Exchange that something was.
"""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any, Final, Self

from bot_v2.features.brokerages.broker import OVER, Side, Status
from bot_v2.features.brokerages.coinbase.advanced_trade import words
from bot_v2.features.brokerages.coinbase.figures import Malformed, decimal, not_negative, text
from bot_v2.features.brokerages.coinbase.market_stream import dialect_of, streaming_client
from bot_v2.features.brokerages.coinbase.settings import CoinbaseSettings
from bot_v2.features.brokerages.coinbase.streaming import (
    CoinbaseStreamingClient,
    Gap,
    Message,
    StreamingSettings,
)

logger = logging.getLogger(__name__)

CHANNEL: Final = "user"


@dataclass(frozen=True)
class OrderHint:
    """An order as the feed told of it.

    Attributes:
        order_id: the broker's name for it.
        client_order_id: ours; empty if the feed did not say.
        symbol: of the product.
        side: buy or sell.
        status: see `Status`; a state that is not known is no end.
        filled: how much of it, in the base currency; None if the feed does not say: ask.
        average_price: of what is filled; None if nothing is, or the feed does not say.
        opening: whether it was told as one of those that were open when the connection was made.
        received_at: in ``time.monotonic`` seconds.
    """

    order_id: str
    client_order_id: str
    symbol: str
    side: Side
    status: Status
    filled: Decimal | None
    average_price: Decimal | None
    opening: bool
    received_at: float

    @property
    def over(self) -> bool:
        """Whether it says that the order can never change again. Ask before believing it."""
        return self.status in OVER


class UserStream:
    """Hints about our orders, for as long as the program runs.

    ::

        async with UserStream(settings, ["BTC-USD"]) as stream:
            async for item in stream.hints():
                ...  # an OrderHint; or a Gap: something may have been missed, so ask for everything

    Every connection begins with the open orders on Advanced Trade, and with nothing on Exchange. It is read in the
    background: who does not take the hints holds nothing up.

    Args:
        settings: with ``user_ws_endpoint``.
        symbols: the products whose orders are meant.
        streaming: how patient it is, in nominal seconds. That there is no news for long means nothing here.
        seed: for the jitter of the back-off.

    Raises:
        ValueError: there is no endpoint, or it is none.
    """

    def __init__(
        self,
        settings: CoinbaseSettings,
        symbols: Sequence[str],
        streaming: StreamingSettings | None = None,
        *,
        seed: int | None = None,
    ) -> None:
        if not settings.user_ws_endpoint:
            raise ValueError("there is no endpoint for orders (COINBASE_USER_WS_ENDPOINT)")
        self._symbols = tuple(symbols)
        self._client = streaming_client(
            settings.user_ws_endpoint,
            settings,
            replace(streaming or StreamingSettings(), data_timeout=None),
            dialect_of(settings, signed=True),
            seed,
        )

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()

    @property
    def client(self) -> CoinbaseStreamingClient:
        """The client behind it, with its state and its counters."""
        return self._client

    async def start(self) -> None:
        """Subscribe, and return when the exchange has acknowledged it. Cancelled, it goes on in the background."""
        await self._client.subscribe(self._symbols, (CHANNEL,))
        await self._client.connect()

    async def stop(self) -> None:
        """Close the connection, and end `hints()`."""
        await self._client.close()

    async def hints(self) -> AsyncIterator[OrderHint | Gap]:
        """Yield what the feed says, and a `Gap` wherever something of it may be missing.

        What cannot be read is a gap too: something happened to some order.
        """
        async for item in self._client.messages():
            if isinstance(item, Gap):
                yield item
                continue
            for hint in read(item):
                yield hint


def read(message: Message) -> Iterator[OrderHint | Gap]:
    """Yield what a message of the user channel says."""
    if message.channel != CHANNEL:
        return
    for event in message.events:
        for order in event["orders"]:
            try:
                yield _hint(order, message, opening=event.get("type") == "snapshot")
            except Malformed as problem:
                logger.warning("an order of the user feed cannot be read: %s", problem)
                at, connection = message.received_at, message.connection
                yield Gap("sequence", connection, at, 1, f"an order cannot be read: {problem}")


def _hint(order: Mapping[str, Any], message: Message, *, opening: bool) -> OrderHint:
    filled = not_negative(order, "cumulative_quantity") if "cumulative_quantity" in order else None
    return OrderHint(
        order_id=text(order, "order_id"),
        client_order_id=text(order, "client_order_id", empty=True),
        symbol=text(order, "product_id"),
        side=words.side(order, "order_side"),
        status=words.status(text(order, "status")),
        filled=filled,
        average_price=decimal(order, "avg_price") if filled else None,
        opening=opening,
        received_at=message.received_at,
    )
