"""Candles say what the trades of their stretch of time did."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from downtick.exchange.market.candle import Candle
from downtick.exchange.market.candles import GRANULARITIES, Candles
from downtick.exchange.market.events import Trade

ORIGIN = 1_700_000_030.0


def trade(at: float, price: int, size: int = 1) -> Trade:
    """Return a trade of an invented product."""
    return Trade(at, "AAA-USD", 1, Decimal(price), Decimal(size), "BUY")


TRADES = st.lists(
    st.builds(trade, st.floats(0, 90_000), st.integers(1, 99), st.integers(1, 9)), max_size=40
).map(lambda trades: sorted(trades, key=lambda trade: trade.at))


@pytest.mark.parametrize("seconds", GRANULARITIES.values(), ids=GRANULARITIES.keys())
@given(trades=TRADES)
@settings(max_examples=25, deadline=None)
def test_candles_of_every_granularity(seconds: int, trades: list[Trade]) -> None:
    """Each candle is the fold of exactly the trades in its stretch; stretches without trades have none."""
    candles = Candles(ORIGIN)
    for one in trades:
        candles.add(one)
    stretches: dict[int, list[Trade]] = {}
    for one in trades:
        stretches.setdefault(int((ORIGIN + one.at) // seconds) * seconds, []).append(one)
    assert candles.between(seconds, 0, 1e12, 100) == tuple(
        Candle(
            start,
            min(one.price for one in inside),
            max(one.price for one in inside),
            inside[0].price,
            inside[-1].price,
            sum((one.size for one in inside), Decimal(0)),
        )
        for start, inside in sorted(stretches.items(), reverse=True)
    )


def test_both_ends_are_included() -> None:
    """A candle that starts at either end is given, one that starts outside is not."""
    candles = Candles(0.0)
    for minute in range(5):
        candles.add(trade(minute * 60.0, 10 + minute))
    starts = [candle.start for candle in candles.between(60, 60, 180, 100)]
    assert starts == [180, 120, 60]
