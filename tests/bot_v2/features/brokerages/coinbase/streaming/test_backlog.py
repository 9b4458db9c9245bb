from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot_v2.features.brokerages.coinbase.streaming.backlog import Backlog, Item
from bot_v2.features.brokerages.coinbase.streaming.messages import Gap, Message
from bot_v2.features.brokerages.coinbase.streaming.stats import Counters


def message(number: int, channel: str = "ticker", product: str = "BTC-USD") -> Message:
    return Message(channel, "update", (product,), number, float(number), 1, "", ())


def drained(backlog: Backlog) -> list[Item]:
    return [backlog.take() for _ in range(len(backlog))]


def test_what_fits_comes_out_in_order() -> None:
    """Nothing is dropped below the limit."""
    backlog = Backlog(4, Counters())
    items = [message(n) for n in range(4)]
    assert not any(backlog.put(item) for item in items)
    assert drained(backlog) == items
    with pytest.raises(IndexError):
        backlog.take()


def test_a_newer_ticker_takes_the_place_of_older_ones() -> None:
    """When full, each product keeps its newest price, and the dropped ones are counted."""
    counters = Counters()
    backlog = Backlog(4, counters)
    for number, product in enumerate(("BTC-USD", "ETH-USD", "BTC-USD", "BTC-USD")):
        backlog.put(message(number, product=product))
    assert not backlog.put(message(4))
    assert [item.sequence_num for item in drained(backlog) if isinstance(item, Message)] == [
        *(1, 3, 4)
    ]
    assert counters.snapshot().conflated == 2


def test_a_book_is_dropped_as_a_whole_and_a_gap_says_so() -> None:
    """Messages that build on each other go together; the caller must ask for a new snapshot."""
    counters = Counters()
    backlog = Backlog(4, counters)
    for number in range(4):
        backlog.put(message(number, "l2_data"))
    assert backlog.put(message(4, "l2_data"))
    gap, last = drained(backlog)
    assert isinstance(gap, Gap)
    assert (gap.reason, gap.missing) == ("overflow", 4)
    assert last == message(4, "l2_data")
    assert counters.snapshot().overflowed == 4


ITEMS = st.lists(
    st.tuples(
        st.sampled_from(["ticker", "l2_data", "market_trades", "gap"]),
        st.sampled_from([f"P{n}-USD" for n in range(8)]),
    ),
    max_size=120,
)


@given(limit=st.integers(2, 12), arrivals=ITEMS)
def test_never_above_the_limit_and_everything_accounted_for(
    limit: int, arrivals: list[tuple[str, str]]
) -> None:
    """Delivered and counted as dropped are all that came; the order stays; the newest is always there."""
    counters = Counters()
    backlog = Backlog(limit, counters)
    last: Item | None = None
    for number, (channel, product) in enumerate(arrivals):
        last = (
            Gap("lost", 1, float(number)) if channel == "gap" else message(number, channel, product)
        )
        backlog.put(last)
        assert len(backlog) <= limit
    out = drained(backlog)
    stats = counters.snapshot()
    delivered = [item.sequence_num for item in out if isinstance(item, Message)]
    sent = sum(channel != "gap" for channel, _ in arrivals)
    assert delivered == sorted(delivered)
    assert len(delivered) + stats.conflated + stats.overflowed == sent
    assert not arrivals or out[-1] == last
