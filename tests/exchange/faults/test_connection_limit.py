from __future__ import annotations

from tests.exchange.faults.desk import Desk, FakeFeed


def test_one_too_many_is_refused() -> None:
    """With 429, until another one is gone; what is open on other doors does not count."""
    other = FakeFeed(3)
    other.listener = "user_ws"
    desk = Desk(FakeFeed(1), other)
    handle = desk.start("connection_limit", most=2, retry_after=1)
    assert desk.book.upgrade(4, "/", "market_ws") is None
    desk.feeds.append(FakeFeed(4))
    refused = desk.book.upgrade(5, "/", "market_ws")
    assert refused is not None
    assert refused[0].answer.status == 429
    assert refused[0].headers == {"Retry-After": "1"}
    assert desk.book.upgrade(6, "/", "user_ws") is None
    del desk.feeds[0]
    assert desk.book.upgrade(7, "/", "market_ws") is None
    assert desk.events("fault_hit")[0]["open"] == 2
    assert desk.hits(handle) == 1


def test_nobody_gets_in_where_none_may_be_open() -> None:
    """A limit of 0 is one too."""
    desk = Desk()
    desk.start("connection_limit", most=0)
    assert desk.book.upgrade(1, "/", "market_ws") is not None
