from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from downtick.exchange.auth.outcome import UNCHECKED, Granted, Refusal
from downtick.exchange.dialogue import Answer
from downtick.exchange.frames import Body
from downtick.exchange.limits import Limits, Rules
from downtick.exchange.pro.session import ProSession

PRODUCTS = ("BTC-USD", "ETH-USD")
SIGNED: dict[str, Any] = {"key": "k", "passphrase": "p", "timestamp": "1", "signature": "good"}
LEVEL2 = (
    "level2, level3, and full channels now require authentication. "
    "https://docs.cloud.coinbase.com/exchange/docs/websocket-auth"
)


def _snapshots(channel: str, products: Sequence[str]) -> list[Body]:
    return [Body(channel, "snapshot", (product,), b"") for product in products]


def _sign_in(credentials: Mapping[str, object]) -> Granted | Refusal:
    if credentials.get("signature") == "good":
        return UNCHECKED
    return Refusal("not what the key signs", words="invalid signature")


def _session(**rules: float) -> ProSession:
    return ProSession(PRODUCTS, _snapshots, Limits(Rules(**rules), 100.0), _sign_in)


def _say(
    session: ProSession, *channels: Any, type_: str = "subscribe", now: float = 100.0, **more: Any
) -> Answer:
    message = {"type": type_, "channels": channels, "product_ids": PRODUCTS[:1], **more}
    return session.receive(json.dumps(message), now)


def _acknowledged(answer: Answer) -> dict[str, list[str]]:
    message = json.loads(answer.bodies[0].events)
    assert message["type"] == "subscriptions"
    assert all(channel["account_ids"] is None for channel in message["channels"])
    return {channel["name"]: channel["product_ids"] for channel in message["channels"]}


def _reasons(answer: Answer) -> list[str]:
    frames = answer.refused.frames if answer.refused else ()
    return [json.loads(frame)["reason"] for frame in frames]


def test_the_acknowledgement_comes_first_and_lists_everything() -> None:
    """Then the snapshots, channel by channel; a batch of the book is called by its period."""
    session = _session()
    _say(session, "ticker")
    answer = _say(session, "level2_batch", "heartbeat", product_ids=PRODUCTS)
    assert _acknowledged(answer) == {
        "ticker": ["BTC-USD"],
        "level2_50": ["BTC-USD", "ETH-USD"],
        "heartbeat": ["BTC-USD", "ETH-USD"],
    }
    assert [(body.channel, body.products) for body in answer.bodies[1:3]] == [
        ("level2_batch", ("BTC-USD",)),
        ("level2_batch", ("ETH-USD",)),
    ]
    assert session.active == {
        "ticker": ("BTC-USD",),
        "level2_batch": PRODUCTS,
        "heartbeat": PRODUCTS,
    }


def test_topics_are_told_apart_from_those_of_advanced_trade() -> None:
    """Both dialects have a channel called ticker."""
    session = _session()
    _say(session, "ticker")
    assert list(session.topics) == [("exchange/ticker", "BTC-USD")]


def test_status_has_all_products_and_lists_none() -> None:
    """Its product ids mean nothing."""
    session = _session()
    assert _acknowledged(_say(session, "status")) == {"status": []}
    assert session.active == {"status": PRODUCTS}


@pytest.mark.parametrize("channel", ["level2", "full"])
def test_private_market_data_without_signature_gets_coinbases_error(channel: str) -> None:
    """What is public of the message is subscribed."""
    session = _session()
    answer = _say(session, channel, "ticker")
    assert _reasons(answer) == [LEVEL2]
    assert session.active == {"ticker": ("BTC-USD",)}
    assert _acknowledged(answer) == {"ticker": ["BTC-USD"]}


def test_private_channels_alone_without_signature_subscribe_to_nothing() -> None:
    """One error for each reason, and the first-subscribe rule goes on."""
    session = _session(first_subscribe=5.0)
    answer = _say(session, "level2", "full", "user")
    assert len(_reasons(answer)) == 2
    assert (answer.request, answer.bodies, session.active) == (None, (), {})
    assert session.limits.overdue(105.0, 100.0) == "no subscription"


def test_a_good_signature_opens_the_private_channels() -> None:
    """It may come with any channel."""
    session = _session(first_subscribe=5.0)
    answer = _say(session, "level2", "full", "user", "ticker", **SIGNED)
    assert answer.refused is None
    assert set(session.active) == {"level2", "full", "user", "ticker"}
    assert session.limits.overdue(105.0, 100.0) is None


@pytest.mark.parametrize("channel", ["ticker", "user"])
def test_a_bad_signature_subscribes_to_nothing(channel: str) -> None:
    """The reason is the REST answer, as text."""
    session = _session()
    answer = _say(session, channel, **{**SIGNED, "signature": "bad"})
    assert answer.refused is not None
    (error,) = [json.loads(frame) for frame in answer.refused.frames]
    assert error == {
        "type": "error",
        "message": "Authentication Failed",
        "reason": '{"message":"invalid signature"}',
    }
    assert answer.refused.reason == "not what the key signs"
    assert session.active == {}


def test_an_unsubscribe_leaves_products_or_the_whole_channel() -> None:
    """And is acknowledged with what is left; it needs no signature."""
    session = _session()
    _say(session, "level2", "ticker", product_ids=PRODUCTS, **SIGNED)
    answer = _say(session, "level2", type_="unsubscribe")
    assert _acknowledged(answer) == {"ticker": list(PRODUCTS), "level2": ["ETH-USD"]}
    answer = _say(session, "ticker", type_="unsubscribe", product_ids=[])
    assert _acknowledged(answer) == {"level2": ["ETH-USD"]}


def test_snapshots_are_shown_again_by_the_like_channel_of_advanced_trade() -> None:
    """Both books are level2."""
    session = _session()
    _say(session, "level2", "level2_batch", "ticker", **SIGNED)
    assert [body.channel for body in session.again("level2")] == ["level2", "level2_batch"]
    assert [body.channel for body in session.again("market_trades")] == []


def test_too_many_messages_get_an_error() -> None:
    """And are not carried out."""
    session = _session(message_rate=1.0)
    _say(session, "ticker")
    answer = _say(session, "matches", now=100.5)
    assert _reasons(answer) == ["Rate limit exceeded"]
    assert set(session.active) == {"ticker"}


def test_a_channel_that_is_gone_is_none() -> None:
    """A fault asks by the channel's name in Advanced Trade, and the journal names the fault."""
    asked: list[tuple[str, Sequence[str]]] = []

    def gone(channel: str, products: Sequence[str]) -> int | None:
        asked.append((channel, products))
        return 7

    session = ProSession(PRODUCTS, _snapshots, Limits(Rules(), 100.0, gone), _sign_in)
    answer = _say(session, "matches")
    assert asked == [("market_trades", ("BTC-USD",))]
    assert _reasons(answer) == ["matches is not a valid channel"]
    assert answer.refused is not None
    assert answer.refused.reason == "channel matches: refused by fault 7"
    assert session.active == {}


def test_a_message_goes_out_as_it_is() -> None:
    """No envelope, and no number of the connection."""
    body = Body("ticker", "ticker", ("BTC-USD",), b'{"type":"ticker"}')
    assert _session().write(body, 5) == b'{"type":"ticker"}'
