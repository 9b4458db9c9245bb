from __future__ import annotations

import json
from typing import Any

import pytest

from downtick.exchange.dialogue import Answer
from downtick.exchange.frames import Body
from downtick.exchange.limits import Limits, Rules
from downtick.exchange.messages import (
    AUTHENTICATION_FAILURE,
    PRIVATE_CHANNELS,
    PUBLIC_CHANNELS,
    error_frame,
)
from downtick.exchange.session import Session

PRODUCTS = ("BTC-USD", "ETH-USD")
USER_ID = "5844eceb-ecb3-4ad1-9d4f-3ba4e9ab4bf3"


def _snapshots(channel: str, products: tuple[str, ...]) -> list[Body]:
    return [Body(channel, "snapshot", (product,), b"") for product in products]


def _session(**rules: float) -> Session:
    return Session(PRODUCTS, _snapshots, Limits(Rules(**rules), opened=100.0))


def _say(session: Session, type_: str, channel: str, *products: str, now: float = 100.0) -> Answer:
    message: dict[str, Any] = {"type": type_, "channel": channel}
    if products:
        message["product_ids"] = products
    return session.receive(json.dumps(message), now)


def _login(token: str | None) -> str | None:
    return None if token == "good" else "no JWT" if token is None else f"not good: {token}"


def _private_session(**rules: float) -> Session:
    channels = (*PUBLIC_CHANNELS, *PRIVATE_CHANNELS)
    return Session(PRODUCTS, _snapshots, Limits(Rules(**rules), 100.0), channels, _login, USER_ID)


def _log_in(
    session: Session, channel: str, *products: str, jwt: str | None = "good", now: float = 100.0
) -> Answer:
    message = {"type": "subscribe", "channel": channel, "product_ids": products, "jwt": jwt}
    return session.receive(json.dumps(message), now)


def _active(answer: Answer) -> Any:
    (event,) = json.loads(b"{%b}" % answer.bodies[-1].events)["events"]
    return event["subscriptions"]


def test_the_snapshot_comes_before_the_acknowledgement() -> None:
    """As production does it."""
    answer = _say(_session(), "subscribe", "level2", "BTC-USD")
    assert [body.channel for body in answer.bodies] == ["level2", "subscriptions"]


def test_heartbeats_are_acknowledged_without_a_snapshot() -> None:
    """They list themselves as their only product."""
    answer = _say(_session(), "subscribe", "heartbeats")
    assert [body.channel for body in answer.bodies] == ["subscriptions"]
    assert _active(answer) == {"heartbeats": ["heartbeats"]}


def test_no_products_mean_all() -> None:
    """Every product is subscribed, and shown."""
    answer = _say(_session(), "subscribe", "ticker")
    assert _active(answer) == {"ticker": list(PRODUCTS)}


def test_the_acknowledgement_lists_everything_that_is_active() -> None:
    """Channels and products add up."""
    session = _session()
    _say(session, "subscribe", "ticker", "ETH-USD")
    _say(session, "subscribe", "heartbeats")
    answer = _say(session, "subscribe", "ticker", "BTC-USD")
    assert _active(answer) == {"ticker": ["ETH-USD", "BTC-USD"], "heartbeats": ["heartbeats"]}


def test_a_second_subscription_is_shown_again_and_not_doubled() -> None:
    """A client can ask for a fresh snapshot that way."""
    session = _session()
    _say(session, "subscribe", "level2", "BTC-USD")
    answer = _say(session, "subscribe", "level2", "BTC-USD")
    assert answer.bodies[0].type == "snapshot"
    assert session.active == {"level2": ("BTC-USD",)}


def test_unsubscribing_a_product_leaves_the_others() -> None:
    """And unsubscribing the last one ends the channel."""
    session = _session()
    _say(session, "subscribe", "ticker")
    assert _active(_say(session, "unsubscribe", "ticker", "BTC-USD")) == {"ticker": ["ETH-USD"]}
    assert _active(_say(session, "unsubscribe", "ticker", "ETH-USD")) == {}


def test_unsubscribing_without_products_ends_the_channel() -> None:
    """Also heartbeats; and what is not subscribed is acknowledged all the same."""
    session = _session()
    for channel in ("ticker", "heartbeats"):
        _say(session, "subscribe", channel)
    assert _active(_say(session, "unsubscribe", "ticker")) == {"heartbeats": ["heartbeats"]}
    assert _active(_say(session, "unsubscribe", "heartbeats")) == {}
    assert _active(_say(session, "unsubscribe", "candles")) == {}


def test_a_refused_message_changes_nothing() -> None:
    """No frame with envelope, no subscription."""
    session = _session(first_subscribe=5.0)
    answer = _say(session, "subscribe", "user")
    assert answer.refused is not None
    assert answer.bodies == ()
    assert session.active == {}
    assert session.limits.overdue(105.0, 100.0) == "no subscription"


