"""What the service needs of a stream, of a broker and of whoever counts."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from typing import Protocol, runtime_checkable

from bot_v2.features.brokerages.broker import Quote
from bot_v2.features.brokerages.coinbase.streaming import Gap, Message


class PriceStream(Protocol):
    """A stream of tickers that connects again by itself; `CoinbaseStreamingClient` is one."""

    async def subscribe(self, product_ids: Sequence[str], channels: Sequence[str] = ...) -> None:
        """Receive these products on these channels, on every connection."""

    async def connect(self) -> None:
        """Start connecting, and return when everything subscribed is acknowledged."""

    def messages(self) -> AsyncIterator[Message | Gap]:
        """Yield what comes until the stream is closed."""

    async def close(self) -> None:
        """End it."""


class QuoteSource(Protocol):
    """The part of a `Broker` that tells prices."""

    async def get_quote(self, symbol: str) -> Quote:
        """Return the present price.

        Raises:
            BrokerError: it could not be read.
        """


@runtime_checkable
class TellsTime(Protocol):
    """A broker that can be asked for the exchange's time."""

    async def get_time(self) -> float:
        """Return seconds since 1970 by the exchange's clock, to the millisecond.

        Raises:
            BrokerError: it could not be read.
        """


class Metrics(Protocol):
    """Counts and measures; `MetricsCollector` does."""

    def increment(self, name: str, by: int = 1) -> None:
        """Count."""

    def set_gauge(self, name: str, value: float) -> None:
        """Say how large something is now."""
