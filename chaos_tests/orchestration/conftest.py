"""What belongs to the tests of whole bots: each lets go of everything."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest


@pytest.fixture(autouse=True)
async def nothing_goes_on() -> AsyncIterator[None]:
    """See that no task outlives the bot for long: an answer that was being waited for may still come, or not."""
    before = asyncio.all_tasks()
    yield
    left = asyncio.all_tasks() - before - {asyncio.current_task()}
    if left:
        _, left = await asyncio.wait(left, timeout=5)
    assert not left
