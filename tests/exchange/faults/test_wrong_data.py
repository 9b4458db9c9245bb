from __future__ import annotations

import pytest

from downtick.exchange.faults.wrong_data import LIES
from downtick.exchange.frames import Body
from downtick.exchange.vocabulary import EXCHANGE_FAULTS
from tests.exchange.faults.desk import FakeFeed
from tests.exchange.faults.trader import Trader

TICKER = Body("ticker", "update", ("BTC-USD",), b"")
TOLD = {"channel": "ticker", "events": [{"tickers": [{"product_id": "BTC-USD", "price": "12"}]}]}


def test_every_lie_of_the_vocabulary_can_be_told() -> None:
    """And no other."""
    (what,) = [a for a in EXCHANGE_FAULTS["wrong_data"].attributes if a.name == "what"]
    assert set(what.choices) == set(LIES)


@pytest.mark.parametrize(
    ("where", "answers", "frames"),
    [("everywhere", True, True), ("rest", True, False), ("feed", False, True)],
)
async def test_a_lie_is_told_where_it_is_asked_for(where: str, answers: bool, frames: bool) -> None:
    """In answers, in frames, or in both."""
    feed = FakeFeed(1)
    desk = Trader(feed)
    true = (await desk.ask("GET", "best_bid_ask")).data
    handle = desk.start("wrong_data", what="price_off_by_ten", where=where)
    assert ((await desk.ask("GET", "best_bid_ask")).data != true) is answers
    assert (desk.sent(TICKER, TOLD) != TOLD) is frames
    assert bool(feed.done) is frames  # the book, shown anew
    assert desk.hits(handle) == answers + frames


async def test_routes_and_channels_narrow_it_down() -> None:
    """What is not named stays true."""
    desk = Trader(FakeFeed(1))
    true = (await desk.ask("GET", "best_bid_ask")).data
    desk.start("wrong_data", what="price_off_by_ten", routes=["GET /products"], channels=["level2"])
    assert (await desk.ask("GET", "best_bid_ask")).data == true
    assert desk.sent(TICKER, TOLD) == TOLD
    assert (await desk.ask("GET", "products")).fault is not None


async def test_selectors_count_what_would_be_changed() -> None:
    """The second answer that tells of prices; what tells of none is not counted."""
    desk = Trader()
    handle = desk.start("wrong_data", {"nth": 2}, what="price_off_by_ten")
    faults = [(await desk.ask("GET", path)).fault for path in ("products", "accounts", "products")]
    assert faults == [None, None, handle]
    assert desk.hits(handle) == 1


async def test_errors_stay_what_they_are() -> None:
    """A lie is told with status 200."""
    desk = Trader()
    handle = desk.start("wrong_data", what="price_off_by_ten")
    assert (await desk.ask("GET", "products/NO-SUCH")).status == 404
    assert desk.hits(handle) == 0
