"""A made market is repeatable, and its trades and books agree with each other."""

from __future__ import annotations

from decimal import Decimal
from itertools import islice, pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from downtick.errors import InputError
from downtick.exchange.market import BookChange, MarketState, SeededMarket, Trade
from downtick.exchange.market.candle import joined

PRODUCTS = st.lists(
    st.sampled_from(["BTC-USD", "DOGE-USD", "ETH-BTC", "ANY-THING"]), min_size=1, unique=True
)


@given(seed=st.integers(0, 2**32), products=PRODUCTS)
@settings(max_examples=6, deadline=None)
def test_books_stay_sound(seed: int, products: list[str]) -> None:
    """After every event each book is uncrossed, deep, sorted, positive and on its grid."""
    market = SeededMarket(seed, products, rate=10.0)
    state = MarketState(market.openings)
    for event in islice(market.events(), 300):
        state.apply(event)
        product, book = state.product(event.product_id), state.book(event.product_id)
        assert not book.crossed
        bids, asks = book.depth()
        assert len(bids) >= 20
        assert len(asks) >= 20
        assert list(bids) == sorted(bids, reverse=True)
        assert list(asks) == sorted(asks)
        for price, quantity in bids + asks:
            assert price > 0
            assert quantity > 0
            assert price % product.quote_increment == 0
            assert quantity % product.base_increment == 0


@given(seed=st.integers(0, 2**32))
@settings(max_examples=15, deadline=None)
def test_trades_take_what_the_book_offers(seed: int) -> None:
    """Every trade is at the best price of its maker's side, and the next change takes its size from there."""
    market = SeededMarket(seed, ["BTC-USD", "ETH-USD"], rate=10.0)
    state = MarketState(market.openings)
    events = islice(market.events(), 600)
    trades = 0
    for event in events:
        if isinstance(event, Trade):
            trades += 1
            book = state.book(event.product_id)
            best = book.best_bid if event.side == "BUY" else book.best_ask
            assert best is not None
            assert event.price == best.price
            assert 0 < event.size <= best.quantity
            state.apply(event)
            change = next(events, None)
            if change is None:
                break
            assert isinstance(change, BookChange)
            assert (change.at, change.product_id) == (event.at, event.product_id)
            side = "bid" if event.side == "BUY" else "offer"
            assert change.changes[0] == (side, event.price, best.quantity - event.size)
            event = change  # noqa: PLW2901 - the pair is one happening
        state.apply(event)
    assert trades > 20


@given(seed=st.integers(0, 2**32))
@settings(max_examples=10, deadline=None)
def test_same_seed_same_events(seed: int) -> None:
    """A market is the same each time it is made and each time it is played."""
    market = SeededMarket(seed, ["BTC-USD", "ETH-USD"], rate=5.0)
    again = SeededMarket(seed, ["BTC-USD", "ETH-USD"], rate=5.0)
    first = list(islice(market.events(), 200))
    assert first == list(islice(market.events(), 200))
    assert first == list(islice(again.events(), 200))
    assert market.openings == again.openings


