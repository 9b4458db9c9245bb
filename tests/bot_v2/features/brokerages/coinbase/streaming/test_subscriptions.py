from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot_v2.features.brokerages.coinbase.streaming.subscriptions import (
    HEARTBEATS,
    Subscriptions,
    Wishes,
    canonical,
)


class Exchange:
    """Takes subscribe messages as Coinbase does, and lists what is subscribed."""

    def __init__(self) -> None:
        self.active: dict[str, set[str]] = {}

    def take(self, text: str) -> list[dict[str, Any]]:
        frame = json.loads(text)
        products = set(frame.get("product_ids", [frame["channel"]]))
        active = self.active.setdefault(frame["channel"], set())
        active.update(products) if frame["type"] == "subscribe" else active.difference_update(
            products
        )
        if not active:
            del self.active[frame["channel"]]
        return [{"subscriptions": {c: sorted(p) for c, p in self.active.items()}}]


def said(subscriptions: Subscriptions, wishes: Wishes, now: float = 0.0) -> list[dict[str, Any]]:
    frames = iter(lambda: subscriptions.next_frame(wishes, now), None)
    return [json.loads(frame) for frame in frames]


def wishing(channels: Sequence[str], products: Sequence[str]) -> Wishes:
    wishes = Wishes()
    wishes.add(channels, products)
    return wishes


def test_heartbeats_are_always_wished_and_come_first() -> None:
    """One message for each channel, as Advanced Trade wants it; heartbeats need no products."""
    wishes = wishing(["ticker", "level2"], ["ETH-USD", "BTC-USD"])
    assert said(Subscriptions(1, 8), wishes) == [
        {"type": "subscribe", "channel": "heartbeats"},
        {"type": "subscribe", "channel": "level2", "product_ids": ["BTC-USD", "ETH-USD"]},
        {"type": "subscribe", "channel": "ticker", "product_ids": ["BTC-USD", "ETH-USD"]},
    ]


def test_only_what_changed_is_said() -> None:
    """A wish added or dropped later is asked for on its own."""
    wishes = wishing(["ticker"], ["BTC-USD"])
    subscriptions = Subscriptions(1, 8)
    said(subscriptions, wishes)
    wishes.add(["ticker"], ["ETH-USD"])
    wishes.remove(["ticker"], ["BTC-USD"])
    assert said(subscriptions, wishes) == [
        {"type": "unsubscribe", "channel": "ticker", "product_ids": ["BTC-USD"]},
        {"type": "subscribe", "channel": "ticker", "product_ids": ["ETH-USD"]},
    ]
    assert said(subscriptions, wishes) == []


def test_a_wish_taken_back_before_it_was_said_is_never_said() -> None:
    """Unsubscribing while away leaves nothing to say on the next connection."""
    wishes = wishing(["ticker"], ["BTC-USD"])
    wishes.remove(["ticker"], ["BTC-USD"])
    assert [frame["channel"] for frame in said(Subscriptions(1, 8), wishes)] == [HEARTBEATS]


def test_the_limit_of_messages_a_second_is_kept() -> None:
    """What does not fit into the window waits for the next."""
    wishes = wishing(["ticker", "level2", "candles"], ["BTC-USD"])
    subscriptions = Subscriptions(1.0, 3)
    assert len(said(subscriptions, wishes, 10.0)) == 3
    assert said(subscriptions, wishes, 10.9) == []
    assert len(said(subscriptions, wishes, 11.0)) == 1


def test_complete_when_everything_is_acknowledged() -> None:
    """The list of the exchange must hold every channel and every product."""
    wishes = wishing(["ticker"], ["BTC-USD", "ETH-USD"])
    subscriptions = Subscriptions(1, 8)
    said(subscriptions, wishes)
    assert not subscriptions.complete(wishes)
    subscriptions.acknowledge([{"subscriptions": {"heartbeats": [], "ticker": ["BTC-USD"]}}])
    assert not subscriptions.complete(wishes)
    subscriptions.acknowledge(
        [{"subscriptions": {"heartbeats": [], "ticker": ["ETH-USD", "BTC-USD"]}}]
    )
    assert subscriptions.complete(wishes)


def test_what_is_not_acknowledged_in_time_is_overdue() -> None:
    """Counted from when the message left."""
    wishes = wishing(["ticker"], ["BTC-USD"])
    subscriptions = Subscriptions(1, 8)
    said(subscriptions, wishes, 100.0)
    subscriptions.acknowledge([{"subscriptions": {"heartbeats": []}}])
    assert subscriptions.overdue(105.0, 5.0) is None
    assert subscriptions.overdue(105.1, 5.0) == "ticker"


def test_a_new_wish_on_an_old_channel_has_its_own_deadline() -> None:
    """A channel that was acknowledged long ago is not overdue at once when a product is added."""
    wishes = wishing(["ticker"], ["BTC-USD"])
    subscriptions = Subscriptions(1, 8)
    exchange = Exchange()
    for frame in said(subscriptions, wishes, 0.0):
        subscriptions.acknowledge(exchange.take(json.dumps(frame)))
    wishes.add(["ticker"], ["ETH-USD"])
    assert subscriptions.overdue(100.0, 5.0) is None
    said(subscriptions, wishes, 100.0)
    assert subscriptions.overdue(104.0, 5.0) is None
    assert subscriptions.overdue(105.1, 5.0) == "ticker"


