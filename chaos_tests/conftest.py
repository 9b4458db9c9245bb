"""What all chaos tests share: the test plan's bot, which is the real one here."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Final

import pytest

from bot_v2.orchestration.perps_bot import PerpsBot
from chaos_tests.orchestration.bot import running
from downtick.rig import Rig

LONGEST: Final = 900.0
"""Nominal seconds that a chaos test may take: an outage of ten minutes, and what comes before and after."""


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Give each test the time that it needs at this time scale, if that is more than any test has."""
    needed = LONGEST * float(config.getoption("downtick_time_scale") or 1.0)
    if needed <= float(config.getini("timeout")):
        return
    for item in items:
        if "chaos_tests" in item.path.parts and item.get_closest_marker("timeout") is None:
            item.add_marker(pytest.mark.timeout(needed))


@pytest.fixture
async def test_perps_bot(rig: Rig) -> AsyncIterator[PerpsBot]:
    """Return a bot that trades on this rig's exchange and may hold one bitcoin; end it afterwards."""
    async with running(rig) as bot:
        yield bot
