from __future__ import annotations

from tests.exchange.faults.desk import Desk, FakeFeed


def test_half_of_the_connections_are_struck() -> None:
    """Every second one, the oldest first; the others hear nothing."""
    desk = Desk(*[FakeFeed(number) for number in (3, 5, 8, 9)])
    desk.start("abort", share=0.5)
    assert [len(feed.done) for feed in desk.feeds] == [1, 0, 1, 0]
    assert desk.events("fault_off")[0]["hits"] == 2


def test_a_strike_can_be_aimed() -> None:
    """By product, and by the order of connections."""
    desk = Desk(FakeFeed(1, "BTC-USD"), FakeFeed(2, "ETH-USD"), FakeFeed(3, "BTC-USD"))
    desk.start("abort", {"product": "BTC-USD", "nth": 2})
    assert [len(feed.done) for feed in desk.feeds] == [0, 0, 1]