def test_a_channel_that_the_exchange_dropped_is_overdue() -> None:
    """A list without a channel that was in it before is a broken subscription."""
    wishes = wishing(["ticker"], ["BTC-USD"])
    subscriptions = Subscriptions(1, 8)
    exchange = Exchange()
    for frame in said(subscriptions, wishes, 0.0):
        subscriptions.acknowledge(exchange.take(json.dumps(frame)))
    assert subscriptions.overdue(50.0, 5.0) is None
    subscriptions.acknowledge([{"subscriptions": {"heartbeats": []}}])
    assert subscriptions.overdue(50.0, 5.0) == "ticker"


def test_renewing_asks_for_everything_but_heartbeats_again() -> None:
    """Each data channel is left and joined again, so that its snapshot comes again."""
    wishes = wishing(["ticker"], ["BTC-USD"])
    subscriptions = Subscriptions(1, 8)
    said(subscriptions, wishes)
    assert subscriptions.renew() == 1
    assert [(f["type"], f["channel"]) for f in said(subscriptions, wishes)] == [
        ("unsubscribe", "ticker"),
        ("subscribe", "ticker"),
    ]


@pytest.mark.parametrize(
    ("product", "data"),
    [
        ("BTC-USDC", "BTC-USD"),
        ("BTC-USD", "BTC-USD"),
        ("USDT-USDC", "USDT-USDC"),
        ("EURC-USDC", "EURC-USDC"),
    ],
)
def test_the_data_of_usdc_products_comes_under_usd(product: str, data: str) -> None:
    """Coinbase answers with the -USD product, but for two."""
    assert canonical(product) == data


def test_an_alias_is_acknowledged_and_wanted_under_its_other_name() -> None:
    """A -USDC subscription is content with the -USD data."""
    wishes = wishing(["ticker"], ["BTC-USDC"])
    subscriptions = Subscriptions(1, 8)
    said(subscriptions, wishes)
    subscriptions.acknowledge([{"subscriptions": {"heartbeats": [], "ticker": ["BTC-USD"]}}])
    assert subscriptions.complete(wishes)
    assert wishes.include("ticker", ["BTC-USD"])


def test_what_was_never_wished_is_not_wanted() -> None:
    """Neither another product nor another channel."""
    wishes = wishing(["ticker"], ["BTC-USD"])
    assert wishes.include("ticker", ["BTC-USD"])
    assert not wishes.include("ticker", ["ETH-USD"])
    assert not wishes.include("level2", ["BTC-USD"])


STEP = st.tuples(
    st.sampled_from(["add", "remove", "say", "lose", "renew"]),
    st.sets(st.sampled_from(["ticker", "level2", "market_trades"]), min_size=1),
    st.sets(st.sampled_from(["BTC-USD", "ETH-USD", "SOL-USD"]), min_size=1),
)


@example(
    [
        ("add", {"ticker"}, {"BTC-USD"}),
        ("say", set(), set()),
        ("renew", set(), set()),
        ("remove", {"ticker"}, {"BTC-USD"}),
        ("renew", set(), set()),
    ]
)
@given(st.lists(STEP, max_size=40))
def test_no_order_of_calls_loses_a_subscription(
    steps: list[tuple[str, set[str], set[str]]],
) -> None:
    """Whatever was called in whatever order, once all is said the exchange holds exactly what is wished."""
    wishes, subscriptions, exchange = Wishes(), Subscriptions(1, 1000), Exchange()
    now = 0.0
    for verb, channels, products in [*steps, ("say", set(), set())]:
        now += 0.01
        if verb == "add":
            wishes.add(channels, products)
        elif verb == "remove":
            wishes.remove(channels, products)
        elif verb == "renew":
            subscriptions.renew()
        elif verb == "lose":
            subscriptions, exchange = Subscriptions(1, 1000), Exchange()
        elif verb == "say":
            while (frame := subscriptions.next_frame(wishes, now)) is not None:
                subscriptions.acknowledge(exchange.take(frame))
    wished = {c: set(p) for c, p in wishes.by_channel().items() if c != HEARTBEATS}
    assert exchange.active == wished | {HEARTBEATS: {HEARTBEATS}}
    assert subscriptions.complete(wishes)
    assert subscriptions.overdue(now + 100, 5.0) is None


def test_heartbeats_can_be_wished_for_product_by_product() -> None:
    """As many as there are products; without any there is nothing to ask for."""
    wishes = Wishes(heartbeats_by_product=True)
    subscriptions = Subscriptions(1, 8)
    assert said(subscriptions, wishes) == []
    assert subscriptions.complete(wishes)
    wishes.add(["ticker"], ["A-B"])
    wishes.add(["level2"], ["C-D"])
    beats = [frame for frame in said(subscriptions, wishes) if frame["channel"] == HEARTBEATS]
    assert [frame["product_ids"] for frame in beats] == [["A-B", "C-D"]]
    wishes.remove(["level2"], ["C-D"])
    left = [f for f in said(subscriptions, wishes, now=5.0) if f["channel"] == HEARTBEATS]
    assert [(frame["type"], frame["product_ids"]) for frame in left] == [("unsubscribe", ["C-D"])]


def test_ones_own_orders_are_acknowledged_by_their_user() -> None:
    """The acknowledgement names no product."""
    wishes = Wishes()
    wishes.add(["user"], ["A-B"])
    subscriptions = Subscriptions(1, 8)
    said(subscriptions, wishes)
    subscriptions.acknowledge([{"subscriptions": {"heartbeats": ["heartbeats"]}}])
    assert not subscriptions.complete(wishes)
    subscriptions.acknowledge(
        [{"subscriptions": {"heartbeats": ["heartbeats"], "user": ["8bfc20d7"]}}]
    )
    assert subscriptions.complete(wishes)