@given(seed=st.integers(0, 2**32), origin=st.floats(1e9, 2e9))
@settings(max_examples=15, deadline=None)
def test_candles_run_through_the_start(seed: int, origin: float) -> None:
    """Before the first trade's minute lies the history, which closes at that trade's price; no minute is missing."""
    market = SeededMarket(seed, ["ETH-USD"], rate=10.0)
    state = MarketState(market.openings, origin)
    for event in islice(market.events(), 600):
        state.apply(event)
    trades = market.openings[0].trades
    first = int((origin + trades[0].at) // 60) * 60
    minutes = state.candles("ETH-USD", "ONE_MINUTE", 0, 2e9, 350)
    assert len(minutes) == 350
    assert {after.start - before.start for after, before in pairwise(minutes)} == {60}
    start, before = next(pair for pair in pairwise(minutes) if pair[0].start == first)
    assert before.close == start.open == trades[0].price
    hour = state.candles("ETH-USD", "ONE_HOUR", first - 3600, first, 1)[0]
    inside = state.candles("ETH-USD", "ONE_MINUTE", hour.start, hour.start + 3540, 60)
    assert joined(hour.start, inside) == hour


@given(seed=st.integers(0, 2**32), origin=st.floats(1e9, 2e9))
@settings(max_examples=10, deadline=None)
def test_figures_of_the_opening_are_those_of_its_candles(seed: int, origin: float) -> None:
    """The day's open, high, low and volume are those that a client adds up from a day of candles."""
    market = SeededMarket(seed, ["BTC-USD"], rate=10.0)
    state = MarketState(market.openings, origin)
    first = int((origin + market.openings[0].trades[0].at) // 60) * 60
    day = joined(0, state.candles("BTC-USD", "ONE_MINUTE", first - 86400, 2e9, 1500))
    stats = state.ticker("BTC-USD").stats
    assert (stats.open_24h, stats.high_24h, stats.low_24h) == (day.open, day.high, day.low)
    assert stats.volume_24h == day.volume
    assert stats.low_52w <= stats.low_24h <= stats.high_24h <= stats.high_52w


@pytest.mark.parametrize(("product", "most"), [("BTC-USD", "0.50"), ("ETH-USD", "0.05")])
def test_spreads_are_those_of_a_liquid_product(product: str, most: str) -> None:
    """Most of the time the best quotes lie as close together as a client knows it of Coinbase."""
    market = SeededMarket(1, [product], rate=10.0)
    state = MarketState(market.openings)
    spreads = []
    for event in islice(market.events(), 6000):
        state.apply(event)
        bids, asks = state.book(product).depth(1)
        spreads.append(asks[0].price - bids[0].price)
    close = sum(Decimal("0.01") <= spread <= Decimal(most) for spread in spreads)
    assert close > 0.6 * len(spreads)


def test_other_seed_other_events() -> None:
    """Two seeds give two markets."""
    one, two = (SeededMarket(seed, ["BTC-USD"], rate=5.0) for seed in (1, 2))
    assert list(islice(one.events(), 20)) != list(islice(two.events(), 20))


def test_products_do_not_disturb_each_other() -> None:
    """A product's events are the same whatever else is traded."""
    alone = SeededMarket(7, ["ETH-USD"], rate=5.0)
    beside = SeededMarket(7, ["BTC-USD", "ETH-USD"], rate=5.0)
    theirs = [e for e in islice(beside.events(), 400) if e.product_id == "ETH-USD"]
    assert theirs == list(islice(alone.events(), len(theirs)))


def test_time_runs_at_the_rate() -> None:
    """Events come in the order of time, so many happenings a second and product in the mean."""
    market = SeededMarket(3, ["BTC-USD", "ETH-USD"], rate=50.0)
    times = [event.at for event in islice(market.events(), 20_000)]
    happenings = len(set(times))
    assert times == sorted(times)
    assert happenings / times[-1] == pytest.approx(100, rel=0.1)


def test_trade_ids_count_up_from_the_opening() -> None:
    """The ids of a product's trades have no gap, from before the start on."""
    market = SeededMarket(3, ["BTC-USD"], rate=50.0)
    ids = [trade.trade_id for trade in market.openings[0].trades]
    ids += [e.trade_id for e in islice(market.events(), 2000) if isinstance(e, Trade)]
    assert ids == list(range(ids[0], ids[0] + len(ids)))


@pytest.mark.parametrize(
    ("products", "rate", "message"),
    [
        ([], 1.0, "expected at least one"),
        (["BTC-USD", "BTC-USD"], 1.0, "each once"),
        (["btc"], 1.0, "BASE-QUOTE"),
        (["BTC-USD"], 0.0, "positive"),
        (["BTC-USD"], float("nan"), "positive"),
    ],
)
def test_bad_settings_are_refused(products: list[str], rate: float, message: str) -> None:
    """No product, one twice, a bad name or a bad rate is said before anything starts."""
    with pytest.raises(InputError, match=message):
        SeededMarket(1, products, rate)
