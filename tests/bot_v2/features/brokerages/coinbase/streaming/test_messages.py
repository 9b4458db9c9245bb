from __future__ import annotations

import contextlib
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot_v2.features.brokerages.coinbase.streaming.messages import (
    ErrorMessage,
    Malformed,
    Message,
    parse,
)

ENVELOPE: dict[str, Any] = {
    "channel": "ticker",
    "timestamp": "2026-11-22T10:00:00Z",
    "sequence_num": 7,
    "events": [
        {
            "type": "update",
            "tickers": [
                {"product_id": "BTC-USD", "price": "1"},
                {"product_id": "ETH-USD", "price": "2"},
                {"product_id": "BTC-USD", "price": "3"},
            ],
        }
    ],
}


def parsed(body: Any) -> Message:
    message = parse(json.dumps(body).encode(), 12.5, 3)
    assert isinstance(message, Message)
    return message


def test_a_ticker_is_read_whole() -> None:
    """Every field of the envelope comes over; each product is named once."""
    message = parsed(ENVELOPE)
    assert message.channel == "ticker"
    assert message.type == "update"
    assert message.product_ids == ("BTC-USD", "ETH-USD")
    assert message.sequence_num == 7
    assert message.received_at == 12.5
    assert message.connection == 3
    assert message.timestamp == "2026-11-22T10:00:00Z"
    assert list(message.events) == ENVELOPE["events"]


@pytest.mark.parametrize(
    ("channel", "event"),
    [
        ("l2_data", {"type": "snapshot", "product_id": "BTC-USD", "updates": []}),
        (
            "market_trades",
            {"type": "update", "trades": [{"trade_id": "1", "product_id": "BTC-USD"}]},
        ),
        ("candles", {"type": "snapshot", "candles": [{"product_id": "BTC-USD"}]}),
        ("status", {"type": "snapshot", "products": [{"id": "BTC-USD"}]}),
        ("ticker_batch", {"type": "update", "tickers": [{"product_id": "BTC-USD"}]}),
    ],
)
def test_each_channel_names_its_products_in_its_own_way(
    channel: str, event: dict[str, Any]
) -> None:
    """The products are found wherever the channel keeps them."""
    assert parsed(ENVELOPE | {"channel": channel, "events": [event]}).product_ids == ("BTC-USD",)


def test_events_without_a_type_have_none() -> None:
    """Heartbeats carry no type, and need none."""
    heartbeat = {"channel": "heartbeats", "sequence_num": 0, "events": [{"heartbeat_counter": 1}]}
    assert parsed(heartbeat).type == ""


def test_an_error_has_no_envelope() -> None:
    """An error is an error, and keeps its text."""
    assert parse(b'{"type":"error","message":"no"}', 0.0, 1) == ErrorMessage("no")


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\x00\xff\xfe",
        b"nonsense",
        b'{"channel":"tic',
        b"[]",
        b"null",
        b"17",
        b"[" * 100_000,
        b"9" * 10_000,
        b'{"channel":"ticker","sequence_num":' + b"9" * 5000 + b',"events":[]}',
    ],
)
def test_what_is_no_message_is_malformed(data: bytes) -> None:
    """Nothing that a peer sends raises anything else."""
    with pytest.raises(Malformed):
        parse(data, 0.0, 1)


@pytest.mark.parametrize(
    "change",
    [
        {"channel": 5},
        {"channel": None},
        {"sequence_num": "7"},
        {"sequence_num": -1},
        {"sequence_num": True},
        {"sequence_num": 1.5},
        {"events": None},
        {"events": {}},
        {"events": ["ticker"]},
        {"events": [{"type": 5, "tickers": []}]},
        {"events": [{"type": "update"}]},
        {"events": [{"type": "update", "tickers": [5]}]},
        {"events": [{"type": "update", "tickers": [{"product_id": 5}]}]},
        {"channel": "l2_data", "events": [{"type": "update", "product_id": "BTC-USD"}]},
        {"channel": "l2_data", "events": [{"type": "update", "updates": []}]},
        {"channel": "market_trades", "events": [{"trades": [{"product_id": "BTC-USD"}]}]},
        {"channel": "subscriptions", "events": [{}]},
        {"channel": "subscriptions", "events": [{"subscriptions": {"ticker": "BTC-USD"}}]},
    ],
)
def test_wrong_types_are_malformed(change: dict[str, Any]) -> None:
    """A field of a wrong type is refused here, and not stumbled over later."""
    with pytest.raises(Malformed):
        parse(json.dumps(ENVELOPE | change).encode(), 0.0, 1)


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
        lambda inner: (
            st.lists(inner, max_size=4)
            | st.dictionaries(
                st.sampled_from(
                    ["channel", "events", "sequence_num", "type", "tickers", "product_id", "trades"]
                ),
                inner | st.sampled_from(["ticker", "l2_data", "market_trades", "subscriptions"]),
                max_size=5,
            )
        ),
        max_leaves=20,
    )
)
def test_any_json_is_a_message_an_error_or_malformed(body: Any) -> None:
    """Any JSON at all has one of three outcomes."""
    try:
        frame = parse(json.dumps(body).encode(), 0.0, 1)
    except Malformed:
        return
    assert isinstance(frame, Message | ErrorMessage)


@given(st.binary(max_size=200))
def test_any_bytes_are_malformed_or_an_answer(data: bytes) -> None:
    """Any bytes at all have an outcome too."""
    with contextlib.suppress(Malformed):
        assert parse(data, 0.0, 1)
