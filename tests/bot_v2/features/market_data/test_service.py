from __future__ import annotations

import asyncio
import itertools
import logging
from typing import Any

import pytest

from bot_v2.features.brokerages.broker import RateLimited, Rejected, Unavailable
from bot_v2.features.market_data import MarketDataService
from tests.bot_v2.features.market_data.desk import BTC, ETH, Desk, started
from tests.bot_v2.features.market_data.fakes import FakeBroker, FakeBrokerWithClock, FakeStream
from tests.bot_v2.features.market_data.virtual import now, pass_time, play


def test_a_sound_stream_gives_prices_and_nobody_asks() -> None:
    """Their age is told, and no request is made."""

    async def story() -> None:
        async with started() as desk:
            await desk.flow(30)
            price = desk.service.get_mark_price(BTC)
            assert desk.mode() == desk.service.mode_of(BTC) == "streaming"
            assert price is not None
            assert price.value == 100
            assert price.source == "stream"
            assert price.age == pytest.approx(0.2, abs=0.01)
            assert desk.broker.asked == []
            assert desk.stream.subscribed == [BTC]

    play(story())


def test_start_returns_in_polling_mode_if_there_is_no_stream() -> None:
    """As soon as there are prices."""

    async def story() -> None:
        desk = Desk(BTC, ETH)
        await desk.service.start()
        assert desk.mode() == "rest_polling"
        assert now() < 5
        await pass_time(60)
        price = desk.service.get_mark_price(BTC)
        assert price is not None
        assert price.age <= 1.3
        assert desk.count("fallbacks") == 1
        assert 50 <= sum(symbol == BTC for _, symbol in desk.broker.asked) <= 62
        await desk.service.stop()
        assert desk.stream.closed

    play(story())


def test_start_does_not_wait_for_ever() -> None:
    """Neither stream nor REST: the bot starts, and may not trade."""

    async def story() -> None:
        desk = Desk()
        desk.broker.error = Unavailable("no")
        await desk.service.start()
        assert now() == pytest.approx(15, abs=0.5)
        assert desk.mode() == "stale"
        assert desk.service.get_mark_price(BTC) is None
        await desk.service.stop()

    play(story())


def test_there_and_back_again() -> None:
    """Lost, polled, proven: each step logged and counted once."""

    async def story() -> None:
        async with started() as desk:
            desk.stream.lose()
            await pass_time(10)
            assert desk.mode() == "rest_polling"
            price = desk.service.get_mark_price(BTC)
            assert price is not None
            assert price.source == "rest"
            await desk.flow(10)
            assert desk.mode() == "streaming"
            asked = len(desk.broker.asked)
            await desk.flow(20)
            assert len(desk.broker.asked) == asked
            names = ("fallbacks", "returns", "mode_changes", "gaps", "crashes")
            assert [desk.count(name) for name in names] == [1, 1, 3, 1, 0]
            assert desk.metrics.get_gauge("market_data_mode") == 2

    play(story())


def test_each_change_is_logged_with_its_particulars(caplog: pytest.LogCaptureFixture) -> None:
    """For people, and as fields for machines."""

    async def story() -> None:
        async with started(BTC, ETH) as desk:
            desk.stream.lose()
            await pass_time(10)
            desk.broker.error = Unavailable("no")
            await pass_time(30)

    caplog.set_level(logging.INFO, "bot_v2.features.market_data")
    play(story())
    told = [
        (record.levelname, *(vars(record)[key] for key in ("mode_before", "mode_after", "reason")))
        for record in caplog.records
        if vars(record).get("event") == "market_data_mode" and vars(record)["symbol"] is None
    ]
    assert told == [
        ("INFO", "stale", "streaming", "fresh"),
        ("WARNING", "streaming", "rest_polling", "lost"),
        ("ERROR", "rest_polling", "stale", "old"),
    ]
    assert "market data: streaming -> rest_polling (lost)" in caplog.messages


def test_a_mode_is_true_even_if_nobody_looked_for_long() -> None:
    """The loop may have been blocked for a minute: the first question afterwards gets the true answer."""

    async def story() -> None:
        async with started() as desk:
            loop: Any = asyncio.get_running_loop()
            loop.selector.now += 60.0
            price = desk.service.get_mark_price(BTC)
            assert price is not None
            assert price.age >= 60.0
            assert desk.mode() == "stale"

    play(story())


def test_failures_are_asked_less_and_less_often() -> None:
    """An exchange that is down for a minute is not asked sixty times."""

    async def story() -> None:
        desk = Desk(BTC, ETH)
        desk.broker.error = Unavailable("no")
        await desk.service.start()
        await pass_time(60)
        assert 12 <= len(desk.broker.asked) <= 30
        assert desk.count("polls_failed") == len(desk.broker.asked)
        await desk.service.stop()

    play(story())


def test_retry_after_is_kept() -> None:
    """Nothing is asked before it is over."""

    async def story() -> None:
        desk = Desk(BTC, ETH)
        desk.broker.error = RateLimited("slow down", retry_after=20.0)
        await desk.service.start()
        await pass_time(60)
        times = [at for at, _ in desk.broker.asked]
        assert all(later - earlier >= 20 for earlier, later in itertools.pairwise(times))
        assert len(times) >= 3
        await desk.service.stop()

    play(story())


@pytest.mark.parametrize("error", [Rejected("NOT_FOUND"), ValueError("a mistake of ours")])
def test_no_error_ends_the_asking(error: Exception) -> None:
    """Whatever the broker raises, it is asked again."""

    async def story() -> None:
        desk = Desk()
        desk.broker.error = error
        await desk.service.start()
        desk.broker.error = None
        await pass_time(10)
        assert desk.mode() == "rest_polling"
        assert desk.count("crashes") == 0
        await desk.service.stop()

    play(story())


