"""A made market's past is repeatable, and its candles of all lengths agree with each other."""

from __future__ import annotations

from decimal import Decimal
from itertools import islice, pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from downtick.exchange.market.candle import Candle, joined
from downtick.exchange.market.candles import GRANULARITIES
from downtick.exchange.market.history import History
from downtick.exchange.market.products import made_product, product

END = 1_790_735_820  # 37 minutes past two
DAY = 86400
YEARS = 4**10 * 60

HISTORIES = st.builds(
    History,
    st.sampled_from(["BTC-USD", "DOGE-USD", "ETH-BTC"]).map(lambda name: made_product(name)[0]),
    close=st.integers(1, 10**8),
    pace=st.integers(1, 10**9),
    seed=st.integers(0, 2**32),
)
ENDS = st.integers(0, DAY // 60).map(lambda minutes: END + minutes * 60)


def candles(history: History, end: int, seconds: int, count: int) -> list[Candle]:
    """Return the newest candles of a history."""
    return list(islice(history.candles(end, seconds, -YEARS, end), count))


def sound(candle: Candle, history: History) -> bool:
    """Return whether a candle is in order, positive, and on the grid of its product."""
    tick, lot = history.product.quote_increment, history.product.base_increment
    low, high = min(candle.open, candle.close), max(candle.open, candle.close)
    return (
        0 < candle.low <= low
        and high <= candle.high
        and candle.volume > 0
        and candle.volume % lot == 0
        and not any(price % tick for price in (candle.open, candle.high, candle.low, candle.close))
    )


@given(history=HISTORIES, end=ENDS, seconds=st.sampled_from(sorted(GRANULARITIES.values())))
@settings(max_examples=40, deadline=None)
def test_candles_are_sound_and_without_a_gap(history: History, end: int, seconds: int) -> None:
    """One candle for each stretch, each in order and on the grid; each opens where the one before closed."""
    found = candles(history, end, seconds, 30)
    newest = (end - 60) // seconds * seconds
    assert [one.start for one in found] == [newest - n * seconds for n in range(30)]
    assert all(sound(one, history) for one in found)
    assert all(later.open == earlier.close for later, earlier in pairwise(found))
    assert found[0].close == history.close * history.product.quote_increment


@given(history=HISTORIES, end=ENDS, seconds=st.sampled_from(sorted(GRANULARITIES.values())))
@settings(max_examples=15, deadline=None)
def test_every_candle_is_that_of_its_minutes(history: History, end: int, seconds: int) -> None:
    """A candle of any length, also one that the history cuts off, folds from its candles of one minute."""
    for whole in candles(history, end, seconds, 2):
        minutes = history.candles(end, 60, whole.start, whole.start + seconds - 60)
        assert joined(whole.start, minutes) == whole


@given(history=HISTORIES, end=ENDS, later=st.integers(1, 10**6))
@settings(max_examples=15, deadline=None)
def test_same_past_whenever_it_ends(history: History, end: int, later: int) -> None:
    """The same seed gives the same minutes, counted from the end, and the same last day, at any time of day."""
    again = History(history.product, history.close, history.pace, history.seed)
    one, two = (candles(h, e, 60, 40) for h, e in ((history, end), (again, end + later * 60)))
    assert [c.start + later * 60 for c in one] == [c.start for c in two]
    assert [(c.open, c.high, c.low, c.close, c.volume) for c in one] == [
        (c.open, c.high, c.low, c.close, c.volume) for c in two
    ]


def test_last_day_is_that_of_its_minutes() -> None:
    """The figures of the last so many seconds are those of the candles there, at any time of day."""
    history = History(made_product("BTC-USD")[0], 6_331_025, 10**8, 5)
    assert joined(0, candles(history, END, 60, 1440)) == history.last(DAY)


def test_both_ends_of_a_window_are_included() -> None:
    """Both ends of a window are included, whether it lies yesterday or a year ago."""
    history = History(made_product("BTC-USD")[0], 6_331_025, 10**8, 5)
    for ago in (DAY, 365 * DAY):
        start = (END - ago) // 300 * 300
        found = list(history.candles(END, 300, start, start + 900))
        assert [one.start for one in found] == [start + 900, start + 600, start + 300, start]


def test_nothing_before_two_years() -> None:
    """The history has a first minute; before it there is nothing."""
    history = History(made_product("BTC-USD")[0], 6_331_025, 10**8, 5)
    oldest = END - YEARS
    assert [c.start for c in history.candles(END, 60, 0, oldest + 60)] == [oldest + 60, oldest]
    assert list(history.candles(END, 60, 0, oldest - 60)) == []


def test_the_quietest_past_trades_in_every_minute() -> None:
    """Where a lot a minute is all that there is, each minute has one."""
    history = History(made_product("BTC-USD")[0], 6_331_025, 1, 5)
    volumes = {one.volume for one in candles(history, END, 60, 300)}
    assert volumes == {history.product.base_increment}


def test_the_past_looks_like_a_market() -> None:
    """Minutes move by some hundredths of a per cent, days by about one; few wicks are wild; volumes differ."""
    history = History(product("AAA-USD", Decimal(1), Decimal(1)), 10**7, 10**6, 8)
    for seconds, usual in ((60, 2e-4), (3600, 1.5e-3), (DAY, 7.6e-3)):
        found = candles(history, END, seconds, 300)
        moves = sorted(abs(one.close / one.open - 1) for one in found)
        wicks = [one.high / max(one.open, one.close) - 1 for one in found]
        assert usual / 4 < moves[150] < usual * 2
        assert sum(wick > 5 * usual for wick in wicks) < 15
        volumes = sorted(one.volume for one in found)
        assert volumes[-1] > 2 * volumes[0]


def test_other_seed_other_past() -> None:
    """Two seeds, and two products of one seed, have two pasts."""
    bitcoin, ether = made_product("BTC-USD")[0], made_product("ETH-USD")[0]
    one, two, three = (
        candles(History(what, 6_331_025, 10**6, seed), END, 60, 9)
        for what, seed in ((bitcoin, 1), (bitcoin, 2), (ether, 1))
    )
    assert one != two
    assert one != three
