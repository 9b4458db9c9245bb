"""One product's walk keeps its book deep and its price in bounds."""

from __future__ import annotations

from itertools import islice

import pytest

from downtick.exchange.market import MarketState, Trade, walk
from downtick.exchange.market.walk import Walk


def test_book_never_gets_shallower(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where trades eat the last level that may go, another one comes in behind."""
    monkeypatch.setattr(
        walk, "LEAST_LEVELS", 40
    )  # as many as at the opening: every trade is at the limit
    made = Walk(1, "BTC-USD")
    state = MarketState([made.opening])
    depths = []
    for event in islice(made.events(5.0), 1500):
        state.apply(event)
        if not isinstance(event, Trade):
            depths += [len(side) for side in state.book("BTC-USD").depth()]
    assert min(depths) == 40


@pytest.mark.parametrize(
    ("product_id", "least", "most"),
    [
        ("BTC-USD", 200, 20_000),
        ("ETH-BTC", 0.003, 0.3),
        ("BTC-PERP-INTX", 200, 20_000),
        ("BIT-26DEC26-CDE", 200, 20_000),
    ],
)
def test_quotes_are_worth_what_people_trade(product_id: str, least: float, most: float) -> None:
    """The mean quote is worth some thousands of dollars, or as much in another currency."""
    opening = Walk(3, product_id).opening
    coins = opening.product.contract_size
    worth = [float(quote.price * quote.quantity * coins) for quote in opening.bids + opening.asks]
    assert least < sum(worth) / len(worth) < most


def test_opening_is_sound() -> None:
    """The opening's past trades stand at its quotes, before second 0, inside the day's range."""
    opening = Walk(3, "BTC-USD").opening
    assert {trade.price for trade in opening.trades} <= {
        opening.bids[0].price,
        opening.asks[0].price,
    }
    assert [trade.at for trade in opening.trades] == sorted(trade.at for trade in opening.trades)
    assert opening.trades[-1].at < 0
    assert all(
        opening.stats.low_24h <= trade.price <= opening.stats.high_24h for trade in opening.trades
    )
