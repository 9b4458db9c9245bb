from __future__ import annotations

import contextlib
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot_v2.features.brokerages.coinbase.streaming.exchange_words import ExchangeWords, exchange
from bot_v2.features.brokerages.coinbase.streaming.messages import (
    ErrorMessage,
    Malformed,
    Message,
)
from downtick.exchange.frames import Body
from downtick.exchange.pro import frames
from tests.exchange.pro.floor import Floor

ORDER = {"order_id": "o", "product_id": "BTC-USD", "side": "buy", "time": "2026-01-01T00:00:00Z"}


def read(frame: Any, words: ExchangeWords | None = None) -> Message:
    data = frame if isinstance(frame, bytes) else json.dumps(frame).encode()
    message = (words or ExchangeWords()).parse(data, 12.5, 3)
    assert isinstance(message, Message)
    return message


def test_messages_of_the_stub_become_advanced_trades() -> None:
    """Each that a market tells, with the members that readers look for."""
    floor = Floor("ticker", "level2", "level2_batch", "matches", "heartbeat")
    for channel in ("ticker", "level2", "matches"):
        floor.publisher.snapshots(channel, ("BTC-USD",))
    told: list[Body] = [*floor.play(300), *floor.publisher.heartbeat(10**18)]
    seen = {message.channel: message for message in (read(body.events) for body in told)}
    assert {"ticker", "l2_data", "market_trades"} <= set(seen)
    ticker = seen["ticker"].events[0]["tickers"][0]
    assert {"price", "best_bid", "best_bid_quantity", "best_ask", "volume_24_h"} <= set(ticker)
    (trade,) = seen["market_trades"].events[0]["trades"]
    assert isinstance(trade["trade_id"], str)
    assert trade["side"] in {"BUY", "SELL"}
    for level in seen["l2_data"].events[0]["updates"]:
        assert set(level) == {"side", "price_level", "new_quantity"}
        assert level["side"] in {"bid", "offer"}
    assert all(
        message.type == "update" for message in seen.values() if message.channel != "heartbeats"
    )


def test_a_book_begins_with_its_snapshot() -> None:
    """Bids, then offers."""
    frame = {
        "type": "snapshot",
        "product_id": "BTC-USD",
        "bids": [["1", "2"]],
        "asks": [["3", "4", 1]],
    }
    message = read(frame)
    assert (message.channel, message.type, message.product_ids) == (
        "l2_data",
        "snapshot",
        ("BTC-USD",),
    )
    assert message.events[0]["updates"] == [
        {"side": "bid", "price_level": "1", "new_quantity": "2"},
        {"side": "offer", "price_level": "3", "new_quantity": "4"},
    ]


def test_an_acknowledgement_names_channels_as_they_were_asked_for() -> None:
    """Whatever they are called there."""
    body = frames.subscriptions(
        {
            "heartbeat": ["A-B"],
            "matches": ["A-B"],
            "level2_batch": ["A-B"],
            "user": ["A-B"],
            "ticker": [],
        }
    )
    assert read(body.events).events == (
        {
            "subscriptions": {
                "heartbeats": ["A-B"],
                "market_trades": ["A-B"],
                "level2": ["A-B"],
                "user": ["A-B"],
                "ticker": [],
            }
        },
    )


def test_messages_are_numbered_as_they_come() -> None:
    """Their own numbers are of another count, in which gaps prove nothing; a new connection begins anew."""
    words = ExchangeWords()
    frame = {"type": "heartbeat", "sequence": 90, "product_id": "A-B"}
    assert [read(frame | {"sequence": n}, words).sequence_num for n in (90, 7, 7)] == [0, 1, 2]
    assert read(frame).sequence_num == 0


@pytest.mark.parametrize(
    ("frame", "wanted"),
    [
        (ORDER | {"type": "received", "client_oid": "c"}, ("o", "c", "BUY", "OPEN")),
        (ORDER | {"type": "open", "remaining_size": "1"}, ("o", "", "BUY", "OPEN")),
        (ORDER | {"type": "change"}, ("o", "", "BUY", "OPEN")),
        (ORDER | {"type": "activate"}, ("o", "", "BUY", "OPEN")),
        (ORDER | {"type": "done", "reason": "filled"}, ("o", "", "BUY", "FILLED")),
        (ORDER | {"type": "done", "reason": "canceled"}, ("o", "", "BUY", "CANCELLED")),
        (
            ORDER | {"type": "match", "user_id": "u", "maker_user_id": "u", "maker_order_id": "m", "taker_order_id": "t"},
            ("m", "", "BUY", "OPEN"),
        ),
        (
            ORDER | {"type": "match", "user_id": "u", "taker_user_id": "u", "maker_order_id": "m", "taker_order_id": "t"},
            ("t", "", "SELL", "OPEN"),
        ),
    ],
)  # fmt: skip
def test_ones_own_orders_are_told_as_far_as_they_are(frame: Any, wanted: tuple[str, ...]) -> None:
    """The side of a match is the maker's, whoever that is. How much is filled nobody says."""
    message = read(frame)
    (order,) = message.events[0]["orders"]
    told = (order["order_id"], order["client_order_id"], order["order_side"], order["status"])
    assert (message.channel, message.product_ids) == ("user", ("BTC-USD",))
    assert told == wanted
    assert "cumulative_quantity" not in order


