"""Stands for a stream where there is none: market data then comes over REST alone."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence

from bot_v2.features.brokerages.coinbase.streaming import Gap, Message


class NoStream:
    """A stream that never connects."""

    def __init__(self) -> None:
        self._closed = asyncio.Event()

    async def subscribe(self, product_ids: Sequence[str], channels: Sequence[str] = ()) -> None:
        """Do nothing."""

    async def connect(self) -> None:
        """Return when it is closed."""
        await self._closed.wait()

    async def messages(self) -> AsyncIterator[Message | Gap]:
        """Yield nothing, until it is closed."""
        await self._closed.wait()
        return
        yield  # makes it a generator

    async def close(self) -> None:
        """End it."""
        self._closed.set()
