"""A made market is repeatable, and its trades and books agree with each other."""

from __future__ import annotations

from itertools import islice

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from downtick.errors import InputError
from downtick.exchange.market import BookChange, MarketState, SeededMarket, Trade

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
