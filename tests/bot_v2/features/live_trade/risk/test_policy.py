"""How the layers are composed."""

from __future__ import annotations

import asyncio
from decimal import Decimal

import pytest

from bot_v2.features.brokerages.broker import OrderRequest, Quote
from bot_v2.features.live_trade.risk import (
    Holding,
    LiquidityService,
    Market,
    OrderPolicy,
    OrderResult,
    Refusal,
    RiskGateValidator,
    RiskView,
)
from tests.bot_v2.features.live_trade.risk.orders import LIMITS, holding, order, view


class Desk:
    """Market, positions and execution, each of which notes that it was asked."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.held = holding()
        self.bid, self.ask = Decimal(49_995), Decimal(50_005)
        self.shut: Refusal | None = None
        self.shuts_after_market = False
        self.cannot_write: Refusal | None = None

    def closed(self, request: OrderRequest) -> Refusal | None:
        del request
        return self.shut

    async def market(self, symbol: str) -> Market:
        self.asked.append("market")
        if self.shuts_after_market:
            self.shut = Refusal("broker_unavailable", "meanwhile")
        return Market(Quote(symbol, self.bid, self.bid, self.ask, 0.0), None, 0.0)

    async def view(self, symbol: str) -> RiskView:
        self.asked.append("view")
        before = self.held
        await asyncio.sleep(0)  # somebody else may come in between, if nobody keeps him out
        return view(before)

    async def begin(self, request: OrderRequest) -> Refusal | None:
        await asyncio.sleep(0)
        self.asked.append("begin")
        if self.cannot_write is None:
            self.held = self.held.with_order(request.side, request.quantity)
        return self.cannot_write

    async def send(self, request: OrderRequest) -> OrderResult:
        self.asked.append("send")
        return OrderResult("accepted", request.client_order_id)


@pytest.fixture
def desk() -> Desk:
    return Desk()


@pytest.fixture
def policy(desk: Desk) -> OrderPolicy:
    return OrderPolicy(desk.closed, LiquidityService(), RiskGateValidator(LIMITS), desk, desk)


async def reason(policy: OrderPolicy, request: OrderRequest | None = None) -> str:
    """Return the name of the refusal."""
    refusal = await policy.submit(request or order())
    assert isinstance(refusal, Refusal)
    return refusal.reason


async def test_an_order_passes_liquidity_then_gates_then_is_written_then_sent(
    policy: OrderPolicy, desk: Desk
) -> None:
    """In this order."""
    result = await policy.submit(order())
    assert isinstance(result, OrderResult)
    assert result.status == "accepted"
    assert desk.asked == ["market", "view", "begin", "send"]


async def test_the_first_refusal_wins_and_nothing_after_it_is_asked(
    policy: OrderPolicy, desk: Desk
) -> None:
    """No market, no gates; no gates, no execution."""
    desk.held, desk.ask = holding("1"), Decimal(60_000)
    assert await reason(policy) == "wide_spread"
    assert desk.asked == ["market"]
    desk.ask = Decimal(50_005)
    assert await reason(policy) == "position_limit"
    assert desk.asked[1:] == ["market", "view"]


async def test_a_closed_desk_asks_nobody(policy: OrderPolicy, desk: Desk) -> None:
    """Not even for a quote."""
    desk.shut = Refusal("broker_unavailable", "down")
    assert await reason(policy) == "broker_unavailable"
    assert desk.asked == []


async def test_a_desk_that_closes_meanwhile_sends_nothing(policy: OrderPolicy, desk: Desk) -> None:
    """The last look is the one that counts."""
    desk.shuts_after_market = True
    assert await reason(policy) == "broker_unavailable"
    assert desk.asked == ["market"]


async def test_an_intent_that_cannot_be_written_is_not_sent(
    policy: OrderPolicy, desk: Desk
) -> None:
    """An order that nobody would remember must not exist."""
    desk.cannot_write = Refusal("state_unavailable", "disk full")
    assert await reason(policy) == "state_unavailable"
    assert desk.asked[-1] == "begin"


async def test_twenty_orders_at_once_do_not_slip_past_the_limit(
    policy: OrderPolicy, desk: Desk
) -> None:
    """Each is judged with those before it counted."""
    asked = [policy.submit(order(quantity="0.15")) for _ in range(20)]
    results = await asyncio.gather(*asked)
    assert [isinstance(result, OrderResult) for result in results].count(True) == 6
    assert desk.held == Holding(Decimal(0), Decimal("0.90"), Decimal(0))
    assert {result.reason for result in results if isinstance(result, Refusal)} == {
        "position_limit"
    }
