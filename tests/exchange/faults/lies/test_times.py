from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from downtick.exchange.faults.lies.times import earlier
from downtick.exchange.frames import Body
from tests.exchange.faults.desk import FakeFeed
from tests.exchange.faults.trader import Trader

TICKER = Body("ticker", "update", ("BTC-USD",), b"")


@pytest.mark.parametrize(
    ("instant", "seconds", "expected"),
    [
        ("2026-08-12T19:27:48.098821666Z", 60, "2026-08-12T19:26:48.098821666Z"),
        ("2026-08-12T19:27:48.532655Z", 1.5, "2026-08-12T19:27:47.032655Z"),
        ("2026-03-01T00:00:00Z", 1, "2026-02-28T23:59:59Z"),
        ("1970-01-01T00:00:00Z", 60, "1970-01-01T00:00:00Z"),
        ("0001-01-01T00:00:00Z", 60, "0001-01-01T00:00:00Z"),
        ("tomorrow", 60, "tomorrow"),
    ],
)
def test_an_instant_is_put_back_as_it_was_written(
    instant: str, seconds: float, expected: str
) -> None:
    """With as many digits; what is no instant, or the epoch that stands for none, is left alone."""
    assert earlier(instant, seconds) == expected


@given(
    st.datetimes(datetime(1990, 1, 1), datetime(2090, 1, 1)),  # noqa: DTZ001 - written with a Z below
    st.integers(0, 86_400_000),
)
def test_putting_back_is_subtraction(moment: datetime, milliseconds: int) -> None:
    """Whatever the moment."""
    written = f"{moment:%Y-%m-%dT%H:%M:%S.%f}Z"
    then = moment - timedelta(milliseconds=milliseconds)
    assert earlier(written, milliseconds / 1000) == f"{then:%Y-%m-%dT%H:%M:%S.%f}Z"


async def test_answers_are_fresh_and_say_that_they_are_old() -> None:
    """Trades and books; prices and sizes are true, and so is the server's clock."""
    desk = Trader()
    true = [await desk.ask("GET", path) for path in ("best_bid_ask", "time")]
    handle = desk.start("wrong_data", what="fresh_prices_old_times", age=6.0)
    told = [await desk.ask("GET", path) for path in ("best_bid_ask", "time")]
    for was, now in zip(true[0]["pricebooks"], told[0]["pricebooks"], strict=True):
        assert now == was | {"time": earlier(was["time"], 6)}
        assert now != was
    assert told[1].data == true[1].data
    assert desk.hits(handle) == 1


def test_frames_are_fresh_and_say_that_they_are_old() -> None:
    """Envelope and events; heartbeats tell the time."""
    desk = Trader(FakeFeed(1))
    desk.start("wrong_data", what="fresh_prices_old_times", age=60.0)
    level = {"side": "bid", "event_time": "2026-08-12T19:27:47.532655Z", "price_level": "1"}
    told = {"timestamp": "2026-08-12T19:27:48.098821666Z", "events": [{"updates": [level]}]}
    old = desk.sent(Body("l2_data", "update", ("BTC-USD",), b""), told)
    assert old["timestamp"] == "2026-08-12T19:26:48.098821666Z"
    assert old["events"][0]["updates"][0]["event_time"] == "2026-08-12T19:26:47.532655Z"
    assert desk.sent(Body("heartbeats", "", (), b""), told) == told
    (hit,) = desk.events("fault_hit")
    assert (hit["conn"], hit["channel"], hit["seq"]) == (1, "l2_data", 7)


def test_the_envelope_is_old_for_one_product_only() -> None:
    """With a product selected, frames of another are true."""
    desk = Trader(FakeFeed(1))
    desk.start("wrong_data", {"product": "ETH-USD"}, what="fresh_prices_old_times", age=60.0)
    told = {"timestamp": "2026-08-12T19:27:48.098821666Z", "events": []}
    assert desk.sent(TICKER, told) == told
    assert desk.sent(Body("ticker", "update", ("ETH-USD",), b""), told) != told
