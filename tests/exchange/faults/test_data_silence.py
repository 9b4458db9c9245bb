from __future__ import annotations

from downtick.exchange.faults import Fate
from downtick.exchange.frames import Body
from tests.exchange.faults.desk import Desk, FakeFeed

TICKER = Body("ticker", "update", ("BTC-USD",), b"")
BOOK = Body("l2_data", "update", ("ETH-USD",), b"")
BEAT = Body("heartbeats", "", (), b"")
ACK = Body("subscriptions", "", (), b"")


def test_data_silence_spares_heartbeats_and_acknowledgements() -> None:
    """All channels with data, if none is named; each frame left out is a hit."""
    desk = Desk(FakeFeed(1))
    handle = desk.start("data_silence")
    assert desk.fates(TICKER, BOOK, BEAT, ACK) == [
        Fate.SILENT,
        Fate.SILENT,
        Fate.SENT,
        Fate.SENT,
    ]
    desk.book.stop(handle)
    assert desk.fates(TICKER) == [Fate.SENT]
    assert desk.events("fault_off")[0]["hits"] == 2


def test_data_silence_names_channels_as_they_are_subscribed() -> None:
    """``level2`` is meant where frames say ``l2_data``."""
    desk = Desk(FakeFeed(1))
    handle = desk.start("data_silence", channels=["level2"])
    assert desk.fates(TICKER, BOOK) == [Fate.SENT, Fate.SILENT]
    desk.book.stop(handle)
    assert desk.feeds[0].done == [("show", "level2")]


def test_one_product_is_left_out_of_a_frame_about_several() -> None:
    """A new subscription's snapshot tells of the others; one about that product alone is not made."""
    desk = Desk(FakeFeed(1))
    handle = desk.start("data_silence", {"product": "ETH-USD"})
    both = Body("ticker", "snapshot", ("BTC-USD", "ETH-USD"), b"")
    tickers = [{"product_id": name, "price": "1"} for name in both.products]
    told = {"events": [{"type": "snapshot", "tickers": tickers}]}
    assert desk.fates(both, TICKER, BOOK) == [Fate.SENT, Fate.SENT, Fate.SILENT]
    assert desk.sent(both, told)["events"][0]["tickers"] == tickers[:1]
    assert desk.sent(TICKER, told) == told
    assert desk.hits(handle) == 2


def test_half_of_the_connections_fall_silent() -> None:
    """The same ones to the end, those that come later included."""
    desk = Desk(FakeFeed(1), FakeFeed(2))
    desk.start("data_silence", share=0.5)
    desk.feeds += [FakeFeed(3), FakeFeed(4)]
    for _ in range(2):
        silent = [desk.fates(TICKER, feed=n) == [Fate.SILENT] for n in (1, 0, 2, 3)]
        assert silent == [False, True, True, False]
