"""The user feed as the bot hears it, in both dialects: its orders, its losses, and what it cannot know."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from decimal import Decimal

import pytest

from bot_v2.features.brokerages.coinbase.brokerage import CoinbaseBrokerage
from bot_v2.features.brokerages.coinbase.market_stream import market_stream
from bot_v2.features.brokerages.coinbase.settings import CoinbaseSettings
from bot_v2.features.brokerages.coinbase.streaming import Gap, Message, StreamingSettings
from bot_v2.features.brokerages.coinbase.user_stream import OrderHint, UserStream
from chaos_tests.brokerages.steps import passed
from chaos_tests.brokerages.trading import (
    SYMBOLS,
    an_order,
    environment,
    hits,
    in_dialects,
    trading,
)
from downtick.rig import Rig

pytestmark = [pytest.mark.integration, pytest.mark.brokerages]

Item = OrderHint | Gap


class Ear:
    """Everything that the stream told."""

    def __init__(self, rig: Rig, stream: UserStream) -> None:
        self.rig = rig
        self.stream = stream
        self.items: list[Item] = []
        self._news = asyncio.Event()

    async def listen(self) -> None:
        async for item in self.stream.hints():
            self.items.append(item)
            self._news.set()

    async def until(self, wanted: Callable[[Item], bool], name: str) -> Item:
        """Return the first item that is wanted, within ten nominal seconds."""
        async with self.rig.deadline(10, name):
            while True:
                for item in self.items:
                    if wanted(item):
                        return item
                self._news.clear()
                await self._news.wait()

    async def hint(self, order_id: str, status: str) -> OrderHint:
        """Return the first hint that an order has come to a state."""
        found = await self.until(
            lambda item: (
                isinstance(item, OrderHint) and (item.order_id, item.status) == (order_id, status)
            ),
            f"a hint of {status}",
        )
        assert isinstance(found, OrderHint)
        return found


@contextlib.asynccontextmanager
async def hearing(rig: Rig, dialect: str) -> AsyncIterator[Ear]:
    """Bring the stream up and listen to it."""
    settings = CoinbaseSettings.from_environment(environment(rig, dialect))
    streaming = StreamingSettings(time_scale=rig.time_scale)
    stream = UserStream(settings, SYMBOLS, streaming, seed=rig.seed)
    ear = Ear(rig, stream)
    listening = asyncio.create_task(ear.listen())
    try:
        async with rig.deadline(10, "the user feed is live"):
            await stream.start()
        yield ear
    finally:
        await stream.stop()
        await listening


@in_dialects()
async def test_the_life_of_orders_is_heard(rig: Rig, dialect: str) -> None:
    """Placed, filled, cancelled, as the ledger has it; how much is filled where the feed says so."""
    async with trading(rig, dialect) as broker, hearing(rig, dialect) as ear:
        resting = await broker.place_order(an_order())
        hint = await ear.hint(resting.order_id, "open")
        assert (hint.symbol, hint.side, hint.opening) == ("BTC-USD", "buy", False)
        assert hint.client_order_id in {"", resting.client_order_id}
        bought = await broker.place_order(an_order(price=None))
        filled = await ear.hint(bought.order_id, "filled")
        if dialect == "advanced_trade":
            assert filled.filled == bought.filled == Decimal("0.01")
            assert filled.average_price == bought.average_price
        else:
            assert filled.filled is None
        await broker.cancel_order(resting.order_id)
        assert (await ear.hint(resting.order_id, "cancelled")).over
        assert not [item for item in ear.items if isinstance(item, Gap)]


@in_dialects(arm=("user_ws",), expect=[{"reconnects": {"within": "10s"}}, "resubscribes"])
async def test_a_lost_feed_is_a_gap_and_comes_back(rig: Rig, dialect: str) -> None:
    """Signed anew, subscribed anew; what happened meanwhile is not told, and that is told."""
    async with trading(rig, dialect) as broker, hearing(rig, dialect) as ear:
        before = await broker.place_order(an_order())
        await ear.hint(before.order_id, "open")
        await rig.inject("user_ws", "reset")
        gap = await ear.until(lambda item: isinstance(item, Gap), "the loss is told")
        assert isinstance(gap, Gap)
        assert gap.reason == "lost"
        after = await _until_heard(ear, broker)
        assert after > gap.at
        passed(await rig.verdict())
    assert rig.history.select("auth_refused") == []


async def _until_heard(ear: Ear, broker: CoinbaseBrokerage) -> float:
    """Place orders until one is heard of, and return when."""
    async with ear.rig.deadline(10, "the feed is back"):
        while True:
            report = await broker.place_order(an_order())
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(ear.rig.scaled(1.0)):
                    return (await ear.hint(report.order_id, "open")).received_at


@in_dialects("advanced_trade", arm=("user_ws",))
async def test_a_new_connection_begins_with_the_open_orders(rig: Rig, dialect: str) -> None:
    """Told as such: one that is not among them is over, or was never there; who wants to know asks."""
    async with trading(rig, dialect) as broker:
        report = await broker.place_order(an_order())
        async with hearing(rig, dialect) as ear:
            hint = await ear.hint(report.order_id, "open")
            assert hint.opening
            assert hint.client_order_id == report.client_order_id


@in_dialects()
async def test_a_key_that_is_refused_is_shown_again_later(rig: Rig, dialect: str) -> None:
    """The feed keeps trying: a refusal may be an overload in disguise."""
    gone = await rig.exchange_fault("channel_gone", listener="user_ws", channels=["user"])
    settings = CoinbaseSettings.from_environment(environment(rig, dialect))
    streaming = StreamingSettings(time_scale=rig.time_scale)
    stream = UserStream(settings, SYMBOLS, streaming, seed=rig.seed)
    starting = asyncio.create_task(stream.start())
    await rig.until("fault_hit", within=30, handle=gone)
    assert not starting.done()
    await rig.end_exchange_fault(gone)
    async with rig.deadline(15, "the user feed is live"):
        await starting
    await stream.stop()
    await hits(rig, gone)
    assert stream.client.stats.losses["refused"] >= 1


@in_dialects()
async def test_silence_of_the_market_is_not_silence_of_the_feed(rig: Rig, dialect: str) -> None:
    """No order, no news: for a while, and the connection stays."""
    async with hearing(rig, dialect) as ear:
        since = rig.now()
        await rig.until("frame_sent", within=60, after=since + rig.scaled(15), channel="heartbeats")
        assert ear.items == []
        assert ear.stream.client.stats.connects == 1


@in_dialects()
async def test_market_data_reads_the_same_in_both_dialects(rig: Rig, dialect: str) -> None:
    """Tickers, trades and the book have Advanced Trade's members, whoever told them."""
    settings = CoinbaseSettings.from_environment(environment(rig, dialect))
    streaming = StreamingSettings(time_scale=rig.time_scale)
    seen: dict[tuple[str, str], Message] = {}
    async with market_stream(settings, streaming, seed=rig.seed) as client:
        await client.subscribe(["BTC-USD"], ["ticker", "level2", "market_trades"])
        async with rig.deadline(20, "all channels tell something"):
            async for item in client.messages():
                assert isinstance(item, Message)
                seen.setdefault((item.channel, item.type), item)
                if {
                    ("ticker", "update"),
                    ("l2_data", "update"),
                    ("market_trades", "update"),
                } <= set(seen):
                    break
    ticker = seen["ticker", "update"].events[0]["tickers"][0]
    assert Decimal(ticker["best_bid"]) <= Decimal(ticker["best_ask"])
    assert Decimal(ticker["price"]) > 0
    trade = seen["market_trades", "update"].events[0]["trades"][0]
    assert trade["side"] in {"BUY", "SELL"}
    book = seen["l2_data", "snapshot"].events[0]["updates"]
    assert {level["side"] for level in book} == {"bid", "offer"}
    assert all(Decimal(level["new_quantity"]) >= 0 for level in book)
    assert seen["ticker", "update"].timestamp.endswith("Z")
