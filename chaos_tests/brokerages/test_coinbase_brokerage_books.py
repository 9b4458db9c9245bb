"""The brokerage and long lists, contracts, and keys of both kinds, as the exchange has them."""

from __future__ import annotations

import time
from decimal import Decimal

import pytest

from bot_v2.features.brokerages.broker import Unauthorized, Unavailable
from chaos_tests.brokerages.trading import (
    ORDERS,
    an_order,
    hits,
    in_dialects,
    in_ledger,
    once_in_ledger,
    trading,
)
from downtick.rig import Rig

pytestmark = [pytest.mark.integration, pytest.mark.brokerages]

PERPETUAL, FUTURE = "BTC-PERP-INTX", "BIT-26DEC26-CDE"


@in_dialects()
async def test_the_oldest_of_many_orders_is_found(rig: Rig, dialect: str) -> None:
    """However many pages stand before it, among the open ones, in the history and among the fills."""
    async with trading(rig, dialect, page=3) as broker:
        began = time.time()
        requests = [an_order(quantity=f"0.0{n + 11}") for n in range(8)]
        placed = [await broker.place_order(request) for request in requests]
        opened = await broker.open_orders()
        assert {order.order_id for order in opened} == {order.order_id for order in placed}
        # Exchange would find it by its name alone: that route is shut, so that the pages are turned.
        shut = await rig.exchange_fault("http_error", status=404, routes=["GET /orders/{}"])
        found = await broker.find_order(requests[0].client_order_id, began)
        assert found == placed[0]
        if dialect == "exchange":
            await hits(rig, shut)
        await rig.end_exchange_fault(shut)
        for _ in range(5):
            await broker.place_order(an_order(price=None, symbol="ETH-USD", quantity="0.5"))
        fills = await broker.get_fills(began - 60)
        assert sum(fill.quantity for fill in fills) == Decimal("2.5")
        assert fills == sorted(fills, key=lambda fill: fill.at)
        assert len({fill.fill_id for fill in fills}) == len(fills) >= 5


@in_dialects()
async def test_a_list_that_cannot_be_read_to_its_end_is_no_list(rig: Rig, dialect: str) -> None:
    """It is not cut off in silence: what stands behind the cut would be forgotten."""
    async with trading(rig, dialect, page=1, max_pages=2) as broker:
        for _ in range(4):
            await broker.place_order(an_order())
        with pytest.raises(Unavailable, match="longer than 2 pages"):
            await broker.open_orders()


@in_dialects()
async def test_an_order_is_found_behind_its_fill(rig: Rig, dialect: str) -> None:
    """No list shows the order, but its fill is there: whose is it?"""
    async with trading(rig, dialect) as broker:
        began = time.time()
        request = an_order(price=None)
        report = await broker.place_order(request)
        lists = {"advanced_trade": "GET /orders/historical/batch", "exchange": "GET /orders"}
        old = await rig.exchange_fault("stale_replica", behind=60.0, routes=[lists[dialect]])
        if dialect == "exchange":  # and it cannot be asked for by its name
            await rig.exchange_fault(
                "http_error",
                selectors={"route": "GET /orders/{}", "once": True},
                status=404,
            )
        assert await broker.find_order(request.client_order_id, began) == report
        await hits(rig, old)


@in_dialects("advanced_trade", products=("BTC-USD", PERPETUAL, FUTURE))
async def test_positions_in_contracts_have_their_sign(rig: Rig, dialect: str) -> None:
    """Long and short, perpetual and expiring, beside a spot product."""
    symbols = ("BTC-USD", PERPETUAL, FUTURE)
    async with trading(rig, dialect, symbols=symbols) as broker:
        assert await broker.get_positions() == {"BTC-USD": 2, PERPETUAL: 0, FUTURE: 0}
        short = an_order(symbol=PERPETUAL, side="sell", quantity="0.25", price=None)
        long = an_order(symbol=FUTURE, side="buy", quantity="3", price=None)
        for request in (short, long):
            report = await broker.place_order(request)
            assert (report.status, report.filled) == ("filled", request.quantity)
            await once_in_ledger(rig, request)
        assert await broker.get_positions() == {
            "BTC-USD": 2,
            PERPETUAL: Decimal("-0.25"),
            FUTURE: 3,
        }
        assert await broker.get_position(PERPETUAL) == Decimal("-0.25")


@in_dialects("advanced_trade")
async def test_an_ed25519_key_trades(rig: Rig, dialect: str) -> None:
    """Both kinds of keys sign what Advanced Trade takes."""
    async with trading(rig, dialect, key=rig.keys.ed25519) as broker:
        request = an_order()
        await broker.place_order(request)
    await once_in_ledger(rig, request)


@in_dialects("advanced_trade")
async def test_a_key_that_may_only_look_places_nothing(rig: Rig, dialect: str) -> None:
    """It reads; an order is surely not done, and why is said."""
    async with trading(rig, dialect, key=rig.keys.read_only) as broker:
        assert (await broker.get_account()).balances["BTC"].total == 2
        request = an_order()
        with pytest.raises(Unauthorized, match="Missing required scopes"):
            await broker.place_order(request)
    assert await in_ledger(rig, request) == []


@in_dialects(rest_limits=True)
async def test_a_busy_bot_stays_below_the_limits(rig: Rig, dialect: str) -> None:
    """With Coinbase's limits enforced, forty reads and ten orders pass, and none is turned away."""
    async with trading(rig, dialect, call_timeout=60.0, order_timeout=60.0) as broker:
        for _ in range(10):
            await broker.place_order(an_order())
            for _ in range(4):
                await broker.get_account()
    assert rig.history.select("answer", status=429) == []
    assert len(rig.history.select("request", method=ORDERS.partition(" ")[0])) == 10
