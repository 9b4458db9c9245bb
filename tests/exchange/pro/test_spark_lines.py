"""The undocumented route from which ccxt reads tickers of the Exchange dialect."""

from __future__ import annotations

from unittest.mock import Mock

import msgspec

from downtick.exchange.call import Call
from downtick.exchange.config import ExchangeConfig
from downtick.exchange.market import SeededMarket
from downtick.exchange.pro.asked import Asked
from downtick.exchange.pro.rest import find
from downtick.exchange.venue import open_venue
from tests.exchange.orders import PERPETUAL

PRODUCTS = ("BTC-USD", "ETH-USD", PERPETUAL)
MARKET = SeededMarket(5, PRODUCTS, rate=10.0)


def test_a_day_of_hours_newest_first() -> None:
    """Of every product that is owned: the start in seconds, the lowest, the highest, the first and the last price."""
    route = find("GET", "/products/spark-lines")
    assert route is not None
    assert (route.scope, route.slow) == (None, True)
    config = ExchangeConfig(seed=1, products=PRODUCTS)
    venue = open_venue(config, MARKET.openings, lambda kind, **data: None)
    answer = route.handler(Asked(Call(1, 1, "GET", "/products/spark-lines"), venue, Mock()))
    lines = msgspec.json.decode(answer.answer.body)
    assert sorted(lines) == ["BTC-USD", "ETH-USD"]
    for hours in lines.values():
        starts = [hour[0] for hour in hours]
        assert 24 <= len(starts) <= 25
        assert starts == [starts[0] - 3600 * number for number in range(len(starts))]
        assert all(
            low <= min(first, last) <= max(first, last) <= high
            for _, low, high, first, last in hours
        )