def test_a_strangers_match_is_a_trade() -> None:
    """Not an order of ours."""
    frame = {**ORDER, "type": "match", "trade_id": 7, "price": "1", "size": "2"}
    assert read(frame).channel == "market_trades"


def test_what_nobody_knows_is_left_alone() -> None:
    """A new type of message is no reason to stop."""
    message = read({"type": "auction", "product_id": "A-B"})
    assert (message.channel, message.events) == ("auction", ())


def test_a_complaint_is_told_whole() -> None:
    """Message and reason."""
    error = ExchangeWords().parse(
        b'{"type":"error","message":"Failed to subscribe","reason":"no"}', 0, 1
    )
    assert error == ErrorMessage("Failed to subscribe: no")


def test_what_is_asked_for_has_the_names_of_this_dialect() -> None:
    """Private channels are signed; without a key the book comes in batches, which are public."""
    products = frozenset({"B-C", "A-B"})
    signed, plain = ExchangeWords(lambda: {"signature": "s"}), ExchangeWords()
    said = {
        name: json.loads(words.frame("subscribe", channel, products))
        for name, words, channel in (
            ("beats", plain, "heartbeats"),
            ("trades", signed, "market_trades"),
            ("book", plain, "level2"),
            ("signed book", signed, "level2"),
            ("orders", signed, "user"),
        )
    }
    assert {name: frame["channels"] for name, frame in said.items()} == {
        "beats": ["heartbeat"],
        "trades": ["matches"],
        "book": ["level2_batch"],
        "signed book": ["level2"],
        "orders": ["user"],
    }
    assert {name for name, frame in said.items() if "signature" in frame} == {
        "signed book",
        "orders",
    }
    assert all(frame["product_ids"] == ["A-B", "B-C"] for frame in said.values())
    assert "signature" not in signed.frame("unsubscribe", "user", products)


def test_heartbeats_are_asked_for_product_by_product() -> None:
    """And one's own orders with a key only."""
    assert exchange().heartbeats_by_product
    assert "user" not in exchange().channels
    assert "user" in exchange(dict).channels


@pytest.mark.parametrize(
    "frame",
    [
        {"type": "ticker"},
        {"type": "snapshot", "product_id": "A-B", "bids": [], "asks": {}},
        {"type": "snapshot", "product_id": "A-B", "bids": [["1"]], "asks": []},
        {"type": "l2update", "product_id": "A-B", "changes": [["up", "1", "2"]]},
        {"type": "match", "product_id": "A-B", "trade_id": None},
        {"type": "done", "order_id": "o"},
        {"type": "subscriptions"},
        {"type": "subscriptions", "channels": [{}]},
        {"type": 5},
        {},
        [],
        "text",
    ],
)
def test_what_cannot_be_read_is_malformed(frame: Any) -> None:
    """And nothing else is ever raised."""
    with pytest.raises(Malformed):
        read(frame)


KINDS = st.sampled_from(
    ["ticker", "snapshot", "l2update", "match", "last_match", "subscriptions", "received", "done", "heartbeat", "error", "x"]
)  # fmt: skip
JUNK = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3)
    ),
    max_leaves=8,
)
KEYS = st.sampled_from(
    ["product_id", "bids", "asks", "changes", "channels", "trade_id", "price", "size", "side", "order_id", "user_id", "maker_order_id", "taker_order_id", "reason", "message", "time"]
)  # fmt: skip


@given(KINDS, st.dictionaries(KEYS, JUNK))
def test_no_frame_raises_anything_else(kind: str, members: dict[str, Any]) -> None:
    """Whatever a peer sends."""
    with contextlib.suppress(Malformed):
        ExchangeWords().parse(json.dumps(members | {"type": kind}).encode(), 0.0, 1)
