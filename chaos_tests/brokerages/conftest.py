"""The client under test, and a small exchange for it alone."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from chaos_tests.brokerages.scripted import Scripted, eventually, scripted_exchange
from chaos_tests.brokerages.watch import Make, plain, sound


@pytest.fixture
def make() -> Make:
    """Return what makes the client as it is. Tests of the tests hand in broken ones instead."""
    return sound


@pytest.fixture
def make_plain() -> Make:
    """Return what makes the client as it is, without TLS."""
    return plain


@pytest.fixture
async def exchange() -> AsyncIterator[Scripted]:
    """Return a scripted exchange, and see that no task outlives the test."""
    before = asyncio.all_tasks()
    async with scripted_exchange() as script:
        yield script
        await eventually(lambda: not script.connections)
    mine = asyncio.current_task()
    assert not [task for task in asyncio.all_tasks() - before if task is not mine]
