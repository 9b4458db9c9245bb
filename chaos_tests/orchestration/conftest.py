"""What belongs to the tests of whole bots: each lets go of everything."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest


@pytest.fixture(autouse=True)
async def nothing_goes_on() -> AsyncIterator[None]:
    """See that no task outlives the bot."""
    before = asyncio.all_tasks()
    yield
    mine = asyncio.current_task()
    assert not [task for task in asyncio.all_tasks() - before if task is not mine]
