from __future__ import annotations

from downtick.exchange.frames import Body
from tests.exchange.faults.desk import Desk, FakeFeed

TICKER = Body("ticker", "update", ("BTC-USD",), b"")
TRUE = {"channel": "ticker", "sequence_num": 4, "events": [{"type": "update", "tickers": []}]}
NEW = {"type": "indicative", "product_id": "BTC-USD"}


def test_an_unknown_event_comes_first() -> None:
    """In the frame's own envelope; what the frame told is still there."""
    feed = FakeFeed(1)
    desk = Desk(feed)
    handle = desk.start("new_event_type")
    assert desk.sent(TICKER, TRUE) == TRUE | {"events": [NEW, {"type": "update", "tickers": []}]}
    assert desk.hits(handle) == 1
    assert feed.done == []


def test_what_is_no_data_is_spared() -> None:
    """Heartbeats, acknowledgements, the user's orders."""
    desk = Desk(FakeFeed(1))
    handle = desk.start("new_event_type")
    for channel, *products in (("heartbeats",), ("subscriptions",), ("user", "BTC-USD")):
        body = Body(channel, "", tuple(products), b"")
        assert desk.sent(body, {"events": [{}]}) == {"events": [{}]}
    assert desk.hits(handle) == 0


def test_only_the_channels_and_the_product_that_are_named() -> None:
    """Selectors work as they do everywhere."""
    desk = Desk(FakeFeed(1))
    desk.start("new_event_type", {"product": "ETH-USD"}, channels=["level2"], type="burn")
    assert desk.sent(TICKER, TRUE) == TRUE
    assert desk.sent(Body("l2_data", "update", ("BTC-USD",), b""), TRUE) == TRUE
    told = desk.sent(Body("l2_data", "update", ("ETH-USD",), b""), TRUE)
    assert told["events"][0] == {"type": "burn", "product_id": "ETH-USD"}


def test_in_the_exchange_dialect_it_is_a_message() -> None:
    """Which has no events; the message beside it stays as it is."""
    feed = FakeFeed(1)
    desk = Desk(feed)
    flat = {"type": "ticker", "product_id": "BTC-USD", "price": "1"}
    desk.start("new_event_type", {"once": True})
    assert [desk.sent(TICKER, flat) for _ in range(2)] == [flat, flat]
    assert feed.done == [("indicative", b'{"type":"indicative","product_id":"BTC-USD"}')]
