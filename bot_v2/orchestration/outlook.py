"""What orders are judged by: quotes of the broker, prices, positions and orders of the store."""

from __future__ import annotations

import asyncio
import time
from decimal import Decimal

from bot_v2.features.brokerages.broker import Broker, Quote
from bot_v2.features.live_trade.risk import Holding, Market, RiskView, SeenPrice
from bot_v2.orchestration.line import BrokerLine
from bot_v2.orchestration.needs import MarketData, Store, fresh_price
from bot_v2.orchestration.settings import OrchestratorSettings


class BotOutlook:
    """Everything that is known, put together when it is asked for.

    Args:
        broker: tells quotes.
        line: by which it is asked.
        store: tells positions and orders.
        market_data: tells prices; without it, the broker's quotes are the prices.
        settings: in real seconds.
    """

    def __init__(
        self,
        broker: Broker,
        line: BrokerLine,
        store: Store,
        market_data: MarketData | None,
        settings: OrchestratorSettings,
    ) -> None:
        self._broker = broker
        self._line = line
        self._store = store
        self._market_data = market_data
        self._settings = settings
        self._quotes: dict[str, tuple[float, asyncio.Task[Quote]]] = {}
        self._told: dict[str, Quote] = {}  # the last of each, while the next is being asked for

    async def market(self, symbol: str) -> Market:
        """Return the market of a product.

        Raises:
            BrokerError: the broker does not tell it.
        """
        quote = await self._quote(symbol)
        price = fresh_price(self._market_data, symbol) if self._market_data else None
        return Market(quote, price.value if price else None, time.time())

    async def holding(self, symbol: str) -> Holding:
        """Return what is held of a product, and what is open."""
        intents = (
            await self._store.open_intents()
        )  # before the belief: a fill may count twice, never not at all
        belief = await self._store.position_belief()
        return Holding.of(symbol, belief.get(symbol, Decimal(0)), intents)

    async def view(self, symbol: str) -> RiskView:
        """Return positions, orders and prices as they are now."""
        intents = await self._store.open_intents()  # before the belief, as above
        belief = await self._store.position_belief()
        symbols = {symbol, *belief, *(intent.symbol for intent in intents)}
        prices = {each: price for each in symbols if (price := self._price(each)) is not None}
        values = {each: price.value for each, price in prices.items()}
        return RiskView(
            {each: Holding.of(each, belief.get(each, Decimal(0)), intents) for each in symbols},
            prices,
            await self._store.daily_pnl(time.time(), values),
            tuple(intent for intent in intents if intent.state == "unknown"),
        )

    def _price(self, symbol: str) -> SeenPrice | None:
        if self._market_data is not None:
            price = fresh_price(self._market_data, symbol)
            return SeenPrice(price.value, price.age) if price else None
        quote = self._told.get(symbol)
        return SeenPrice(quote.price, max(0.0, time.time() - quote.at)) if quote else None

    async def _quote(self, symbol: str) -> Quote:
        """Ask once for everybody who wants to know in the same moment."""
        now = time.monotonic()
        at, asked = self._quotes.get(symbol, (-float("inf"), None))
        if asked is None or now - at > self._settings.quote_cache or _failed(asked):
            answer = self._line.read("quote", lambda: self._broker.get_quote(symbol))
            asked = asyncio.create_task(answer, name=f"quote {symbol}")
            asked.add_done_callback(_failed)  # looks at an error that nobody may have waited for
            self._quotes[symbol] = now, asked
        quote = self._told[symbol] = await asyncio.shield(asked)
        return quote


def _failed(asked: asyncio.Task[Quote]) -> bool:
    return asked.done() and (asked.cancelled() or asked.exception() is not None)
