"""What all chaos tests share: the test plan's bot, which is the real one here."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from bot_v2.orchestration.perps_bot import PerpsBot
from chaos_tests.orchestration.bot import running
from downtick.rig import Rig


@pytest.fixture
async def test_perps_bot(rig: Rig) -> AsyncIterator[PerpsBot]:
    """Return a bot that trades on this rig's exchange and may hold one bitcoin; end it afterwards."""
    async with running(rig) as bot:
        yield bot
