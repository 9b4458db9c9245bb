from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.bot_v2.features.brokerages.coinbase.advanced_trade.desk import (
    Desk,
)


@pytest.fixture
def desk() -> Iterator[Desk]:
    made = Desk()
    yield made
    made.client.close()
