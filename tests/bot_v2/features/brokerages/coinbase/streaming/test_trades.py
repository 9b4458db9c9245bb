from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from bot_v2.features.brokerages.coinbase.streaming.trades import SeenTrades


def event(*ids: int, product: str = "BTC-USD") -> tuple[dict[str, Any]]:
    return ({"type": "x", "trades": [{"trade_id": str(i), "product_id": product} for i in ids]},)


def ids(events: tuple[Any, ...]) -> list[int]:
    return [int(trade["trade_id"]) for each in events for trade in each["trades"]]


def test_a_snapshot_brings_only_what_was_missed() -> None:
    """Trades that were delivered are taken out; the others of the same event stay."""
    seen = SeenTrades()
    seen.fresh(event(1, 2))
    seen.fresh(event(7))
    assert ids(seen.fresh(event(8, 7, 6, 5, 2, 1))) == [8, 6, 5]


def test_an_event_without_news_is_dropped() -> None:
    """An event whose trades are all known goes as a whole."""
    seen = SeenTrades()
    seen.fresh(event(1))
    assert seen.fresh(event(1)) == ()


def test_products_number_their_trades_on_their_own() -> None:
    """The same number of another product is another trade."""
    seen = SeenTrades()
    seen.fresh(event(1))
    assert ids(seen.fresh(event(1, product="ETH-USD"))) == [1]


def test_the_message_itself_is_not_changed() -> None:
    """What is returned is a copy: the exchange's message stays as it was sent."""
    seen = SeenTrades()
    seen.fresh(event(1))
    sent = event(1, 2)
    seen.fresh(sent)
    assert ids(sent) == [1, 2]


@given(st.lists(st.lists(st.integers(0, 40), max_size=10), max_size=20))
def test_no_trade_is_delivered_twice(batches: list[list[int]]) -> None:
    """Each trade comes out exactly once, whatever repeats."""
    seen = SeenTrades()
    delivered = [i for batch in batches for i in ids(seen.fresh(event(*batch)))]
    assert sorted(delivered) == sorted({i for batch in batches for i in batch})


def test_memory_is_bounded() -> None:
    """Old trades are forgotten, new ones are not."""
    seen = SeenTrades(remembered=100)
    for number in range(1000):
        seen.fresh(event(number))
    assert ids(seen.fresh(event(0, 999))) == [0]
