"""A few lines of WebSocket client for tests of the rig itself; the bot has its own, better one."""

from __future__ import annotations

import contextlib
import json
from collections.abc import AsyncIterator
from typing import Any

from websockets.asyncio.client import ClientConnection, connect


@contextlib.asynccontextmanager
async def subscribed(
    url: str, *channels: str, products: tuple[str, ...] = ("BTC-USD",)
) -> AsyncIterator[ClientConnection]:
    """Connect and subscribe to the channels (`ticker` if none is named)."""
    async with connect(url, proxy=None, max_size=None, close_timeout=0.2) as client:
        for channel in channels or ("ticker",):
            message = {"type": "subscribe", "channel": channel, "product_ids": list(products)}
            await client.send(json.dumps(message))
        yield client


async def next_frame(client: ClientConnection, channel: str) -> dict[str, Any]:
    """Return the next frame of a channel."""
    async for text in client:
        frame: dict[str, Any] = json.loads(text)
        if frame.get("channel") == channel:
            return frame
    raise AssertionError(f"the feed ended without a {channel} frame")
