"""What the bot's clients must do before a sandbox. The same is done before the stub, under the sandbox's names."""

from __future__ import annotations

import asyncio
import contextlib
import uuid
from collections.abc import AsyncIterator
from decimal import Decimal

import pytest

from bot_v2.features.brokerages.broker import NotDone, OrderRequest
from bot_v2.features.brokerages.coinbase.brokerage import CoinbaseBrokerage
from bot_v2.features.brokerages.coinbase.market_stream import market_stream
from bot_v2.features.brokerages.coinbase.rest import RestSettings
from bot_v2.features.brokerages.coinbase.settings import CoinbaseSettings
from bot_v2.features.brokerages.coinbase.streaming import StreamingSettings
from chaos_tests.brokerages.watch import watching
from downtick.rig import Rig

BTC = "BTC-USD"
ARMED = ("rest", "market_ws")
"""The links that these scenarios reset."""


@contextlib.asynccontextmanager
async def trading(rig: Rig, settings: CoinbaseSettings) -> AsyncIterator[CoinbaseBrokerage]:
    """Bring the brokerage up, and let go of it in the end."""
    brokerage = CoinbaseBrokerage(settings, (BTC,), RestSettings(time_scale=rig.time_scale))
    try:
        yield brokerage
    finally:
        await brokerage.close()


async def the_stream_comes_back(rig: Rig, settings: CoinbaseSettings) -> None:
    """Data comes; the link is reset; the client says so, comes back by itself, and data comes again."""
    streaming = StreamingSettings(time_scale=rig.time_scale)
    async with watching(rig, lambda _: market_stream(settings, streaming), ("ticker",)) as watch:
        await watch.condition(lambda: bool(watch.messages), within=30, name="the first price")
        reset = rig.now()
        await rig.inject("market_ws", "reset")
        await watch.loss(within=5, since=reset, name="the reset is noticed")
        await watch.data(within=30, since=reset, connection=2, name="prices after the reset")
        assert watch.client.is_connected()
        assert watch.losses() == {"dropped": 1}


async def accounts_are_read_and_a_refused_link_is_told(
    rig: Rig, settings: CoinbaseSettings
) -> None:
    """Balances come; with the link down nothing was done, and that is said; afterwards they come again."""
    async with trading(rig, settings) as broker:
        assert (await broker.get_account()).balances
        await rig.inject("rest", "down")
        with pytest.raises(NotDone):
            await broker.get_account()
        await rig.heal("rest")
        assert (await broker.get_account()).balances


async def an_order_rests_and_is_cancelled(rig: Rig, settings: CoinbaseSettings) -> None:
    """It is placed far from the market, found again by its name after a reset of the link, cancelled, and over."""
    async with trading(rig, settings) as broker:
        quote = await broker.get_quote(BTC)
        asked_at = quote.at
        price = (quote.bid / 2).quantize(Decimal("0.01"))
        request = OrderRequest(
            str(uuid.uuid4()), BTC, "buy", Decimal("0.01"), price, post_only=True
        )
        placed = await broker.place_order(request)
        try:
            await rig.inject("rest", "reset")
            found = await broker.find_order(request.client_order_id, asked_at)
            assert found is not None
            assert (found.order_id, found.over) == (placed.order_id, False)
        finally:
            await broker.cancel_order(placed.order_id)
        async with rig.deadline(60, "the order is over"):
            while not await _gone(broker, placed.order_id):  # noqa: ASYNC110 - it must be asked
                await asyncio.sleep(rig.scaled(1))


async def _gone(broker: CoinbaseBrokerage, order_id: str) -> bool:
    """Tell whether an order is over; one of which nothing was filled is forgotten (docs: Get single order)."""
    order = await broker.get_order(order_id)
    return order is None or order.over
