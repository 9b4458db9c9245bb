from __future__ import annotations

from bot_v2.features.market_data.health import StreamHealth
from tests.bot_v2.features.market_data.ticks import BTC, ETH, SETTINGS, tick


def healthy() -> StreamHealth:
    health = StreamHealth((BTC, ETH), SETTINGS)
    health.heard(tick(100, born=10.0))
    health.heard(tick(10, born=10.0, symbol=ETH))
    return health


def test_before_the_first_price_it_is_lost() -> None:
    """A connection that told nothing is none."""
    health = StreamHealth((BTC, ETH), SETTINGS)
    assert health.worst(0.0) == "lost"
    assert not health.proven(0.0)
    assert health.serves(BTC, 0.0) == "silent"


def test_prices_in_time_are_sound() -> None:
    """All is well."""
    health = healthy()
    assert health.worst(11.0) is None
    assert health.proven(11.0)
    assert health.serves(BTC, 11.0) is None


def test_a_loss_ends_it_at_once_but_serves_on_for_a_moment() -> None:
    """The connection is gone, and the last prices are still the stream's."""
    health = healthy()
    health.gap()
    assert health.worst(11.0) == "lost"
    assert health.serves(BTC, 11.0) is None
    assert health.serves(BTC, 11.0 + SETTINGS.silence_limit) == "silent"


def test_after_a_gap_each_product_must_be_heard_again() -> None:
    """Nobody knows which products the missing messages were about."""
    health = healthy()
    health.gap()
    assert health.worst(11.0) == "lost"
    health.heard(tick(100, born=11.0))
    assert health.worst(11.0) is None
    assert not health.proven(11.0)
    health.heard(tick(10, born=11.0, symbol=ETH))
    assert health.proven(11.0)


def test_one_silent_product_does_not_make_the_stream_unsound() -> None:
    """It is told of that product, and stands in the way of a return."""
    health = healthy()
    later = 11.0 + SETTINGS.silence_limit
    health.heard(tick(100, born=later))
    assert health.serves(ETH, later) == "silent"
    assert health.serves(BTC, later) is None
    assert health.worst(later) is None
    assert not health.proven(later)
    later += 2 * SETTINGS.silence_limit
    health.heard(tick(10, born=later, symbol=ETH))
    assert health.serves(BTC, later) == "silent"
    assert health.worst(later) is None


def test_a_product_without_trades_is_quiet_and_not_silent() -> None:
    """If the price is still the one that the stream told, there was nothing to tell."""
    health = healthy()
    later = 11.0 + SETTINGS.silence_limit
    health.compare(tick(10, later - 1.0, "rest", ETH))
    assert health.serves(ETH, later) is None
    health.compare(tick(11, later + 5.0, "rest", ETH))
    assert health.serves(ETH, later + SETTINGS.silence_limit) == "silent"


def test_an_old_answer_says_nothing() -> None:
    """That the price was the same long ago is known already: it neither excuses nor accuses."""
    health = healthy()
    health.compare(tick(10, 5.0, "rest", ETH))
    assert health.serves(ETH, 9.5 + SETTINGS.silence_limit) is None
    assert health.serves(ETH, 10.5 + SETTINGS.silence_limit) == "silent"


def test_a_first_price_of_long_ago_that_is_still_the_price_is_not_slow() -> None:
    """A ticker that carries the time of the last trade is old when nobody trades, and true."""
    health = healthy()
    health.gap()
    health.heard(tick(10, born=1.0, symbol=ETH, lag=10.0))
    assert health.serves(ETH, 11.0) == "slow"
    health.compare(tick(11, 11.2, "rest", ETH))
    assert health.serves(ETH, 11.2) == "slow"
    health.compare(tick(10, 11.5, "rest", ETH))
    assert health.serves(ETH, 11.5) is None


def test_a_slow_stream_that_tells_the_right_price_is_slow() -> None:
    """That the price is what it was ten seconds ago makes nothing faster."""
    health = healthy()
    health.heard(tick(10, born=1.0, symbol=ETH, lag=10.0))
    health.compare(tick(10, 11.5, "rest", ETH))
    assert health.serves(ETH, 11.5) == "slow"


def test_prices_that_are_old_when_they_come_are_slow() -> None:
    """However many there are. For a return they must be twice as young."""
    health = healthy()
    lag = SETTINGS.slow_lag
    for symbol in (BTC, ETH):
        health.heard(tick(100, born=20.0, symbol=symbol, lag=lag + 0.1))
    assert health.worst(20.0 + lag) == "slow"
    for symbol in (BTC, ETH):
        health.heard(tick(100, born=21.0, symbol=symbol, lag=lag * 0.75))
    assert health.worst(21.0 + lag) is None
    assert not health.proven(21.0 + lag)
    for symbol in (BTC, ETH):
        health.heard(tick(100, born=22.0, symbol=symbol, lag=lag * 0.4))
    assert health.proven(22.0 + lag)
