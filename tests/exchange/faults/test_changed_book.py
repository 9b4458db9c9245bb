from __future__ import annotations

from downtick.exchange.market import BookChange, Quote, SeededMarket
from tests.exchange.faults.desk import Desk

MARKET = SeededMarket(5, ("BTC-USD", "ETH-USD"), rate=10.0)


def _best(desk: Desk, product: str) -> tuple[Quote | None, Quote | None]:
    book = desk.venue.book(product)
    return book.best_bid, book.best_ask


def test_the_best_levels_of_each_side_are_gone() -> None:
    """As a change of the market, which everybody sees who is there."""
    desk = Desk(openings=MARKET.openings)
    before = {name: desk.venue.book(name).depth(4) for name in ("BTC-USD", "ETH-USD")}
    desk.start("changed_book", levels=3)
    for event in desk.happened:
        assert isinstance(event, BookChange)
        bids, asks = before[event.product_id]
        assert [(side, price) for side, price, _ in event.changes] == [
            *(("bid", price) for price, _ in bids[:3]),
            *(("offer", price) for price, _ in asks[:3]),
        ]
        desk.venue.market.apply(event)
        assert _best(desk, event.product_id) == (bids[3], asks[3])
    (off,) = desk.events("fault_off")
    assert off["hits"] == 2
    assert [event["product"] for event in desk.events("fault_hit")] == ["BTC-USD", "ETH-USD"]


def test_a_side_is_never_left_empty() -> None:
    """Its last level stays, however many are to go."""
    desk = Desk(openings=MARKET.openings)
    desk.start("changed_book", {"product": "ETH-USD"}, levels=1000)
    (event,) = desk.happened
    assert event.product_id == "ETH-USD"
    desk.venue.market.apply(event)
    assert [len(side) for side in desk.venue.book("ETH-USD").depth()] == [1, 1]
    assert _best(desk, "BTC-USD") == (MARKET.openings[0].bids[0], MARKET.openings[0].asks[0])
