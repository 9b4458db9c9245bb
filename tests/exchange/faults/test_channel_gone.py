from __future__ import annotations

from tests.exchange.faults.desk import Desk


def test_a_door_that_is_gone_answers_410() -> None:
    """The user's by default; the other doors, and all subscriptions, are as ever."""
    desk = Desk()
    handle = desk.start("channel_gone")
    refused = desk.book.upgrade(1, "/", "user_ws")
    assert refused is not None
    assert refused[0].answer.status == 410
    assert desk.book.upgrade(2, "/", "market_ws") is None
    assert desk.book.subscribe(3, "user_ws", "user", ()) is None
    assert desk.hits(handle) == 1


def test_a_channel_that_is_gone_cannot_be_subscribed() -> None:
    """On its door, while handshakes succeed and other channels are there."""
    desk = Desk()
    handle = desk.start("channel_gone", listener="market_ws", channels=["level2"])
    assert desk.book.upgrade(1, "/", "market_ws") is None
    assert desk.book.subscribe(1, "market_ws", "ticker", ("BTC-USD",)) is None
    assert desk.book.subscribe(1, "market_ws", "level2", ("BTC-USD",)) == handle
    assert desk.book.subscribe(2, "user_ws", "level2", ("BTC-USD",)) is None
    (hit,) = desk.events("fault_hit")
    assert (hit["conn"], hit["channel"]) == (1, "level2")


def test_a_channel_may_be_gone_for_one_product() -> None:
    """The selector looks at what is subscribed to."""
    desk = Desk()
    desk.start("channel_gone", {"product": "ETH-USD"}, listener="market_ws", channels=["ticker"])
    assert desk.book.subscribe(1, "market_ws", "ticker", ("BTC-USD",)) is None
    assert desk.book.subscribe(1, "market_ws", "ticker", ("BTC-USD", "ETH-USD")) is not None
