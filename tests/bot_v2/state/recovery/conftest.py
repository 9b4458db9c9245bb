from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.bot_v2.state.orders import D
from tests.bot_v2.state.recovery.case import Case


@pytest.fixture
async def case() -> AsyncIterator[Case]:
    made = Case()
    await made.store.set_position("BTC-USD", D(1))
    yield made
    await made.store.close()