def test_a_channel_that_is_gone_is_refused_and_the_rest_is_there() -> None:
    """With Coinbase's own words; nothing of it is subscribed, and leaving it is no error."""
    limits = Limits(Rules(), 100.0, lambda channel, products: 7 if channel == "level2" else None)
    session = Session(PRODUCTS, _snapshots, limits)
    refused = _say(session, "subscribe", "level2", "BTC-USD").refused
    assert refused is not None
    assert refused.frames == (b'{"type":"error","message":"failure to subscribe"}',)
    assert "fault 7" in refused.reason
    assert _active(_say(session, "subscribe", "ticker", "BTC-USD")) == {"ticker": ["BTC-USD"]}
    assert _say(session, "unsubscribe", "level2").refused is None


@pytest.mark.parametrize("channel", PRIVATE_CHANNELS)
def test_a_private_channel_is_acknowledged_with_the_users_id(channel: str) -> None:
    """The snapshot first, as everywhere; a public channel beside it lists its products."""
    session = _private_session()
    _say(session, "subscribe", "ticker", "BTC-USD")
    answer = _log_in(session, channel)
    assert [body.channel for body in answer.bodies][-1] == "subscriptions"
    assert {body.channel for body in answer.bodies[:-1]} == {channel}
    assert _active(answer) == {"ticker": ["BTC-USD"], channel: [USER_ID]}


def test_user_without_products_is_about_all_of_them() -> None:
    """And with some, about those."""
    session = _private_session()
    answer = _log_in(session, "user", "ETH-USD")
    assert [body.products for body in answer.bodies[:-1]] == [("ETH-USD",)]
    assert session.active == {"user": ("ETH-USD",)}
    _log_in(session, "user")
    assert set(session.active["user"]) == set(PRODUCTS)


@pytest.mark.parametrize(("jwt", "reason"), [("bad", "not good: bad"), (None, "no JWT")])
def test_a_wrong_or_missing_token_fails_authentication(jwt: str | None, reason: str) -> None:
    """The client hears no more than that; the journal hears why."""
    session = _private_session(first_subscribe=5.0)
    answer = _log_in(session, "user", jwt=jwt)
    assert answer.bodies == ()
    assert answer.refused is not None
    assert answer.refused.frames == (error_frame(AUTHENTICATION_FAILURE),)
    assert answer.refused.reason == f"channel user: {reason}"
    assert session.active == {}
    assert session.limits.overdue(105.0, 100.0) == "no subscription"


def test_every_private_subscription_brings_its_own_token() -> None:
    """One that was granted opens no other channel, and one that is refused takes nothing away."""
    session = _private_session()
    _log_in(session, "user", "BTC-USD")
    assert _log_in(session, "futures_balance_summary", jwt=None).refused is not None
    assert _log_in(session, "user", "ETH-USD", jwt="bad").refused is not None
    assert session.active == {"user": ("BTC-USD",)}


def test_a_public_channel_asks_for_no_token() -> None:
    """A good one, a bad one and none at all: it is not looked at."""
    for jwt in ("good", "bad", None):
        assert _log_in(_private_session(), "ticker", jwt=jwt).refused is None


def test_a_private_channel_can_be_left_without_a_token() -> None:
    """Leaving tells nothing."""
    session = _private_session()
    _log_in(session, "user")
    assert _active(_say(session, "unsubscribe", "user", "BTC-USD")) == {"user": [USER_ID]}
    assert session.active == {"user": ("ETH-USD",)}
    assert _active(_say(session, "unsubscribe", "user")) == {}


def test_the_first_subscription_has_a_deadline() -> None:
    """Up to it nothing is overdue, from it on the connection is, and a subscription ends the rule."""
    session = _session(first_subscribe=5.0)
    assert session.limits.next_check(100.0) == 105.0
    assert session.limits.overdue(104.9, 100.0) is None
    assert session.limits.overdue(105.0, 100.0) == "no subscription"
    _say(session, "subscribe", "ticker")
    assert session.limits.next_check(100.0) is None


def test_an_idle_connection_is_overdue_after_its_last_frame() -> None:
    """Every frame starts the time anew."""
    session = _session(idle_close=75.0)
    _say(session, "subscribe", "ticker")
    assert session.limits.overdue(174.0, 100.0) is None
    assert session.limits.overdue(175.0, 100.0) == "idle"
    assert session.limits.overdue(175.0, 101.0) is None


def test_no_rules_no_deadlines() -> None:
    """Each rule can be switched off."""
    session = _session()
    assert session.limits.next_check(100.0) is None
    assert session.limits.overdue(1e9, 100.0) is None


def test_the_message_limit_holds_for_every_second() -> None:
    """Eight pass in any second, the ninth is refused, and a second later there is room again."""
    session = _session(message_rate=8.0)
    answers = [_say(session, "subscribe", "ticker", now=100.0 + n / 100) for n in range(9)]
    assert [answer.refused is None for answer in answers] == [True] * 8 + [False]
    assert _say(session, "subscribe", "ticker", now=101.5).refused is None