def test_slow_answers_are_as_old_as_they_say() -> None:
    """An answer that took four seconds tells a price of four seconds ago, if it says so."""

    async def story() -> None:
        desk = Desk()
        desk.broker.lag = 4.0
        await desk.service.start()
        await pass_time(10)
        price = desk.service.get_mark_price(BTC)
        assert price is not None
        assert price.age >= 4.0
        await desk.service.stop()

    play(story())


def test_answers_that_never_come_are_given_up() -> None:
    """Each after its time, and the next is asked for later."""

    async def story() -> None:
        desk = Desk(BTC, ETH)
        desk.broker.takes = 1e6
        await desk.service.start()
        await pass_time(60)
        assert 8 <= len(desk.broker.asked) <= 16
        assert desk.count("polls_failed") >= len(desk.broker.asked) - 1
        desk.broker.takes = 0.0
        await pass_time(10)
        assert desk.service.mode == "rest_polling"
        await desk.service.stop()

    play(story())


def test_prices_without_sense_are_refused_and_counted(caplog: pytest.LogCaptureFixture) -> None:
    """Of the stream and of REST, and the log says so once in a row."""

    async def story() -> None:
        async with started() as desk:
            desk.broker.price = "0"
            await desk.flow(20, price="nan")
            assert desk.mode() == "stale"
            assert desk.count("prices_refused") > 100
            desk.stream.tell(BTC, "100", timestamp="None")
            await pass_time(0.1)
            assert desk.mode() == "stale"

    play(story())
    told = [record for record in caplog.records if vars(record).get("event") == "price_refused"]
    assert [vars(record)["source"] for record in told] == ["stream", "rest"]


def test_a_jump_is_counted_and_leaves_no_price() -> None:
    """Ten times the price is asked about over REST at once."""

    async def story() -> None:
        async with started() as desk:
            await desk.flow(5)
            desk.stream.tell(BTC, "1000")
            await pass_time(0.5)
            assert desk.service.get_mark_price(BTC) is None
            assert desk.service.mode_of(BTC) == "stale"
            assert desk.count("jumps") == 1
            assert [symbol for _, symbol in desk.broker.asked] == [BTC]
            await desk.flow(5)
            assert desk.service.mode_of(BTC) == "streaming"

    play(story())


def test_stopping_is_no_breakdown() -> None:
    """A stream that was lost twice and is then closed by us was lost twice."""

    async def story() -> None:
        async with started() as desk:
            for _ in range(2):
                desk.stream.lose()
                await desk.flow(2)
            await desk.service.stop()
            assert desk.service.mode == "streaming"
            assert desk.count("fallbacks") == 0

    play(story())


def test_products_of_two_names_get_the_same_data() -> None:
    """Coinbase streams BTC-USD for BTC-USDC."""

    async def story() -> None:
        desk = Desk("BTC-USDC", ETH)
        desk.stream.tell(BTC, "100")
        desk.stream.tell(ETH, "10")
        await desk.service.start()
        assert desk.stream.subscribed == [BTC, ETH]
        price = desk.service.get_mark_price("BTC-USDC")
        assert price is not None
        assert price.value == 100
        with pytest.raises(KeyError):
            desk.service.get_mark_price(BTC)
        await desk.service.stop()

    play(story())


def test_a_stream_that_crashed_is_a_lost_one() -> None:
    """The bot goes on over REST, and the log says why."""

    async def story() -> None:
        async with started() as desk:
            desk.stream.crash()
            await pass_time(10)
            assert desk.mode() == "rest_polling"
            assert desk.count("crashes") == 1

    play(story())


def test_the_exchange_is_asked_for_its_time() -> None:
    """Once in a while, and its clock goes into every age."""

    async def story() -> None:
        broker = FakeBrokerWithClock()
        broker.ahead = 1.0
        async with started(broker=broker) as desk:
            await desk.flow(61)
            assert 2 <= broker.asked_time <= 4
            price = desk.service.get_mark_price(BTC)
            assert price is not None
            assert price.age == pytest.approx(1.2, abs=0.05)
            skew = desk.metrics.get_gauge("market_data_clock_skew_seconds")
            assert skew == pytest.approx(1.0, abs=0.05)
            assert broker.asked == []

    play(story())


def test_a_message_from_the_future_asks_for_the_time_anew() -> None:
    """Somebody may have set a clock; until that is known, the message is not believed."""

    async def story() -> None:
        broker = FakeBrokerWithClock()
        async with started(broker=broker) as desk:
            await desk.flow(1)
            asked = broker.asked_time
            desk.stream.tell(BTC, "100", lag=-1.5)
            await pass_time(1.5)
            assert desk.count("prices_refused") == 1
            assert broker.asked_time == asked + 1

    play(story())


def test_stopping_waits_for_no_answer() -> None:
    """A request under way is let go, and stopping twice does no harm."""

    async def story() -> None:
        desk = Desk(broker=FakeBrokerWithClock())
        desk.broker.takes = 1000.0
        await desk.service.start()
        before = now()
        await desk.service.stop()
        await desk.service.stop()
        assert now() == before
        assert desk.mode() == "stale"
        with pytest.raises(RuntimeError, match="once"):
            await desk.service.start()

    play(story())


@pytest.mark.parametrize("symbols", [[], "BTC-USD", [BTC, BTC]])
def test_symbols_that_make_no_sense_are_refused(symbols: Any) -> None:
    """None, one twice, or a text."""

    async def story() -> None:
        MarketDataService(FakeStream(), FakeBroker(), symbols)

    with pytest.raises(ValueError, match="symbols"):
        play(story())
