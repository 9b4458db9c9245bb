from __future__ import annotations

import json

from bot_v2.features.brokerages.coinbase.streaming.dialects import (
    PUBLIC,
    AdvancedTradeWords,
    advanced_trade,
)


def test_only_ones_own_orders_are_signed() -> None:
    """A key is shown to nobody who need not see it, and never to leave a channel."""
    words = AdvancedTradeWords(lambda: {"jwt": "planted"})
    assert json.loads(words.frame("subscribe", "user", frozenset({"BTC-USD"}))) == {
        "type": "subscribe",
        "channel": "user",
        "product_ids": ["BTC-USD"],
        "jwt": "planted",
    }
    for verb, channel in (("subscribe", "ticker"), ("unsubscribe", "user")):
        assert "planted" not in words.frame(verb, channel, frozenset())  # type: ignore[arg-type]


def test_each_subscription_is_signed_anew() -> None:
    """A token lives two minutes, a connection longer."""
    numbers = iter("ab")
    words = AdvancedTradeWords(lambda: {"jwt": next(numbers)})
    said = [json.loads(words.frame("subscribe", "user", frozenset()))["jwt"] for _ in range(2)]
    assert said == ["a", "b"]


def test_without_a_key_ones_own_orders_cannot_be_asked_for() -> None:
    """Everything else can."""
    assert advanced_trade().channels == PUBLIC
    assert set(advanced_trade(dict).channels) - set(PUBLIC) == {"user"}
