"""The order policy: liquidity, then the risk gates, then execution. The first refusal wins.

::

    request ──▶ open? ──▶ liquidity ──▶ ┌ open? ──▶ risk gates ──▶ intent written ┐ ──▶ request sent
                                        └────────── one at a time ────────────────┘

Between the look at the positions and the intent that is written nobody else may write one: twenty orders that are
asked for in the same instant are judged one after another, each with those before it counted.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Protocol

from bot_v2.features.brokerages.broker import OrderRequest, Quote
from bot_v2.features.live_trade.risk.gates import RiskGateValidator
from bot_v2.features.live_trade.risk.liquidity import LiquidityService
from bot_v2.features.live_trade.risk.outcome import OrderResult, Refusal
from bot_v2.features.live_trade.risk.view import RiskView


@dataclass(frozen=True)
class Market:
    """A product's market as it is now.

    Attributes:
        quote: the broker's.
        mark: the price from the market data, or None.
        now: seconds since 1970.
    """

    quote: Quote
    mark: Decimal | None
    now: float


Closed = Callable[[OrderRequest], Refusal | None]
"""Returns why no order like this is taken at present, or None if it is."""


class Outlook(Protocol):
    """What the policy judges by."""

    async def market(self, symbol: str) -> Market:
        """Return the market of a product.

        Raises:
            BrokerError: the broker does not tell it.
        """

    async def view(self, symbol: str) -> RiskView:
        """Return positions, orders and prices as they are now."""


class Execution(Protocol):
    """What carries an order out that may be sent."""

    async def begin(self, request: OrderRequest) -> Refusal | None:
        """Write down that the order is meant. From here on it counts.

        Returns why that could not be done, or None.
        """

    async def send(self, request: OrderRequest) -> OrderResult:
        """Send it."""


class OrderPolicy:
    """Judges every order by the same layers in the same order."""

    def __init__(
        self,
        closed: Closed,
        liquidity: LiquidityService,
        gates: RiskGateValidator,
        outlook: Outlook,
        execution: Execution,
    ) -> None:
        self.liquidity = liquidity
        self.gates = gates
        self._closed = closed
        self._outlook = outlook
        self._execution = execution
        self._one_at_a_time = asyncio.Lock()

    async def submit(self, request: OrderRequest) -> OrderResult | Refusal:
        """Send an order, or return why it was not sent.

        Whoever is cancelled here may leave an intent behind that was written and never sent.

        Raises:
            BrokerError: there is no telling what the market is. Nothing was sent.
        """
        refusal = self._closed(request) or await self._liquidity(request)
        if refusal is None:
            async with self._one_at_a_time:
                refusal = self._closed(request) or await self._begin(request)
        return refusal or await self._execution.send(request)

    async def _liquidity(self, request: OrderRequest) -> Refusal | None:
        market = await self._outlook.market(request.symbol)
        return self.liquidity.check(request, market.quote, market.mark, market.now)

    async def _begin(self, request: OrderRequest) -> Refusal | None:
        view = await self._outlook.view(request.symbol)
        return self.gates.check(request, view) or await self._execution.begin(request)
