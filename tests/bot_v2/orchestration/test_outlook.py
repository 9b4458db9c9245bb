"""What orders are judged by."""

from __future__ import annotations

import asyncio
from decimal import Decimal

import pytest

from bot_v2.features.brokerages.broker import OrderRequest, Unavailable
from bot_v2.features.live_trade.risk import Holding, SeenPrice
from bot_v2.metrics import MetricsCollector
from bot_v2.orchestration.line import BrokerLine
from bot_v2.orchestration.outlook import BotOutlook
from tests.bot_v2.orchestration.desk_parts import BTC, quick, until
from tests.bot_v2.orchestration.fake_broker import PRICE, FakeBroker
from tests.bot_v2.state.memory import MemoryStore


class Prices:
    """Market data of one product."""

    def __init__(self) -> None:
        self.mode = "streaming"

    def mode_of(self, symbol: str) -> str:
        if symbol != BTC:
            raise KeyError(symbol)
        return self.mode

    def get_mark_price(self, symbol: str) -> SeenPrice:
        del symbol
        return SeenPrice(Decimal(50_100), 0.7)

    async def start(self) -> None: ...

    async def stop(self) -> None: ...


def outlook(
    broker: FakeBroker,
    store: MemoryStore | None = None,
    prices: Prices | None = None,
    quote_cache: float = 60.0,
) -> BotOutlook:
    """Return an outlook."""
    settings = quick(quote_cache=quote_cache)
    line = BrokerLine(settings, MetricsCollector())
    return BotOutlook(broker, line, store or MemoryStore(), prices, settings)


async def test_a_market_is_quote_and_mark_price() -> None:
    """Of two sources."""
    market = await outlook(FakeBroker(), prices=Prices()).market(BTC)
    assert market.quote.bid == PRICE - 5
    assert market.mark == 50_100


async def test_a_stale_or_missing_price_is_none() -> None:
    """Nobody trades on it."""
    prices = Prices()
    seen = outlook(FakeBroker(), prices=prices)
    assert (await seen.market("DOGE-USD")).mark is None
    assert (await seen.view(BTC)).prices == {BTC: SeenPrice(Decimal(50_100), 0.7)}
    prices.mode = "stale"
    assert (await seen.market(BTC)).mark is None
    assert (await seen.view(BTC)).prices == {}


async def test_without_market_data_the_quote_is_the_price() -> None:
    """Once it was told."""
    seen = outlook(FakeBroker())
    assert (await seen.view(BTC)).prices == {}
    assert (await seen.market(BTC)).mark is None
    price = (await seen.view(BTC)).prices[BTC]
    assert price.value == PRICE
    assert 0 <= price.age < 5


async def test_a_quote_is_the_price_until_the_next_has_come() -> None:
    """Somebody else's order asks for a new one, and this one is judged meanwhile."""
    broker = FakeBroker()
    seen = outlook(broker, quote_cache=1e-9)
    await seen.market(BTC)
    broker.hanging.add("get_quote")
    asking = asyncio.create_task(seen.market(BTC))
    await until(lambda: broker.asked["get_quote"] == 2)
    assert (await seen.view(BTC)).prices[BTC].value == PRICE
    broker.hanging.clear()
    await asking


async def test_a_failed_quote_is_not_kept() -> None:
    """The next order asks again."""
    broker = FakeBroker()
    broker.trouble["get_quote"] = Unavailable("503")
    seen = outlook(broker)
    with pytest.raises(Unavailable):
        await seen.market(BTC)
    assert (await seen.view(BTC)).prices == {}
    broker.trouble.clear()
    assert (await seen.market(BTC)).quote.symbol == BTC
    await seen.market(BTC)
    assert broker.asked["get_quote"] == 2


async def test_a_view_holds_positions_open_orders_and_what_is_unknown() -> None:
    """Of every product."""
    store = MemoryStore()
    await store.set_position("ETH-USD", Decimal(3))
    for name in ("sent", "lost"):
        await store.write_intent(OrderRequest(name, BTC, "buy", Decimal("0.2")), 0.0)
        await store.mark_sent(name)
    await store.mark_unknown("lost")
    view = await outlook(FakeBroker(), store).view(BTC)
    assert view.holdings["ETH-USD"] == Holding(Decimal(3))
    assert view.holdings[BTC] == Holding(buys=Decimal("0.4"))
    assert [intent.client_order_id for intent in view.unknown] == ["lost"]


async def test_the_loss_of_the_day_is_in_the_view() -> None:
    """At the prices of the moment."""
    store = MemoryStore()
    await store.set_position(BTC, Decimal(1))
    prices = Prices()
    seen = outlook(FakeBroker(), store, prices)
    assert (await seen.view(BTC)).daily_pnl == 0
    prices.get_mark_price = lambda symbol: SeenPrice(Decimal(50_000), 0.0)  # type: ignore[method-assign]
    assert (await seen.view(BTC)).daily_pnl == -100
