"""The state is the fold of a market's events."""

from __future__ import annotations

from decimal import Decimal
from itertools import islice

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from downtick.exchange.market import (
    BookChange,
    Level,
    MarketState,
    Opening,
    Quote,
    SeededMarket,
    Stats,
    Trade,
)
from downtick.exchange.market.products import product

OPENING = Opening(
    product("AAA-USD", Decimal("0.01"), Decimal("0.01")),
    bids=(Quote(Decimal(9), Decimal(1)),),
    asks=(Quote(Decimal(11), Decimal(1)),),
    trades=(Trade(-1.0, "AAA-USD", 6, Decimal(10), Decimal(1), "BUY"),),
    past=Stats(
        open_24h=Decimal(8),
        high_24h=Decimal(11),
        low_24h=Decimal(7),
        volume_24h=Decimal(100),
        high_52w=Decimal(12),
        low_52w=Decimal(5),
    ),
)


@given(seed=st.integers(0, 2**32))
@settings(max_examples=10, deadline=None)
def test_figures_of_the_day_agree_with_the_trades(seed: int) -> None:
    """Price, high, low, volume and change are those of the opening and of all trades since."""
    market = SeededMarket(seed, ["BTC-USD"], rate=10.0)
    (opening,) = market.openings
    state = MarketState(market.openings)
    trades = list(opening.trades)
    for event in islice(market.events(), 500):
        state.apply(event)
        if isinstance(event, Trade):
            trades.append(event)
    ticker = state.ticker("BTC-USD")
    new = trades[len(opening.trades) :]
    assert ticker.price == trades[-1].price
    assert ticker.stats.volume_24h == opening.stats.volume_24h + sum(trade.size for trade in new)
    assert ticker.stats.high_24h == max(opening.stats.high_24h, *(t.price for t in new))
    assert ticker.stats.low_24h == min(opening.stats.low_24h, *(t.price for t in new))
    assert ticker.stats.low_52w <= ticker.stats.low_24h <= ticker.stats.open_24h
    assert ticker.stats.open_24h <= ticker.stats.high_24h <= ticker.stats.high_52w
    assert state.trades("BTC-USD", 1000) == tuple(reversed(trades))[:1000]
    assert state.last_trade("BTC-USD") == trades[-1]


def test_opening_is_what_a_client_sees_first() -> None:
    """Before any event the state is the opening."""
    state = MarketState([OPENING])
    ticker = state.ticker("AAA-USD")
    assert (ticker.price, ticker.stats) == (Decimal(10), OPENING.stats)
    assert (ticker.bid, ticker.ask) == (OPENING.bids[0], OPENING.asks[0])
    assert ticker.change_24h == Decimal(25)
    assert state.products == (OPENING.product,)
    assert state.product("AAA-USD") == OPENING.product


def test_year_follows_the_day() -> None:
    """A trade outside the year's range widens the day's and the year's range."""
    state = MarketState([OPENING])
    state.apply(Trade(1.0, "AAA-USD", 7, Decimal(13), Decimal(2), "SELL"))
    state.apply(Trade(2.0, "AAA-USD", 8, Decimal(4), Decimal(2), "BUY"))
    stats = state.ticker("AAA-USD").stats
    assert (stats.high_24h, stats.high_52w) == (Decimal(13), Decimal(13))
    assert (stats.low_24h, stats.low_52w) == (Decimal(4), Decimal(4))
    assert stats.volume_24h == Decimal(104)


def test_book_change_changes_the_book_only() -> None:
    """A change of book moves the quotes of the ticker and no trade."""
    state = MarketState([OPENING])
    state.apply(BookChange(1.0, "AAA-USD", (Level("bid", Decimal(10), Decimal(3)),)))
    assert state.ticker("AAA-USD").bid == Quote(Decimal(10), Decimal(3))
    assert state.trades("AAA-USD", 10) == OPENING.trades


def test_no_trade_yet() -> None:
    """Without any trade the price is the day's open."""
    bare = Opening(OPENING.product, (), (), (), OPENING.stats)
    state = MarketState([bare])
    assert state.last_trade("AAA-USD") is None
    assert state.ticker("AAA-USD").price == Decimal(8)


def test_unknown_product() -> None:
    """Asking for what is not traded is a KeyError, and membership tells beforehand."""
    state = MarketState([OPENING])
    assert "AAA-USD" in state
    assert "BBB-USD" not in state
    with pytest.raises(KeyError):
        state.book("BBB-USD")
