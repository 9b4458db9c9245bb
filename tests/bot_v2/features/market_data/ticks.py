"""Ticks for tests: on a clock that agrees with the exchange's, one nominal second a second."""

from __future__ import annotations

from decimal import Decimal

from bot_v2.features.market_data.price import Figures, Source, Tick
from bot_v2.features.market_data.settings import MarketDataSettings

SETTINGS = MarketDataSettings()
BTC = "BTC-USD"
ETH = "ETH-USD"


def tick(
    price: float | str,
    born: float,
    source: Source = "stream",
    symbol: str = BTC,
    lag: float = 0.0,
) -> Tick:
    """Return a tick of this mark price, which was so at `born` and arrived `lag` later."""
    mark = Decimal(str(price))
    return Tick(symbol, source, Figures(mark, mark, mark), 1e9 + born, born, born + lag)
