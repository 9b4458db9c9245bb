"""A venue of Advanced Trade before scripted answers."""

from __future__ import annotations

import time
from decimal import Decimal
from typing import Any

from bot_v2.features.brokerages.broker import (
    OrderRequest,
)
from bot_v2.features.brokerages.coinbase.advanced_trade import AdvancedTrade
from tests.bot_v2.features.brokerages.coinbase.in_process import (
    InProcess,
    client,
    of_site,
)
from tests.exchange.brokerage.site import BASE, Site

RESTING = OrderRequest("a", "BTC-USD", "buy", Decimal("0.001"), Decimal("10000.00"), post_only=True)


MARKET = OrderRequest("m", "BTC-USD", "buy", Decimal("0.002"))


class Desk:
    """The venue under test, and the stub behind it."""

    def __init__(self, **settings: Any) -> None:
        self.site = Site()
        self.wire = InProcess(of_site(self.site))
        self.client = client(self.wire, **settings)
        self.venue = AdvancedTrade(self.client)

    async def submit(self, request: OrderRequest) -> str:
        return await self.venue.submit(request, soon())

    def asked(self, start: str) -> int:
        return sum(line.startswith(start.replace(" /", f" {BASE}/")) for line in self.wire.lines)


def soon() -> float:
    return time.monotonic() + 5
