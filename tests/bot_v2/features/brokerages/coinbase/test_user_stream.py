from __future__ import annotations

import json
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from bot_v2.features.brokerages.coinbase.market_stream import market_stream
from bot_v2.features.brokerages.coinbase.settings import CoinbaseSettings
from bot_v2.features.brokerages.coinbase.streaming import Gap, Message, exchange
from bot_v2.features.brokerages.coinbase.streaming.messages import parse
from bot_v2.features.brokerages.coinbase.user_stream import OrderHint, UserStream, read
from tests.bot_v2.features.brokerages.coinbase.test_settings import ADVANCED, EXCHANGE

ORDER = {
    "order_id": "o",
    "client_order_id": "c",
    "product_id": "BTC-USD",
    "order_side": "BUY",
    "status": "OPEN",
    "cumulative_quantity": "0.5",
    "avg_price": "1000",
}


def message(*orders: Any, type_: str = "update") -> Message:
    frame = {
        "channel": "user",
        "sequence_num": 1,
        "timestamp": "t",
        "events": [{"type": type_, "orders": list(orders)}],
    }
    found = parse(json.dumps(frame).encode(), 12.5, 3)
    assert isinstance(found, Message)
    return found


def hint(order: dict[str, Any], type_: str = "update") -> OrderHint:
    (found,) = read(message(order, type_=type_))
    assert isinstance(found, OrderHint)
    return found


def test_a_hint_says_what_the_feed_said() -> None:
    """Of an update and of the snapshot."""
    found = hint(ORDER)
    assert (found.order_id, found.client_order_id, found.symbol, found.side) == (
        *("o", "c", "BTC-USD", "buy"),
    )
    assert (found.status, found.filled, found.average_price) == (
        "open",
        Decimal("0.5"),
        Decimal(1000),
    )
    assert (found.opening, found.received_at, found.over) == (False, 12.5, False)
    assert hint(ORDER, "snapshot").opening


@pytest.mark.parametrize(
    ("status", "over"),
    [("FILLED", True), ("CANCELLED", True), ("CANCEL_QUEUED", False), ("SUSPENDED", False)],
)
def test_a_state_that_nobody_knows_is_not_an_end(status: str, over: bool) -> None:
    """Nor is a cancel that is only asked for."""
    assert hint(ORDER | {"status": status}).over is over


def test_what_the_feed_does_not_say_is_none() -> None:
    """Exchange tells no quantity: zero would be a lie."""
    untold = {
        key: value
        for key, value in ORDER.items()
        if key not in {"cumulative_quantity", "avg_price"}
    }
    assert hint(untold).filled is None
    assert hint(ORDER | {"cumulative_quantity": "0", "avg_price": ""}).average_price is None


@pytest.mark.parametrize(
    "junk", [{"status": None}, {"order_side": "UP"}, {"cumulative_quantity": "x"}, {"order_id": ""}]
)
def test_what_cannot_be_read_is_a_gap(junk: dict[str, Any]) -> None:
    """Something happened to some order: who hears of it asks. The others are told all the same."""
    found = list(read(message(ORDER | junk, ORDER)))
    assert isinstance(found[0], Gap)
    assert isinstance(found[1], OrderHint)


def test_other_channels_say_nothing_of_orders() -> None:
    """Nor do they break anything."""
    assert list(read(replace(message(ORDER), channel="ticker"))) == []


@pytest.mark.parametrize("given", [ADVANCED, EXCHANGE])
def test_streams_need_their_endpoints(given: dict[str, str]) -> None:
    """None is guessed."""
    settings = CoinbaseSettings.from_environment(given)
    with pytest.raises(ValueError, match="COINBASE_USER_WS_ENDPOINT"):
        UserStream(settings, ["BTC-USD"])
    with pytest.raises(ValueError, match="COINBASE_WS_ENDPOINT"):
        market_stream(settings)
    both = replace(settings, ws_endpoint="wss://a.test", user_ws_endpoint="ws://127.0.0.1:1")
    assert UserStream(both, ["BTC-USD"]).client.state == "idle"
    assert market_stream(both).state == "idle"
    assert exchange().words().frame("subscribe", "ticker", frozenset())
